import { gzipSync } from 'node:zlib';
import type { Arrival } from '../../../src/translator/intake/address-event.ts';
import { takeLogs, takeSpans } from '../../../src/translator/intake/intake.ts';
import type { Intake } from '../../../src/translator/intake/sorter.ts';
import { takeEncodedLogs } from '../../../src/translator/intake/take-encoded-logs.ts';
import { isReadEventName } from '../../../src/translator/intake/agent-sign.ts';
import { decodeLogs, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import type {
  AnyValue,
  Attributes,
  LogRecord,
  ScopeLogs,
  ScopeSpans,
  Span,
} from '../../../src/translator/otlp/model.ts';
import type { CommitRequest, WireRequest } from '../../../src/translator/store/store.ts';
import { type Message, WINDOW } from './message.ts';
import { logsOf, spansOf } from './wire.ts';

/** How a request comes: `decoded` by code of an embedder, the others over the wire. */
export type Sending = 'decoded' | 'protobuf' | 'json' | 'gzip' | 'gzipInMembers';
export const SENDINGS: readonly Sending[] = ['decoded', 'protobuf', 'json', 'gzip', 'gzipInMembers'];

export interface SentRequest {
  readonly request: CommitRequest;
  /** Issue events that can never be taken. */
  readonly rejected: number;
}

/** A request of one signal as the HTTP edge and the translator hand it to the store. */
export function sentRequest(messages: readonly Message[], sending: Sending, now: bigint): SentRequest {
  const signal = messages[0]?.carrier === 'log' ? 'logs' : 'traces';
  const clock = { arrival: now, windowNanos: WINDOW };
  const common = { keys: [], now, windowNanos: WINDOW };
  if (sending === 'decoded') {
    const intake = signal === 'logs' ? takeLogs(logsOf(messages), clock) : takeSpans(spansOf(messages), clock);
    return { request: { ...common, events: intake.events }, rejected: intake.rejections.length };
  }
  const encoding = sending === 'json' ? 'json' : 'protobuf';
  const body = signal === 'logs' ? encodeAs(encoding, logsOf(messages)) : encodeAs(encoding, spansOf(messages));
  const intake = takeBody(body, signal, encoding, clock);
  const isGzip = sending === 'gzip' || sending === 'gzipInMembers';
  const bytes = packed(body, sending);
  const wire: WireRequest = { signal, encoding, isGzip, bytes, unpackedBytes: body.byteLength, arrival: now };
  return { request: { ...common, events: intake.events, wire }, rejected: intake.rejections.length };
}

function takeBody(
  body: Uint8Array,
  signal: WireRequest['signal'],
  encoding: WireRequest['encoding'],
  clock: Arrival,
): Intake {
  if (signal === 'traces') return takeSpans(decodeTraces(body, encoding, isReadEventName), clock);
  if (encoding === 'protobuf') return takeEncodedLogs(body, clock);
  return takeLogs(decodeLogs(body, encoding, isReadEventName), clock);
}

function packed(body: Uint8Array, sending: Sending): Uint8Array {
  switch (sending) {
    case 'gzip':
      return gzipSync(body);
    case 'gzipInMembers': {
      const middle = body.length >> 1;
      return Buffer.concat([gzipSync(body.subarray(0, middle)), gzipSync(''), gzipSync(body.subarray(middle))]);
    }
    default:
      return body;
  }
}

function encodeAs(encoding: 'json' | 'protobuf', batch: readonly ScopeLogs[] | readonly ScopeSpans[]): Uint8Array {
  if (encoding === 'json') return Buffer.from(JSON.stringify(jsonOf(batch)));
  return areLogs(batch) ? encodeLogs(batch) : encodeTraces(batch);
}

function areLogs(batch: readonly ScopeLogs[] | readonly ScopeSpans[]): batch is readonly ScopeLogs[] {
  return batch.every((items) => 'logRecords' in items);
}

function jsonOf(batch: readonly ScopeLogs[] | readonly ScopeSpans[]): unknown {
  if (areLogs(batch)) {
    return {
      resourceLogs: batch.map(({ resource, scope, logRecords }) => ({
        resource: { attributes: attributesOf(resource.attributes) },
        scopeLogs: [{ scope, logRecords: logRecords.map(logRecordOf) }],
      })),
    };
  }
  return {
    resourceSpans: batch.map(({ resource, scope, spans }) => ({
      resource: { attributes: attributesOf(resource.attributes) },
      scopeSpans: [{ scope, spans: spans.map(spanOf) }],
    })),
  };
}

function logRecordOf(record: LogRecord): unknown {
  return {
    ...record,
    timeUnixNano: String(record.timeUnixNano),
    observedTimeUnixNano: String(record.observedTimeUnixNano),
    body: valueOf(record.body),
    attributes: attributesOf(record.attributes),
  };
}

function spanOf({ traceId, spanId, name, startTimeUnixNano, endTimeUnixNano, attributes, events }: Span): unknown {
  return {
    traceId,
    spanId,
    name,
    startTimeUnixNano: String(startTimeUnixNano),
    endTimeUnixNano: String(endTimeUnixNano),
    attributes: attributesOf(attributes),
    events: events.map((event) => ({
      name: event.name,
      timeUnixNano: String(event.timeUnixNano),
      attributes: attributesOf(event.attributes),
    })),
  };
}

function attributesOf(attributes: Attributes): readonly unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: AnyValue): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: value };
  throw new TypeError('messages say texts and numbers only');
}
