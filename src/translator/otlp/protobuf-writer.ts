const FIRST_CAPACITY_BYTES = 4096;
/** Larger ones are not kept for the next message. */
const SPARE_BYTES_MAX = 1_048_576;

/**
 * Writes one protobuf message, field by field, forward. Methods take the field's tag (see `tags.ts`); what proto3
 * leaves out (zero, empty) is left out by the methods for singular fields, and the `…Value` ones always write: they
 * are for members of a oneof, whose presence says something. Every nested message is written, also an empty one.
 */
export class ProtobufWriter {
  /** Of a writer that has finished, for the next one. */
  static #spare: Buffer | undefined;
  #bytes: Buffer;
  #position = 0;

  constructor() {
    this.#bytes = ProtobufWriter.#spare ?? Buffer.allocUnsafe(FIRST_CAPACITY_BYTES);
    ProtobufWriter.#spare = undefined;
  }

  /** A copy of what was written; nothing can be written after it. */
  finish(): Uint8Array {
    const written = new Uint8Array(this.#bytes.subarray(0, this.#position));
    if (this.#bytes.length <= SPARE_BYTES_MAX) ProtobufWriter.#spare = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    this.#position = 0;
    return written;
  }

  /** Starts a nested message; the result is for {@link close}. */
  open(tag: number): number {
    this.#varint(tag);
    this.#reserve(1);
    return ++this.#position;
  }

  /** Ends the nested message. Its length is known only now: one byte was kept for it, longer ones move the content. */
  close(start: number): void {
    const length = this.#position - start;
    const extra = varintBytes(length) - 1;
    if (extra > 0) {
      this.#reserve(extra);
      this.#bytes.copyWithin(start + extra, start, this.#position);
    }
    this.#position = start - 1;
    this.#varint(length);
    this.#position += length;
  }

  string(tag: number, value: string): void {
    if (value !== '') this.stringValue(tag, value);
  }

  /** An id in hex. */
  id(tag: number, hex: string): void {
    if (hex !== '') this.bytesValue(tag, Buffer.from(hex, 'hex'));
  }

  /** uint32, or a non-negative int32, int64 or enum. */
  uint(tag: number, value: number): void {
    if (value === 0) return;
    this.#varint(tag);
    this.#varint(value);
  }

  fixed64(tag: number, value: bigint): void {
    if (value === 0n) return;
    this.#varint(tag);
    this.#reserve(8);
    this.#position = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#position);
  }

  stringValue(tag: number, value: string): void {
    const byteLength = Buffer.byteLength(value);
    this.#varint(tag);
    this.#varint(byteLength);
    this.#reserve(byteLength);
    this.#position += this.#bytes.write(value, this.#position, 'utf8');
  }

  bytesValue(tag: number, value: Uint8Array): void {
    this.#varint(tag);
    this.#varint(value.byteLength);
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#position);
    this.#position += value.byteLength;
  }

  booleanValue(tag: number, value: boolean): void {
    this.#varint(tag);
    this.#varint(value ? 1 : 0);
  }

  doubleValue(tag: number, value: number): void {
    this.#varint(tag);
    this.#reserve(8);
    this.#position = this.#bytes.writeDoubleLE(value, this.#position);
  }

  /** int64. */
  intValue(tag: number, value: number | bigint): void {
    this.#varint(tag);
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) this.#varint(Number(value));
    else this.#longVarint(BigInt.asUintN(64, BigInt(value)));
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#position++] = rest;
  }

  #longVarint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#position++] = Number(rest);
  }

  #reserve(byteLength: number): void {
    const needed = this.#position + byteLength;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#position);
    this.#bytes = larger;
  }
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++;
  return count;
}
