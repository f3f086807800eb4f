import type { Address } from './address-book.ts';
import type { SaidSender } from './said-sender.ts';

/**
 * What the texts of a record that hardly change from report to report come to. It keeps its own last words, and all that
 * an event takes from an address, so that it is found in one place: with thousands of issues, memory is what it waits for.
 */
export interface SaidAddress extends Address {
  readonly sender: SaidSender;
  readonly severity: string;
  readonly category: string;
}

const SLOT_BITS = 14;
const SLOTS = 2 ** SLOT_BITS;
/** Of the texts of one record, four bytes each; more are not kept. */
const WORDS_MAX = 32;

/**
 * The addresses met lately, by the bytes of the texts that make them: no string is made, and no map asked, to find one.
 * For each record: `begin()`, `add()` for each text in a fixed order, then `find()`, and `keep()` when it found none.
 * Bounded: {@link SLOTS} addresses, each in one of two slots, and the newest stays. It changes no answer.
 */
export class SaidAddressCache {
  readonly #kept = new Array<SaidAddress | undefined>(SLOTS).fill(undefined);
  /** Of each slot: the texts of its address, each as its length and its bytes. */
  readonly #keptWords = new Int32Array(SLOTS * WORDS_MAX);
  readonly #words = new Int32Array(WORDS_MAX);
  #count = 0;
  #hash = 0;

  begin(): void {
    this.#count = 0;
    this.#hash = 0;
  }

  add(view: DataView, start: number, length: number): void {
    const words = this.#words;
    let count = this.#count;
    let hash = Math.imul(this.#hash ^ length, 0x9e37_79b1);
    if (count + (length >> 2) + 2 > WORDS_MAX) {
      this.#count = WORDS_MAX + 1;
      return;
    }
    words[count++] = length;
    const wholeEnd = start + (length & ~3);
    let at = start;
    for (; at < wholeEnd; at += 4) {
      const word = view.getInt32(at, true);
      words[count++] = word;
      hash = Math.imul(hash ^ word, 0x9e37_79b1);
    }
    if (at < start + length) {
      let word = 0;
      for (; at < start + length; at++) word = (word << 8) | view.getUint8(at);
      words[count++] = word;
      hash = Math.imul(hash ^ word, 0x9e37_79b1);
    }
    this.#count = count;
    this.#hash = hash ^ (hash >>> 15);
  }

  find(sender: SaidSender): SaidAddress | undefined {
    if (this.#count > WORDS_MAX) return undefined;
    const slot = this.#slot();
    return this.#findIn(slot, sender) ?? this.#findIn(slot ^ 1, sender);
  }

  keep(said: SaidAddress): void {
    if (this.#count > WORDS_MAX) return;
    const first = this.#slot();
    const slot = this.#kept[first] === undefined ? first : first ^ 1;
    this.#kept[slot] = said;
    this.#keptWords.set(this.#words.subarray(0, this.#count), slot * WORDS_MAX);
  }

  #slot(): number {
    return this.#hash >>> (32 - SLOT_BITS);
  }

  #findIn(slot: number, sender: SaidSender): SaidAddress | undefined {
    const kept = this.#kept[slot];
    return kept?.sender === sender && this.#isIn(slot) ? kept : undefined;
  }

  /** Each text begins with its length, so the words that are compared say themselves how many there are. */
  #isIn(slot: number): boolean {
    const first = slot * WORDS_MAX;
    for (let i = 0; i < this.#count; i++) if (this.#words[i] !== this.#keptWords[first + i]) return false;
    return true;
  }
}
