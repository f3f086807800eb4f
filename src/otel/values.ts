import type { AttributeValue } from '@opentelemetry/api';
import { redacted, type Redact } from './settings.ts';

/** Attributes under construction: only values that every line of the SDK and every backend takes. */
export type RecordAttributes = Record<string, AttributeValue>;

const MAX_DEPTH = 12;
const TRUNCATED = '…';

/** Any value as text for people, at most `limit` characters; never throws. */
export function toText(value: unknown, limit: number): string {
  if (typeof value === 'string') return value.length <= limit ? value : cut(value, limit);
  if (value === undefined || value === null) return '';
  if (typeof value === 'object' || typeof value === 'function') {
    const message = messageOf(value);
    return cut(message ?? toJson(value, limit, undefined, ''), limit);
  }
  return cut(primitiveText(value as number | boolean | bigint | symbol), limit);
}

function primitiveText(value: number | boolean | bigint | symbol): string {
  return String(value);
}

/** Text, or undefined for an option that was left out. */
export function toOptionalText(value: unknown, limit: number): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : toText(value, limit);
}

/** A finite number, or undefined. */
export function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A whole number of at least 0, or undefined. */
export function toCount(value: unknown): number | undefined {
  const number = toNumber(value);
  return number === undefined || number < 0 ? undefined : Math.floor(number);
}

/** A time as RFC 3339: a date as it is, text as given, anything else left out. */
export function toTimeText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value, 64);
  try {
    return value instanceof Date ? value.toISOString() : undefined;
  } catch {
    return undefined; // an invalid date, or an object that cannot be read
  }
}

/**
 * A value as one attribute: primitives as they are, the rest JSON, at most `limit` characters. Undefined, null and
 * functions are left out.
 */
export function toAttribute(
  value: unknown,
  limit: number,
  redact: Redact | undefined,
  path: string,
): AttributeValue | undefined {
  const cleared = redacted(redact, value, path);
  switch (typeof cleared) {
    case 'string':
      return cut(cleared, limit);
    case 'boolean':
      return cleared;
    case 'number':
      return Number.isFinite(cleared) ? cleared : String(cleared);
    case 'bigint':
    case 'symbol':
      return cut(String(cleared), limit);
    case 'object':
      return cleared === null ? undefined : toJson(cleared, limit, redact, path);
    default:
      return undefined;
  }
}

/**
 * A value as JSON of at most `limit` characters that costs no more than that: it stops writing when it is full, so a
 * huge object is not walked. Cycles, getters that throw, maps, sets, dates and big integers are written as text.
 */
export function toJson(value: unknown, limit: number, redact: Redact | undefined, path: string): string {
  const writer: JsonWriter = { text: '', limit, redact, open: [] };
  write(writer, value, path);
  return writer.text.length <= limit ? writer.text : cut(writer.text, limit);
}

/** A string of at most `limit` characters, marked where it was cut, and never in the middle of a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = Math.max(0, limit - TRUNCATED.length);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return text.slice(0, end) + TRUNCATED;
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** A text of at most `limit` bytes in UTF-8, marked where it was cut. */
export function cutToBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit || byteLength(text) <= limit) return text;
  let kept = cut(text, limit);
  while (kept.length > 1 && byteLength(kept) > limit)
    kept = cut(text, Math.floor((kept.length * limit) / byteLength(kept)));
  return byteLength(kept) <= limit ? kept : '';
}

interface JsonWriter {
  text: string;
  readonly limit: number;
  readonly redact: Redact | undefined;
  /** Objects that are being written: one that comes again inside itself is a cycle. */
  readonly open: object[];
}

function write(writer: JsonWriter, value: unknown, path: string): void {
  switch (typeof value) {
    case 'string':
      writer.text += JSON.stringify(value.length > writer.limit ? value.slice(0, writer.limit) : value);
      return;
    case 'number':
      writer.text += Number.isFinite(value) ? String(value) : `"${value}"`;
      return;
    case 'boolean':
      writer.text += String(value);
      return;
    case 'bigint':
    case 'symbol':
      writer.text += JSON.stringify(String(value));
      return;
    case 'object':
      if (value === null) writer.text += 'null';
      else writeObject(writer, value, path);
      return;
    default:
      writer.text += 'null';
  }
}

function writeObject(writer: JsonWriter, value: object, path: string): void {
  if (writer.open.includes(value)) {
    writer.text += '"[circular]"';
    return;
  }
  if (writer.open.length >= MAX_DEPTH) {
    writer.text += '"[deep]"';
    return;
  }
  writer.open.push(value);
  try {
    writeOpened(writer, value, path);
  } catch {
    writer.text += '"[unreadable]"';
  }
  writer.open.pop();
}

function writeOpened(writer: JsonWriter, value: object, path: string): void {
  if (value instanceof Date) writer.text += JSON.stringify(toTimeText(value) ?? null);
  else if (value instanceof Error) writeError(writer, value, path);
  else if (value instanceof Map) writeFields(writer, entriesAsFields(value), path);
  else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) writer.text += `"[${value.byteLength} bytes]"`;
  else if (Array.isArray(value)) writeList(writer, value as readonly unknown[], path);
  else if (value instanceof Set) writeList(writer, value as ReadonlySet<unknown>, path);
  else writeFields(writer, fieldsOf(value), path);
}

function writeError(writer: JsonWriter, error: Error, path: string): void {
  const messagePath = `${path}.message`;
  write(writer, redacted(writer.redact, messageOf(error) ?? 'Error', messagePath), messagePath);
}

function writeList(writer: JsonWriter, items: Iterable<unknown>, path: string): void {
  writer.text += '[';
  let index = 0;
  for (const item of items) {
    if (writer.text.length > writer.limit) break;
    if (index > 0) writer.text += ',';
    const itemPath = `${path}.${index}`;
    write(writer, redacted(writer.redact, item, itemPath), itemPath);
    index += 1;
  }
  writer.text += ']';
}

function writeFields(writer: JsonWriter, fields: Iterable<readonly [string, unknown]>, path: string): void {
  writer.text += '{';
  let isFirst = true;
  for (const [key, field] of fields) {
    if (writer.text.length > writer.limit) break;
    const fieldPath = `${path}.${key}`;
    const cleared = redacted(writer.redact, field, fieldPath);
    if (cleared === undefined || typeof cleared === 'function') continue;
    writer.text += `${isFirst ? '' : ','}${JSON.stringify(key)}:`;
    write(writer, cleared, fieldPath);
    isFirst = false;
  }
  writer.text += '}';
}

function* fieldsOf(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value)) {
    let field: unknown;
    try {
      field = (value as Record<string, unknown>)[key];
    } catch {
      field = '[unreadable]';
    }
    yield [key, field];
  }
}

function* entriesAsFields(map: ReadonlyMap<unknown, unknown>): Generator<readonly [string, unknown]> {
  for (const [key, field] of map) yield [typeof key === 'string' ? key : toText(key, 64), field];
}

function messageOf(value: object): string | undefined {
  try {
    const { message } = value as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
