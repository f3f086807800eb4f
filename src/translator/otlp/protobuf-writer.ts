const FIRST_CAPACITY_BYTES = 4096;
/** Of a writer that has finished. One for all: to make it costs nearly as much as to hand out a short message. */
const NO_BYTES = Buffer.alloc(0);
/** Larger ones are not kept for the next message. */
const SPARE_BYTES_MAX = 1_048_576;
/** Scratch of one call: a bigint goes into a view in one step, into a Buffer in pieces that are bigints again. */
const eightBytes = new DataView(new ArrayBuffer(8));
/** A varint of 64 bits. */
const VARINT_BYTES_MAX = 10;
/** Of these the length is one byte, and a loop over them is several times cheaper than the two calls into C++ that any text takes. */
const SHORT_BYTES_MAX = 127;

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
    // Short ones share a block of memory: one of its own costs a microsecond, more than all that is written into it.
    const { buffer, byteOffset } = Buffer.allocUnsafe(this.#position);
    const written = new Uint8Array(buffer, byteOffset, this.#position);
    this.#bytes.copy(written, 0, 0, this.#position);
    if (this.#bytes.length <= SPARE_BYTES_MAX) ProtobufWriter.#spare = this.#bytes;
    this.#bytes = NO_BYTES;
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
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    const extra = varintBytes(length) - 1;
    this.#reserve(extra);
    this.#bytes.copyWithin(start + extra, start, this.#position);
    this.#position = start - 1;
    this.#varint(length);
    this.#position += length;
  }

  string(tag: number, value: string): void {
    if (value !== '') this.stringValue(tag, value);
  }

  /** An id in hex; of what is no hex, the bytes before it. */
  id(tag: number, hex: string): void {
    if (hex !== '' && !this.#shortHex(tag, hex)) this.bytesValue(tag, Buffer.from(hex, 'hex'));
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
    eightBytes.setBigUint64(0, value, true);
    for (let i = 0; i < 8; i++) this.#bytes[this.#position++] = eightBytes.getUint8(i);
  }

  stringValue(tag: number, value: string): void {
    if (this.#shortAscii(tag, value)) return;
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

  /** Encoded fields that are length-delimited and have tags of one byte, each copied under this one instead. */
  fields(tag: number, encoded: Uint8Array): void {
    this.#reserve(encoded.byteLength);
    const bytes = this.#bytes;
    bytes.set(encoded, this.#position);
    const end = this.#position + encoded.byteLength;
    while (this.#position < end) {
      bytes[this.#position++] = tag;
      const length = this.#readVarint();
      this.#position += length;
    }
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

  /** False, and nothing is written, for text that is long or not ASCII. */
  #shortAscii(tag: number, value: string): boolean {
    const { length } = value;
    if (length > SHORT_BYTES_MAX) return false;
    this.#reserve(VARINT_BYTES_MAX + 1 + length);
    const start = this.#position;
    this.#varint(tag);
    const bytes = this.#bytes;
    let position = this.#position;
    bytes[position++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#position = start;
        return false;
      }
      bytes[position++] = code;
    }
    this.#position = position;
    return true;
  }

  /** False, and nothing is written, for what is long or no whole bytes in hex. */
  #shortHex(tag: number, hex: string): boolean {
    const byteLength = hex.length / 2;
    if (!Number.isInteger(byteLength) || byteLength > SHORT_BYTES_MAX) return false;
    this.#reserve(VARINT_BYTES_MAX + 1 + byteLength);
    const start = this.#position;
    this.#varint(tag);
    const bytes = this.#bytes;
    let position = this.#position;
    bytes[position++] = byteLength;
    for (let i = 0; i < hex.length; i += 2) {
      const byte = (hexValue(hex.charCodeAt(i)) << 4) | hexValue(hex.charCodeAt(i + 1));
      if (byte < 0) {
        this.#position = start;
        return false;
      }
      bytes[position++] = byte;
    }
    this.#position = position;
    return true;
  }

  #varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    if (value < 0x80) {
      this.#bytes[this.#position++] = value;
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#position++] = rest;
  }

  /** Of a length. */
  #readVarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#position++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  #longVarint(value: bigint): void {
    this.#reserve(VARINT_BYTES_MAX);
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

/** Of each ASCII character as a hex digit; -1 for what is none. */
const HEX_VALUES = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

function hexValue(code: number): number {
  return HEX_VALUES[code] ?? -1;
}

function varintBytes(value: number): number {
  let count = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++;
  return count;
}
