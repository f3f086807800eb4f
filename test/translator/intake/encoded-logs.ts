/** Log requests in protobuf, as issue events and their neighbours come and as they might, and both ways to take them. */
import fc, { type Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ENVIRONMENT,
  ATTR_EVENT_NAME,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_LOG_RECORD_UID,
  ATTR_OTEL_EVENT_NAME,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_SUMMARY,
  EVENT_AGENT_HEARTBEAT,
  EVENT_AGENT_STOPPED,
  EVENT_ISSUE_DISMISSED,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  EVENT_PLAN_STEP,
  SCOPE_INSTRUMENTATION,
  SCOPE_TRANSLATOR,
} from '../../../src/semconv.ts';
import { PackWriter } from '../../../src/lifecycle/packed-events.ts';
import { EncodedEvents, isAnySince } from '../../../src/translator/intake/encoded-events.ts';
import { isReadEventName } from '../../../src/translator/intake/agent-sign.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import type { Intake } from '../../../src/translator/intake/sorter.ts';
import { takeEncodedLogs } from '../../../src/translator/intake/take-encoded-logs.ts';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { MalformedBodyError } from '../../../src/translator/otlp/malformed-body.ts';
import { hashUid } from '../../../src/translator/store/fresh-events.ts';
import { UidHasher } from '../../../src/translator/store/uid-hasher.ts';
import { anyValue } from '../otlp/arbitraries.ts';
import { type Message, plainValue, toProtobuf } from '../otlp/oracle.ts';

export const ARRIVAL = { arrival: 1_790_000_000_000_000_000n, windowNanos: 900_000_000_000n };

/** What a body comes to, by the way of records or straight from the bytes; the second time much of it is known. */
export function expectTheSame(body: Uint8Array): void {
  const byRecords = outcomeOf(() => takeLogs(decodeLogs(body, 'protobuf', isReadEventName), ARRIVAL));
  expect(outcomeOf(() => takeEncodedLogs(body, ARRIVAL))).toStrictEqual(byRecords);
  expect(outcomeOf(() => takeEncodedLogs(body, ARRIVAL))).toStrictEqual(byRecords);
}

function outcomeOf(take: () => Intake): unknown {
  try {
    const { events, rejections, signs, other, foreign, ownInput } = take();
    if (events instanceof EncodedEvents) expectSameUnread(events);
    return { events: [...events], rejections, signs, other, foreign, ownInput };
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBodyError);
    return 'malformed';
  }
}

/** Reports that are not read yet are packed, and their uids hashed, as the events that they are. */
function expectSameUnread(events: EncodedEvents): void {
  const [packed, expected] = [new PackWriter(64), new PackWriter(64)];
  const hasher = new UidHasher();
  [...events].forEach((addressed, place) => {
    expect(events.at(place)).toStrictEqual(addressed);
    expect(events.names(place) ?? addressed.names).toBe(addressed.names);
    expect(events.effectiveTime(place)).toBe(addressed.event.effectiveTime);
    const hash = Uint32Array.from(hasher.hash(addressed));
    expect(hashUid(events, place, hasher)).toEqual(hash);
    packed.add(events.report(place) ?? addressed.event);
    expected.add(addressed.event);
  });
  expect(packed.copy()).toEqual(expected.copy());
  for (const time of [...events].map(({ event }) => event.effectiveTime)) {
    expect(isAnySince(events, time)).toBe(true);
    expect(isAnySince(events, time + 1n)).toBe([...events].some(({ event }) => event.effectiveTime > time));
  }
}

/** A field of a message that is written by itself: in protobuf, messages one after the other are one message. */
export type Field = readonly [type: string, message: Message];

export function joined(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map(([type, message]) => toProtobuf(type, message)));
}

/** A field of a message, by its number, with these bytes inside. */
export function nested(field: number, content: Uint8Array): Uint8Array {
  const lengthBytes: number[] = [];
  let rest = content.length;
  for (; rest >= 0x80; rest >>= 7) lengthBytes.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...lengthBytes, rest]), content]);
}

const name = fc.constantFrom(
  ...[EVENT_ISSUE_REPORTED, EVENT_ISSUE_REPORTED, EVENT_ISSUE_RESOLVED, EVENT_ISSUE_DISMISSED],
  ...[EVENT_AGENT_HEARTBEAT, EVENT_AGENT_STOPPED, EVENT_PLAN_STEP, 'hiveloop.issue.repeated', 'gen_ai.choice', ''],
);
/** What hardly anybody says, among it texts that are too long, padded, or one character where they have two bytes. */
const oddText = fc.oneof(
  fc.constantFrom('', ' ', 'low', 'lo', ' crm-403 ', '\u00a0crm\ufeff', 'größe', '\ud800', 'a\0b', '🐝'),
  fc.constantFrom('x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(127), 'x'.repeat(128), 'x'.repeat(300)),
  fc.constantFrom(`${'x'.repeat(1100)} `, 'ä'.repeat(700), 'x'.repeat(17_000)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const oddValue: Arbitrary<Message> = fc.oneof(
  oddText.map((stringValue) => ({ stringValue })),
  anyValue.map(plainValue),
);

function textOf(...usual: readonly string[]): Arbitrary<Message> {
  const values = usual.map((stringValue) => ({ stringValue }));
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: oddValue });
}

function countOf(...usual: readonly number[]): Arbitrary<Message> {
  const values = usual.map((count) => ({ intValue: String(count) }));
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: oddValue });
}

function attribute(key: string, value: Arbitrary<Message>): Arbitrary<Field> {
  return value.map((said) => ['LogRecord', { attributes: [{ key, value: said }] }]);
}

const uid = attribute(ATTR_LOG_RECORD_UID, textOf('u1', '0190c5a2-7d1e-7c3a-9f00-000000000001'));
const anyAttribute: Arbitrary<Field> = fc.oneof(
  attribute(ATTR_AGENT_ID, textOf('lead-qualifier', 'lead-qualifier-2', 'bee')),
  attribute(ATTR_AGENT_TYPE, textOf('sales', 'ops')),
  attribute(ATTR_ENVIRONMENT, textOf('production', 'test')),
  attribute(ATTR_ISSUE_ID, textOf('crm-403', 'crm-404', 'crm-403-of-a-much-longer-name')),
  attribute(ATTR_ISSUE_SUMMARY, textOf('CRM API returns 403')),
  attribute(ATTR_ISSUE_SEVERITY, textOf('high', 'low', 'HIGH', 'awful')),
  attribute(ATTR_ISSUE_CATEGORY, textOf('permissions', 'other')),
  attribute(ATTR_SUMMARY, textOf('CRM API returns 403', 'another')),
  attribute(ATTR_ISSUE_OCCURRENCE_COUNT, countOf(0, 1, 127, 128, 2 ** 28 - 1, 2 ** 28, -1)),
  fc
    .tuple(fc.string({ maxLength: 30 }), anyValue)
    .chain(([key, value]) => attribute(key, fc.constant(plainValue(value)))),
);
const eventNameAttribute = fc.oneof(
  attribute(
    ATTR_OTEL_EVENT_NAME,
    fc.oneof(
      name.map((stringValue) => ({ stringValue })),
      oddValue,
    ),
  ),
  attribute(
    ATTR_EVENT_NAME,
    fc.oneof(
      name.map((stringValue) => ({ stringValue })),
      oddValue,
    ),
  ),
);

function id(byteLength: number): Arbitrary<string> {
  const ids = ['0'.repeat(2 * byteLength), 'ab'.repeat(byteLength), `00${'c'.repeat(2 * byteLength - 2)}`, ''];
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...ids) },
    { weight: 1, arbitrary: fc.constantFrom('ab', 'ab'.repeat(byteLength + 1)) },
  );
}

const nanos = fc
  .oneof(
    fc.constantFrom(0n, 1n, ARRIVAL.arrival - 1n, ARRIVAL.arrival + ARRIVAL.windowNanos, 2n ** 64n - 1n),
    fc.bigInt({ min: 2n ** 53n, max: ARRIVAL.arrival }),
    fc.constant(ARRIVAL.arrival + ARRIVAL.windowNanos + 1n),
  )
  .map(String);
const bystander = fc.record(
  { severityNumber: fc.integer(), severityText: oddText, droppedAttributesCount: fc.nat(300), flags: fc.nat() },
  { requiredKeys: [] },
);

function field(message: Arbitrary<Message>): Arbitrary<Field> {
  return message.map((said) => ['LogRecord', said]);
}

const traceId = id(16).map((said) => ({ traceId: said }));
const spanId = id(8).map((said) => ({ spanId: said }));
const body = textOf('CRM API returns 403', 'CRM API recovered', '').map((said) => ({ body: said }));
const eventName = name.map((said) => ({ eventName: said }));
const time = nanos.map((timeUnixNano) => ({ timeUnixNano }));
const observedTime = nanos.map((observedTimeUnixNano) => ({ observedTimeUnixNano }));

/** The fields of a log record in the order that encoders write them in; seldom with more of them, in any order. */
const record: Arbitrary<Uint8Array> = fc
  .record({
    start: fc.tuple(field(time), field(bystander), field(body)),
    uids: fc.oneof({ weight: 9, arbitrary: uid.map((one) => [one]) }, { weight: 1, arbitrary: fc.constant([]) }),
    attributes: fc.array(anyAttribute, { maxLength: 9 }),
    names: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(eventNameAttribute) }),
    end: fc.tuple(field(traceId), field(spanId), field(observedTime), field(eventName)),
    more: fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(fc.oneof(...[time, body, traceId, spanId, observedTime, eventName].map(field))),
      },
    ),
  })
  .chain(({ start, uids, attributes, names, end, more }) => {
    const fields = [...start, ...uids, ...attributes, ...names, ...end, ...more];
    return more.length === 0 ? fc.constant(fields) : fc.shuffledSubarray(fields);
  })
  .map(joined);

function mostlyInOrder(parts: readonly Uint8Array[]): Arbitrary<Uint8Array> {
  const orders = fc.oneof(
    { weight: 9, arbitrary: fc.constant(parts) },
    { weight: 1, arbitrary: fc.shuffledSubarray([...parts], { minLength: parts.length }) },
  );
  return orders.map((ordered) => Buffer.concat(ordered));
}

const scope = fc
  .constantFrom(SCOPE_INSTRUMENTATION, SCOPE_TRANSLATOR, 'host', '')
  .map((scopeName) => toProtobuf('ScopeLogs', { scope: { name: scopeName, version: '1' } }));
const scopeLogs = fc
  .tuple(scope, fc.array(record, { maxLength: 4 }))
  .chain(([head, records]) => mostlyInOrder([head, ...records.map((bytes) => nested(2, bytes))]));

const resource = fc
  .dictionary(
    fc.constantFrom(
      ...[ATTR_DEPLOYMENT_ENVIRONMENT_NAME, ATTR_ENVIRONMENT, ATTR_SERVICE_NAMESPACE, ATTR_SERVICE_NAME],
      ...[ATTR_AGENT_ID, ATTR_AGENT_TYPE, 'host.name'],
    ),
    textOf('production', 'sales', ''),
  )
  .map((said) => Object.entries(said).map(([key, value]) => ({ key, value })))
  .map((attributes) => toProtobuf('ResourceLogs', { resource: { attributes } }));
const resourceLogs = fc
  .tuple(resource, fc.array(scopeLogs, { maxLength: 3 }))
  .chain(([head, scopes]) => mostlyInOrder([head, ...scopes.map((bytes) => nested(2, bytes))]));

/** A request as senders write it, by protobufjs; seldom one that only protobuf allows. */
export const encodedLogs: Arbitrary<Uint8Array> = fc
  .array(resourceLogs, { maxLength: 3 })
  .map((resources) => Buffer.concat(resources.map((bytes) => nested(1, bytes))));
