const SLOT_BITS = 8;

/** Tells which of a few known keys stands in the bytes: four bytes at a time, and no string is made. */
export class KeyTable {
  /** Place of a key in the list, by its length and its last four bytes; -1 for none. */
  readonly #places = new Int8Array(2 ** SLOT_BITS).fill(-1);
  readonly #lengths: Int32Array;
  /** The bytes of each key: words of four, the last of which may overlap the one before it. */
  readonly #words: readonly Int32Array[];

  /** @param keys each of 4 bytes at least, no two with the same slot */
  constructor(keys: readonly string[]) {
    const encoded = keys.map((key) => Buffer.from(key));
    this.#lengths = Int32Array.from(encoded, ({ length }) => length);
    this.#words = encoded.map((bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const starts = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) => Math.min(at * 4, bytes.length - 4));
      return Int32Array.from(starts, (start) => view.getInt32(start, true));
    });
    this.#words.forEach((words, place) => {
      const slot = slotOf(words.at(-1) ?? 0, this.#lengths[place] ?? 0);
      if (this.#places[slot] !== -1)
        throw new Error(`the keys ${keys[this.#places[slot] ?? 0]} and ${keys[place]} share a slot`);
      this.#places[slot] = place;
    });
  }

  /** Place of the key in the list; -1 for any other. */
  find(view: DataView, start: number, length: number): number {
    if (length < 4) return -1;
    const last = view.getInt32(start + length - 4, true);
    const place = this.#places[slotOf(last, length)] ?? -1;
    if (place < 0 || this.#lengths[place] !== length) return -1;
    const words = this.#words[place];
    if (words === undefined) return -1;
    let word = words.length - 1;
    if (words[word] !== last) return -1;
    while (--word >= 0) if (words[word] !== view.getInt32(start + word * 4, true)) return -1;
    return place;
  }
}

function slotOf(last: number, length: number): number {
  return Math.imul(last ^ length, 0x9e37_79b1) >>> (32 - SLOT_BITS);
}
