import { UID_HASH_WORDS as WORDS, type UidHash } from './uid-hash.ts';

const FIRST_SLOTS = 256;

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

  /** All, one after the other, in no order. */
  hashes(): Uint32Array {
    const hashes = new Uint32Array(this.#size * WORDS);
    let at = 0;
    for (let slot = 0; slot < this.#table.length; slot += WORDS) {
      if (this.#isFree(slot)) continue;
      for (let word = 0; word < WORDS; word++) hashes[at++] = this.#table[slot + word] ?? 0;
    }
    return hashes;
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
    const table = this.#table;
    return table[slot] === 0 && table[slot + 1] === 0 && table[slot + 2] === 0 && table[slot + 3] === 0;
  }

  #put(slot: number, hashes: Uint32Array, at: number): void {
    for (let word = 0; word < WORDS; word++) this.#table[slot + word] = hashes[at + word] ?? 0;
  }

  #grow(): void {
    const hashes = this.hashes();
    this.#table = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < hashes.length; at += WORDS) this.#put(this.#slotOf(hashes, at), hashes, at);
  }
}
