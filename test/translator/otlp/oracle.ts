/**
 * OTLP by protobufjs and by the rules of OTLP/JSON, written apart from `src`: what our codec is compared with. Messages
 * are plain objects as OTLP/JSON has them: lowerCamelCase, 64-bit integers as decimal strings, ids in hex.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { AnyValue, Attributes, LogRecord, Resource, Scope, Span } from '../../../src/translator/otlp/model.ts';

const { root } = protobuf.parse(readFileSync(new URL('otlp.proto', import.meta.url), 'utf8'));

export type Message = Record<string, unknown>;

const ID_FIELDS = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Encodes a message in protobuf; ids may be hex, as in JSON. */
export function toProtobuf(type: string, message: Message): Uint8Array {
  const messageType = root.lookupType(`otlp.${type}`);
  return messageType
    .encode(messageType.fromObject(withIds(message, (hex) => Buffer.from(hex, 'hex')) as Message))
    .finish();
}

/** Decodes protobuf to the plain form: only fields that are set, 64-bit as strings, ids as hex. */
export function fromProtobuf(type: string, bytes: Uint8Array): Message {
  const messageType = root.lookupType(`otlp.${type}`);
  const plain = messageType.toObject(messageType.decode(bytes), { longs: String, bytes: String, json: true });
  return withIds(plain, (bytes64) => Buffer.from(bytes64, 'base64').toString('hex')) as Message;
}

export function toJson(message: Message): Uint8Array {
  // JSON.stringify writes -0 as 0; as text it survives.
  return Buffer.from(JSON.stringify(message, (_, value: unknown) => (Object.is(value, -0) ? '-0' : value)));
}

function withIds(value: unknown, convert: (id: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withIds(item, convert));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      ID_FIELDS.has(name) && typeof item === 'string' ? convert(item) : withIds(item, convert),
    ]),
  );
}

/** The wire's plain form of a value of the model. */
export function plainValue(value: AnyValue): Message {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { intValue: String(value) };
    return { doubleValue: Number.isFinite(value) ? value : String(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isList(value)) return { arrayValue: value.length === 0 ? {} : { values: value.map(plainValue) } };
  const values = plainAttributes(value);
  return { kvlistValue: values.length === 0 ? {} : { values } };
}

export function plainAttributes(attributes: Attributes): Message[] {
  return Object.entries(attributes).map(([key, value]) => present({ key, value: plainValue(value) }));
}

export function plainLogRecord(record: LogRecord): Message {
  return present({
    timeUnixNano: String(record.timeUnixNano),
    observedTimeUnixNano: String(record.observedTimeUnixNano),
    severityNumber: record.severityNumber,
    eventName: record.eventName,
    body: record.body === null ? undefined : plainValue(record.body),
    attributes: plainAttributes(record.attributes),
    traceId: record.traceId,
    spanId: record.spanId,
  });
}

export function plainSpan(span: Span): Message {
  return present({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: plainAttributes(span.attributes),
    events: span.events.map((event) =>
      present({
        timeUnixNano: String(event.timeUnixNano),
        name: event.name,
        attributes: plainAttributes(event.attributes),
      }),
    ),
    links: span.links.map((link) =>
      present({ traceId: link.traceId, spanId: link.spanId, attributes: plainAttributes(link.attributes) }),
    ),
    status: present({ code: span.statusCode, message: span.statusMessage }),
  });
}

export function plainEnvelope(resource: Resource, scope: Scope): { resource: Message; scope: Message } {
  return {
    resource: present({ attributes: plainAttributes(resource.attributes) }),
    scope: present({ name: scope.name, version: scope.version }),
  };
}

/** Without what proto3 leaves out: zeros, and empty strings and lists. */
export function present(message: Message): Message {
  return Object.fromEntries(
    Object.entries(message).filter(
      ([name, value]) =>
        value !== undefined &&
        value !== 0 &&
        value !== '' &&
        // A time of 0 is the default; the text "0" of a key or a name is not.
        !(value === '0' && name.endsWith('UnixNano')) &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function isList(value: AnyValue): value is readonly AnyValue[] {
  return Array.isArray(value);
}
