/**
 * Protobuf in the one spelling that every encoder writes. For a reader that looks at bytes in passing, holds against a
 * field what it does not know, and goes by `ProtobufReader` then. An end lies beyond that of the message where the bytes
 * are none such: nothing here looks for it, the caller compares.
 */
import { ANY_VALUE } from './tags.ts';

const LONGEST_VARINT_BYTES = 10;
const SMALL_VARINT_BYTES = 4;
/** A length that no message has room for. */
const TOO_LONG = 2 ** 30;

/** True for an `AnyValue` of one scalar, or of none. */
export function isScalar(bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return true;
  switch (bytes[start]) {
    case ANY_VALUE.stringValue:
      return stringStart(bytes, start, end) >= 0;
    case ANY_VALUE.boolValue:
    case ANY_VALUE.intValue:
      return varintEnd(bytes, start + 1, end) === end;
    case ANY_VALUE.doubleValue:
      return start + 9 === end;
    default:
      return false;
  }
}

/** Where the text of an `AnyValue` starts that is one string and ends with it; -1 for any other. */
export function stringStart(bytes: Buffer, start: number, end: number): number {
  const length = lengthAt(bytes, start + 1);
  const textStart = start + 1 + lengthBytes(length);
  return bytes[start] === ANY_VALUE.stringValue && textStart + length === end ? textStart : -1;
}

export function isAscii(bytes: Buffer, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if ((bytes[at] ?? 0) >= 0x80) return false;
  return true;
}

export function isZero(bytes: Buffer, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (bytes[at] !== 0) return false;
  return true;
}

/** A count that ends there; -1 when it does not, or is no small one. */
export function countAt(bytes: Buffer, start: number, end: number): number {
  if (varintEnd(bytes, start, end) !== end || end - start > SMALL_VARINT_BYTES) return -1;
  let count = 0;
  for (let at = end - 1; at >= start; at--) count = (count << 7) | ((bytes[at] ?? 0) & 0x7f);
  return count;
}

/** A length of one or two bytes, as every encoder writes it. */
export function lengthAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return first;
  const second = bytes[at + 1] ?? 0;
  return second === 0 || second >= 0x80 ? TOO_LONG : (first & 0x7f) + second * 0x80;
}

export function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : 2;
}

/** Where a varint ends; beyond the end when it is cut off or too long. */
export function varintEnd(bytes: Buffer, start: number, end: number): number {
  const last = Math.min(end, start + LONGEST_VARINT_BYTES);
  for (let at = start; at < last; at++) if ((bytes[at] ?? 0) < 0x80) return at + 1;
  return TOO_LONG;
}
