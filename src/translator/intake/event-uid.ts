import { createHash } from 'node:crypto';
import type { AnyValue, Attributes, LogRecord, Resource } from '../otlp/model.ts';

/** Longest uid or id that is kept as it came; a longer one is kept as its hash, so that nobody fills the store with it. */
export const ID_CHARACTERS_MAX = 256;

/** The id, or its hash: two that differ stay two. */
export function boundedId(id: string): string {
  return id.length <= ID_CHARACTERS_MAX ? id : sha256(id);
}

/** The uid that a record brings; undefined when it brings none. */
export function readUid(value: AnyValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? boundedId(value) : undefined;
}

/** A uid for a record that has none: a resend hashes the same, in protobuf as in JSON. */
export function hashRecord(resource: Resource, eventName: string, record: LogRecord): string {
  return sha256(
    JSON.stringify([
      canonical(resource.attributes),
      eventName,
      record.timeUnixNano.toString(),
      record.observedTimeUnixNano.toString(),
      canonical(record.body),
      canonical(record.attributes),
    ]),
  );
}

/** SHA-256 in hex. The runtime's own: a record may be megabytes, where the lifecycle core's is meant for short texts. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The value with one spelling only: keys sorted, and each type marked, so that `1` and `"1"` differ. */
function canonical(value: AnyValue | Attributes): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return ['number', String(value)];
  if (value instanceof Uint8Array) return ['bytes', ...value];
  if (isList(value)) return ['list', ...value.map(canonical)];
  const keys = Object.keys(value).sort();
  return ['map', ...keys.map((key) => [key, canonical(value[key] ?? null)])];
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: readonly AnyValue[] | Attributes): value is readonly AnyValue[] {
  return Array.isArray(value);
}
