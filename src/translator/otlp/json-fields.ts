import { idFromHex } from './identifiers.ts';
import { narrowInteger } from './integers.ts';
import { MalformedBodyError } from './malformed-body.ts';

/** A JSON object of which nothing is known yet. Fields that nobody asks for are ignored, null is the same as absent. */
export type JsonObject = Readonly<Record<string, unknown>>;

const UINT64 = /^\d{1,20}$/;
const INT64 = /^-?\d{1,19}$/;
const HEX = /^[\da-f]*$/i;
const BASE64 = /^[\w+/-]*={0,2}$/;

export function objectOf(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
  return value as JsonObject;
}

/** A nested message, undefined when absent. */
export function objectField(from: JsonObject, name: string): JsonObject | undefined {
  const value = from[name] ?? undefined;
  return value === undefined ? undefined : objectOf(value, name);
}

/** A repeated message, empty when absent. */
export function listField(from: JsonObject, name: string): readonly JsonObject[] {
  const value = from[name] ?? [];
  if (!Array.isArray(value)) throw wrong(name, 'a list');
  return value.map((item) => objectOf(item, name));
}

export function stringField(from: JsonObject, name: string): string {
  const value = from[name] ?? '';
  if (typeof value !== 'string') throw wrong(name, 'a string');
  return value;
}

/** An enum or a 32-bit integer, 0 when absent. Names of enums are not valid in OTLP/JSON. */
export function int32Field(from: JsonObject, name: string): number {
  const value = from[name] ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong(name, 'an integer');
  return value;
}

/** A 64-bit time, from a decimal string or a number; 0n when absent. */
export function uint64Field(from: JsonObject, name: string): bigint {
  const value = exactInteger(from[name] ?? 0, UINT64);
  if (value === undefined || BigInt.asUintN(64, value) !== value) throw wrong(name, 'an unsigned 64-bit integer');
  return value;
}

/** An id of `byteLength` bytes in hex of either case; empty when absent. */
export function idField(from: JsonObject, name: string, byteLength: number): string {
  const value = stringField(from, name);
  if (!HEX.test(value) || (value !== '' && value.length !== byteLength * 2)) {
    throw wrong(name, `${byteLength} bytes in hex`);
  }
  return idFromHex(value.toLowerCase());
}

/** A 64-bit signed integer that is there, a number where that is exact. */
export function int64Of(value: unknown, name: string): number | bigint {
  const integer = exactInteger(value, INT64);
  if (integer === undefined || BigInt.asIntN(64, integer) !== integer) throw wrong(name, 'a 64-bit integer');
  return narrowInteger(integer);
}

/** A double that is there: a number, its text, or `NaN`, `Infinity`, `-Infinity`. */
export function doubleOf(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return NaN;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw wrong(name, 'a number');
  return number;
}

/** Bytes that are there, from base64 (either alphabet). */
export function bytesOf(value: unknown, name: string): Uint8Array {
  if (typeof value !== 'string' || !BASE64.test(value)) throw wrong(name, 'base64');
  return new Uint8Array(Buffer.from(value, 'base64'));
}

/** The error for a field that is not what OTLP says. */
export function wrong(name: string, expected: string): MalformedBodyError {
  return new MalformedBodyError(`the field ${name} must be ${expected}`);
}

function exactInteger(value: unknown, pattern: RegExp): bigint | undefined {
  if (typeof value === 'string') return pattern.test(value) ? BigInt(value) : undefined;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}
