import { idFromHex } from './identifiers.ts';
import { narrowInteger } from './integers.ts';
import { MalformedBodyError, MAX_MESSAGES } from './malformed-body.ts';
import { StringCache } from './string-cache.ts';

const repeatedStrings = new StringCache(10);

/** Bytes of a varint that a double holds exactly (7 bits each). */
const EXACT_VARINT_BYTES = 7;
const LONGEST_VARINT_BYTES = 10;

/**
 * Walks one protobuf body, message by message. Nothing is read past the end of the message that is open, whatever
 * lengths the body claims: each overrun is a {@link MalformedBodyError}. What it returns shares no memory with the body.
 *
 * A message is read by `nextTag()` until it gives 0; a tag of no interest goes to `skip(tag)`; a nested message is
 * read between `enter()` and `leave()`.
 */
export class ProtobufReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #position = 0;
  #messages = 0;
  #end: number;

  constructor(body: Uint8Array) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#end = body.byteLength;
  }

  /** The next field's tag, or 0 at the end of the open message. */
  nextTag(): number {
    if (this.#position === this.#end) return 0;
    const tag = this.#varint();
    if (typeof tag === 'bigint' || tag < 8 || tag > 0xffff_ffff) throw new MalformedBodyError('invalid protobuf tag');
    return tag;
  }

  /** Opens the nested message that starts here; the result is for {@link leave}. */
  enter(): number {
    this.countMessages(1);
    return this.skim();
  }

  /** The same for a message that is only looked at: it costs no memory, so it is not counted. */
  skim(): number {
    const outerEnd = this.#end;
    this.#end = this.#endOfBytes();
    return outerEnd;
  }

  countMessages(count: number): void {
    this.#messages += count;
    if (this.#messages > MAX_MESSAGES) throw new MalformedBodyError(`more than ${MAX_MESSAGES} nested messages`);
  }

  /** Where it stands, for {@link rewind}. */
  get position(): number {
    return this.#position;
  }

  /** Goes back to a position in the message that is open now. */
  rewind(position: number): void {
    this.#position = position;
  }

  /** Closes the nested message, once `nextTag()` gave 0. */
  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  /** Passes over a field's value. */
  skip(tag: number): void {
    switch (tag % 8) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#take(8);
        return;
      case 2:
        this.#position = this.#endOfBytes();
        return;
      case 5:
        this.#take(4);
        return;
      default: // groups, which OTLP never had, and types that do not exist
        throw new MalformedBodyError(`unsupported protobuf wire type ${tag % 8}`);
    }
  }

  string(): string {
    const end = this.#endOfBytes();
    const text = this.#bytes.toString('utf8', this.#position, end);
    this.#position = end;
    return text;
  }

  /** A string that is likely to come again: an attribute key, a name. */
  repeatedString(): string {
    const end = this.#endOfBytes();
    const text = repeatedStrings.read(this.#bytes, this.#view, this.#position, end);
    this.#position = end;
    return text;
  }

  /** Reads a string; true when it is one of these, given as UTF-8. Nothing is built. */
  isOneOf(candidates: readonly Uint8Array[]): boolean {
    const end = this.#endOfBytes();
    const start = this.#position;
    this.#position = end;
    return candidates.some((candidate) => candidate.length === end - start && this.#holds(candidate, start));
  }

  bytes(): Uint8Array {
    const end = this.#endOfBytes();
    const copy = new Uint8Array(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return copy;
  }

  /** A trace or span id of `byteLength` bytes as lower-case hex; empty when there is none. */
  id(byteLength: number): string {
    const end = this.#endOfBytes();
    const length = end - this.#position;
    if (length !== 0 && length !== byteLength) {
      throw new MalformedBodyError(`an id of ${byteLength} bytes expected, got ${length}`);
    }
    const hex = this.#bytes.toString('hex', this.#position, end);
    this.#position = end;
    return idFromHex(hex);
  }

  boolean(): boolean {
    return Number(this.#varint()) !== 0;
  }

  int32(): number {
    const value = this.#varint();
    return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
  }

  /** int64: a number where that is exact. */
  int64(): number | bigint {
    const value = this.#varint();
    return typeof value === 'number' ? value : narrowInteger(BigInt.asIntN(64, value));
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  sfixed64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** Unsigned: a number up to 7 bytes, beyond that a bigint of 64 bits. */
  #varint(): number | bigint {
    const first = this.#byte();
    return first < 0x80 ? first : this.#restOfVarint(first & 0x7f);
  }

  #restOfVarint(first: number): number | bigint {
    let value = first;
    let scale = 0x80;
    for (let i = 1; i < EXACT_VARINT_BYTES; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    return this.#longVarint(BigInt(value));
  }

  #longVarint(low: bigint): bigint {
    let value = low;
    for (let i = EXACT_VARINT_BYTES; i < LONGEST_VARINT_BYTES; i++) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedBodyError('protobuf varint longer than 10 bytes');
  }

  #holds(candidate: Uint8Array, start: number): boolean {
    for (let i = 0; i < candidate.length; i++) if (this.#bytes[start + i] !== candidate[i]) return false;
    return true;
  }

  #byte(): number {
    const at = this.#position;
    if (at >= this.#end) throw truncated();
    this.#position = at + 1;
    return this.#bytes[at] ?? 0;
  }

  /** Reads a length; where the bytes it announces end. */
  #endOfBytes(): number {
    const length = Number(this.#varint());
    const end = this.#position + length;
    if (end > this.#end) throw truncated();
    return end;
  }

  /** Moves over bytes of fixed length; where they start. */
  #take(byteLength: number): number {
    const start = this.#position;
    if (start + byteLength > this.#end) throw truncated();
    this.#position = start + byteLength;
    return start;
  }
}

function truncated(): MalformedBodyError {
  return new MalformedBodyError('protobuf field runs past the end of its message');
}
