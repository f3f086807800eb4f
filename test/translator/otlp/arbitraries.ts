/** Any telemetry, as the model holds it, for property tests. */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  AnyValue,
  Attributes,
  LogRecord,
  Resource,
  Scope,
  ScopeLogs,
  ScopeSpans,
  Span,
} from '../../../src/translator/otlp/model.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'agent.id', ''), text);
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const beyondDouble = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .filter((value) => !Number.isSafeInteger(Number(value)));

function id(byteLength: number): Arbitrary<string> {
  return fc
    .uint8Array({ minLength: byteLength, maxLength: byteLength })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .map((hex) => (/^0+$/.test(hex) ? '' : hex));
}

function attributesOf(value: Arbitrary<AnyValue>): Arbitrary<Attributes> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 5, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));
}

export const anyValue: Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      text,
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.double(),
      beyondDouble,
      fc.constant(null),
      fc.uint8Array({ maxLength: 20 }),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    attributesOf(tie('value')),
  ),
})).value;

export const attributes: Arbitrary<Attributes> = attributesOf(anyValue);
const resource: Arbitrary<Resource> = fc.record({ attributes });
const scope: Arbitrary<Scope> = fc.record({ name: text, version: text });

const logRecord: Arbitrary<LogRecord> = fc.record({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: fc.integer({ min: 0, max: 24 }),
  eventName: text,
  body: anyValue,
  attributes,
  traceId: fc.oneof(fc.constant(''), id(16)),
  spanId: fc.oneof(fc.constant(''), id(8)),
});

const span: Arbitrary<Span> = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: fc.oneof(fc.constant(''), id(8)),
  name: text,
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: fc.array(fc.record({ timeUnixNano: nanos, name: text, attributes }), { maxLength: 3 }),
  links: fc.array(fc.record({ traceId: id(16), spanId: id(8), attributes }), { maxLength: 2 }),
  statusCode: fc.integer({ min: 0, max: 2 }),
  statusMessage: text,
});

export const logsBatch: Arbitrary<ScopeLogs[]> = fc.array(
  fc.record({ resource, scope, logRecords: fc.array(logRecord, { maxLength: 4 }) }),
  { maxLength: 3 },
);
export const tracesBatch: Arbitrary<ScopeSpans[]> = fc.array(
  fc.record({ resource, scope, spans: fc.array(span, { maxLength: 3 }) }),
  { maxLength: 3 },
);
