import type { UidHash } from './uid-hash.ts';

const BITS_PER_ENTRY = 32;
const PROBES = 8;
const FIRST_CAPACITY = 65_536;

/**
 * Says for certain of most hashes that they were never added; fewer than one in a hundred thousand of those is taken for
 * known by a layer, since each that is costs a look at all of a day's blocks for it. Grows by layers, each four times the
 * last: 4 bytes an entry where they are full.
 */
export class BloomFilter {
  readonly #layers: { readonly bits: Uint32Array; readonly capacity: number; count: number }[] = [];

  /** Adds the hash that starts at this word. */
  add(hashes: Uint32Array, at = 0): void {
    let layer = this.#layers.at(-1);
    if (layer === undefined || layer.count === layer.capacity) {
      const capacity = layer === undefined ? FIRST_CAPACITY : layer.capacity * 4;
      layer = { bits: new Uint32Array((capacity * BITS_PER_ENTRY) / 32), capacity, count: 0 };
      this.#layers.push(layer);
    }
    layer.count++;
    const { bits } = layer;
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = position(hashes, at, probe, bits.length);
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  mayHave(hash: UidHash): boolean {
    for (const { bits } of this.#layers) if (holds(bits, hash)) return true;
    return false;
  }
}

function holds(bits: Uint32Array, hash: UidHash): boolean {
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = position(hash, 0, probe, bits.length);
    if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
  }
  return true;
}

/** Double hashing over a power of two of bits. */
function position(hashes: Uint32Array, at: number, probe: number, words: number): number {
  const low = hashes[at + 1] ?? 0;
  const high = hashes[at + 2] ?? 0;
  return (low + Math.imul(probe, high | 1)) & (words * 32 - 1);
}
