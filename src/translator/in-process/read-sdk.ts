import { isReadEventName } from '../intake/agent-sign.ts';
import { isIssueEventName } from '../intake/issue-carrier.ts';
import { eventNameOf } from '../otlp/event-name.ts';
import type { AnyValue, Attributes, Resource, Scope, ScopeLogs, ScopeSpans, SpanEvent } from '../otlp/model.ts';
import type { HrTimeLike, LogRecordLike, ResourceLike, ScopeLike, SpanLike } from './sdk-types.ts';

/** A record that the translator should see. Its resource is read later: the host's detectors may still be at work. */
export interface Taken<Batch> {
  readonly resource: ResourceLike;
  readonly batch: (resource: Resource) => Batch;
}

/** The record as the translator reads it; undefined for one that is neither an issue event nor an agent's sign of life. */
export function readLogRecord(record: LogRecordLike): Taken<ScopeLogs> | undefined {
  const eventName = nameOf(record);
  if (!isReadEventName(eventName)) return undefined;
  const { resource, spanContext } = record;
  const scope = readScope(record.instrumentationScope);
  const logRecord = {
    timeUnixNano: unixNanos(record.hrTime),
    observedTimeUnixNano: unixNanos(record.hrTimeObserved),
    severityNumber: record.severityNumber ?? 0,
    eventName,
    body: readValue(record.body) ?? null,
    attributes: readAttributes(record.attributes),
    traceId: spanContext?.traceId ?? '',
    spanId: spanContext?.spanId ?? '',
  };
  return { resource, batch: (read) => ({ resource: read, scope, logRecords: [logRecord] }) };
}

/** The span with its issue events; undefined when it carries none, which is nearly always. */
export function readSpan(span: SpanLike): Taken<ScopeSpans> | undefined {
  const told = span.events.filter(({ name }) => isIssueEventName(name));
  if (told.length === 0 && !isIssueEventName(span.name)) return undefined;
  const { resource } = span;
  const { traceId, spanId } = span.spanContext();
  const scope = readScope(span.instrumentationScope ?? span.instrumentationLibrary);
  const events = told.map(({ name, time, attributes = {} }): SpanEvent => {
    return { name, timeUnixNano: unixNanos(time), attributes: readAttributes(attributes) };
  });
  const read = {
    traceId,
    spanId,
    parentSpanId: '',
    name: span.name,
    kind: 1,
    startTimeUnixNano: unixNanos(span.startTime),
    endTimeUnixNano: unixNanos(span.endTime),
    attributes: readAttributes(span.attributes),
    events,
    links: [],
    statusCode: 0,
    statusMessage: '',
  };
  return { resource, batch: (of) => ({ resource: of, scope, spans: [read] }) };
}

export function readResource({ attributes }: ResourceLike): Resource {
  return { attributes: readAttributes(attributes) };
}

function nameOf({ eventName, attributes }: LogRecordLike): string {
  return eventNameOf(eventName ?? '', attributes as Attributes); // it looks at two strings, and checks that they are
}

function readScope(scope: ScopeLike | undefined): Scope {
  return { name: scope?.name ?? '', version: scope?.version ?? '' };
}

function unixNanos([seconds, nanos]: HrTimeLike): bigint {
  return BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanos));
}

function readAttributes(attributes: Readonly<Record<string, unknown>>): Attributes {
  const read: Record<string, AnyValue> = {};
  for (const [name, raw] of Object.entries(attributes)) {
    const value = readValue(raw);
    if (value !== undefined) read[name] = value;
  }
  return read;
}

/** Deeper values are cut off, so that one which holds itself ends too. */
const DEPTH_MAX = 8;

/** A copy, since later processors of the host may change the record; undefined for what OTLP has no value for. */
function readValue(raw: unknown, depth = 0): AnyValue | undefined {
  switch (typeof raw) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return raw;
    case 'object':
      if (raw === null || raw instanceof Uint8Array) return raw;
      if (depth === DEPTH_MAX) return null;
      if (Array.isArray(raw)) return raw.map((item: unknown) => readValue(item, depth + 1) ?? null);
      return Object.fromEntries(
        Object.entries(raw).flatMap(([name, item]) => {
          const value = readValue(item, depth + 1);
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
    default:
      return undefined;
  }
}
