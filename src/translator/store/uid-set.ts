import { freeMemory } from '../free-memory.ts';
import { UID_HASH_WORDS as WORDS, type UidHash } from './uid-hash.ts';

const FIRST_SLOTS = 256;
const FIRST_BYTES = 256;

/** A set of hashes, by value: a table of numbers, which costs a third of a `Set` of strings and nothing to the garbage collector. */
export class UidSet {
  /** Four words a slot; four zeros mark a free one, so that one hash of 2^128 is never found again. */
  #table: Uint32Array;
  #size = 0;

  /** @param expected for so many hashes it need not grow. Default: a few. */
  constructor(expected = 0) {
    let slots = FIRST_SLOTS;
    while (slots < 2 * expected) slots *= 2;
    this.#table = new Uint32Array(slots * WORDS);
  }

  get size(): number {
    return this.#size;
  }

  has(hash: UidHash): boolean {
    return !this.#isFree(this.#slotOf(hash, 0));
  }

  /** Adds the hash that starts at this word; false when it was there. */
  add(hashes: Uint32Array, at = 0): boolean {
    const slot = this.#slotOf(hashes, at);
    if (!this.#isFree(slot)) return false;
    this.#put(slot, hashes, at);
    if (++this.#size * 2 * WORDS > this.#table.length) this.#grow();
    return true;
  }

  /** Removes the hash that starts at this word, if it is there. */
  delete(hashes: Uint32Array, at = 0): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#slotOf(hashes, at);
    if (this.#isFree(hole)) return;
    this.#size--;
    // What follows without a gap moves up, unless its own place lies behind the hole: so each is still found from there.
    for (let slot = (hole + WORDS) & mask; !this.#isFree(slot); slot = (slot + WORDS) & mask) {
      const own = ((table[slot + 1] ?? 0) * WORDS) & mask;
      if (((slot - own) & mask) < ((slot - hole) & mask)) continue;
      this.#put(hole, table, slot);
      hole = slot;
    }
    table.fill(0, hole, hole + WORDS);
  }

  /** All, in no order, by their first byte: 256 views of one memory, one after the other. */
  byFirstByte(): readonly Uint32Array[] {
    const table = this.#table;
    const ends = new Uint32Array(FIRST_BYTES + 1);
    const firstByte = (slot: number): number => (table[slot] ?? 0) >>> 24;
    for (let slot = 0; slot < table.length; slot += WORDS) {
      if (!this.#isFree(slot)) ends[firstByte(slot) + 1] = (ends[firstByte(slot) + 1] ?? 0) + WORDS;
    }
    for (let byte = 0; byte < FIRST_BYTES; byte++) ends[byte + 1] = (ends[byte + 1] ?? 0) + (ends[byte] ?? 0);
    const starts = ends.slice();
    const hashes = new Uint32Array(this.#size * WORDS);
    for (let slot = 0; slot < table.length; slot += WORDS) {
      if (this.#isFree(slot)) continue;
      const at = ends[firstByte(slot)] ?? 0;
      for (let word = 0; word < WORDS; word++) hashes[at + word] = table[slot + word] ?? 0;
      ends[firstByte(slot)] = at + WORDS;
    }
    return Array.from({ length: FIRST_BYTES }, (_, byte) => hashes.subarray(starts[byte], starts[byte + 1]));
  }

  /** Adds all of another set. */
  addAll(other: UidSet): void {
    const table = other.#table;
    for (let slot = 0; slot < table.length; slot += WORDS) if (!other.#isFree(slot)) this.add(table, slot);
  }

  /** Gives its memory back. It is of no more use then. */
  free(): void {
    freeMemory(this.#table);
  }

  /** Where the hash is, or would be put. */
  #slotOf(hashes: Uint32Array, at: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const a = hashes[at];
    const b = hashes[at + 1] ?? 0;
    const c = hashes[at + 2];
    const d = hashes[at + 3];
    for (let slot = (b * WORDS) & mask; ; slot = (slot + WORDS) & mask) {
      if (table[slot] === a && table[slot + 1] === b && table[slot + 2] === c && table[slot + 3] === d) return slot;
      if (this.#isFree(slot)) return slot;
    }
  }

  #isFree(slot: number): boolean {
    return isFree(this.#table, slot);
  }

  #put(slot: number, hashes: Uint32Array, at: number): void {
    for (let word = 0; word < WORDS; word++) this.#table[slot + word] = hashes[at + word] ?? 0;
  }

  #grow(): void {
    const before = this.#table;
    this.#table = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += WORDS) {
      if (!isFree(before, at)) this.#put(this.#slotOf(before, at), before, at);
    }
    freeMemory(before);
  }
}

function isFree(table: Uint32Array, slot: number): boolean {
  return table[slot] === 0 && table[slot + 1] === 0 && table[slot + 2] === 0 && table[slot + 3] === 0;
}
