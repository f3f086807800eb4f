const SLOTS = 1024;
const LONGEST = 64;

/**
 * Turns bytes into strings that repeat from record to record (attribute keys, names), and gives the same string again
 * for the same bytes: comparing bytes is cheaper than decoding them. Bounded: {@link SLOTS} strings, each at most
 * {@link LONGEST} bytes, the newest of two that share a slot.
 */
export class StringCache {
  readonly #slots: string[] = new Array<string>(SLOTS).fill('');

  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > LONGEST) return bytes.toString('utf8', start, end);
    const slot = slotOf(bytes, start, end);
    const known = this.#slots[slot] ?? '';
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.toString('utf8', start, end);
    // Only ASCII has one character a byte; any other string could be taken for bytes that it does not stand for.
    if (text.length === length) this.#slots[slot] = text;
    return text;
  }
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  const last = bytes[end - 1] ?? 0;
  const beforeLast = bytes[Math.max(start, end - 2)] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  return (length * 61 + last * 7 + beforeLast * 131 + middle * 31) % SLOTS;
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
