/** Bytes of request bodies that may be in memory at once, over all requests. */
export class ByteBudget {
  readonly #maxBytes: number;
  #usedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** False, and nothing taken, when there is no room. */
  take(byteLength: number): boolean {
    if (!this.hasRoom(byteLength)) return false;
    this.#usedBytes += byteLength;
    return true;
  }

  hasRoom(byteLength: number): boolean {
    return this.#usedBytes + byteLength <= this.#maxBytes;
  }

  give(byteLength: number): void {
    this.#usedBytes -= byteLength;
  }
}
