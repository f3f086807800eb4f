import type { AddressedEvent } from '../../lifecycle/issue.ts';
import type { AgentSign } from '../../lifecycle/silence.ts';
import {
  ATTR_LOG_RECORD_UID,
  ATTR_SUMMARY,
  NAME_PREFIX,
  SCOPE_INSTRUMENTATION,
  SCOPE_TRANSLATOR,
} from '../../semconv.ts';
import type {
  AnyValue,
  LogRecord,
  Resource,
  Scope,
  ScopeLogs,
  ScopeMetrics,
  ScopeSpans,
  Skipped,
  Span,
  SpanEvent,
} from '../otlp/model.ts';
import { readAgentSign } from './agent-sign.ts';
import { boundedId, hashRecord } from './event-uid.ts';
import { type Arrival, type IssueCarrier, KIND_BY_EVENT, readCarrier } from './issue-carrier.ts';

/** What a request holds for the lifecycle, and what else was in it. */
export interface Intake {
  readonly events: readonly AddressedEvent[];
  /** Issue events that can never be taken: why, once for each. */
  readonly rejections: readonly string[];
  /** Heartbeats and stops of agents; they count as `other`. */
  readonly signs: readonly AgentSign[];
  /** Records, spans and points that are ours but no issue events. */
  readonly other: number;
  /** Those of anybody else. */
  readonly foreign: number;
  /** What a translator wrote: never read again. */
  readonly ownInput: number;
}

/** Log records: an issue event is one by its event name. */
export function takeLogs(batch: readonly ScopeLogs[], arrival: Arrival): Intake {
  const sorter = new Sorter(arrival);
  for (const { resource, scope, logRecords, skipped } of batch) {
    sorter.countSkipped(scope, skipped);
    for (const record of logRecords) {
      if (scope.name === SCOPE_TRANSLATOR) {
        sorter.ownInput++;
        continue;
      }
      const sign = readAgentSign(resource, record, arrival);
      if (sign !== undefined) sorter.signs.push(sign);
      sorter.add(logCarrier(resource, record), scope, record.eventName);
    }
  }
  return sorter;
}

/**
 * Spans: an issue event is a span event, or a span, of that name *with* a uid. Without one it mirrors a log record,
 * which brings it anyway.
 */
export function takeSpans(batch: readonly ScopeSpans[], arrival: Arrival): Intake {
  const sorter = new Sorter(arrival);
  for (const { resource, scope, spans, skipped } of batch) {
    sorter.countSkipped(scope, skipped);
    for (const span of spans) {
      if (scope.name === SCOPE_TRANSLATOR) {
        sorter.ownInput++;
        continue;
      }
      sorter.add(spanCarrier(resource, span), scope, span.name);
      for (const event of span.events) sorter.addCarrier(spanEventCarrier(resource, span, event));
    }
  }
  return sorter;
}

/** Metrics are counted only: the lifecycle reads none. */
export function takeMetrics(batch: readonly ScopeMetrics[]): Intake {
  const sorter = new Sorter({ arrival: 0n, windowNanos: 0n });
  for (const { scope, points, pointCount, skipped } of batch) {
    const read = points.filter(({ name }) => name.startsWith(NAME_PREFIX)).length;
    const named = read + (skipped?.named ?? 0);
    sorter.countSkipped(scope, { named, unnamed: pointCount - named });
  }
  return sorter;
}

class Sorter implements Intake {
  readonly events: AddressedEvent[] = [];
  readonly rejections: string[] = [];
  readonly signs: AgentSign[] = [];
  other = 0;
  foreign = 0;
  ownInput = 0;
  readonly #arrival: Arrival;

  constructor(arrival: Arrival) {
    this.#arrival = arrival;
  }

  /** Takes what a record carries; one that carries no issue event is counted by whose it is. */
  add(carrier: IssueCarrier | undefined, scope: Scope, name: string): void {
    if (carrier !== undefined) this.addCarrier(carrier);
    else if (scope.name === SCOPE_INSTRUMENTATION || name.startsWith(NAME_PREFIX)) this.other++;
    else this.foreign++;
  }

  /** Counts by whose it is what carries no issue event. */
  countSkipped(scope: Scope, { named, unnamed }: Skipped = { named: 0, unnamed: 0 }): void {
    if (scope.name === SCOPE_TRANSLATOR) this.ownInput += named + unnamed;
    else if (scope.name === SCOPE_INSTRUMENTATION) this.other += named + unnamed;
    else {
      this.other += named;
      this.foreign += unnamed;
    }
  }

  addCarrier(carrier: IssueCarrier | undefined): void {
    if (carrier === undefined) return;
    const event = readCarrier(carrier, this.#arrival);
    if (typeof event === 'string') this.rejections.push(event);
    else this.events.push(event);
  }
}

function logCarrier(resource: Resource, record: LogRecord): IssueCarrier | undefined {
  const kind = KIND_BY_EVENT.get(record.eventName);
  if (kind === undefined) return undefined;
  const { attributes, body, traceId, spanId } = record;
  const uid = readUid(attributes[ATTR_LOG_RECORD_UID]) ?? hashRecord(resource, record.eventName, record);
  return {
    kind,
    resource,
    attributes,
    uid,
    summary: body === null || body === '' ? (attributes[ATTR_SUMMARY] ?? null) : body,
    time: record.timeUnixNano,
    observedTime: record.observedTimeUnixNano,
    span: { traceId, spanId },
  };
}

function spanEventCarrier(resource: Resource, span: Span, event: SpanEvent): IssueCarrier | undefined {
  const { name, attributes, timeUnixNano } = event;
  return uidCarrier({ name, attributes, time: timeUnixNano }, resource, span);
}

function spanCarrier(resource: Resource, span: Span): IssueCarrier | undefined {
  const { name, attributes, startTimeUnixNano } = span;
  return uidCarrier({ name, attributes, time: startTimeUnixNano }, resource, span);
}

type Named = Pick<SpanEvent, 'name' | 'attributes'> & { readonly time: bigint };

function uidCarrier({ name, attributes, time }: Named, resource: Resource, span: Span): IssueCarrier | undefined {
  const kind = KIND_BY_EVENT.get(name);
  const uid = readUid(attributes[ATTR_LOG_RECORD_UID]);
  if (kind === undefined || uid === undefined) return undefined;
  return {
    kind,
    resource,
    attributes,
    uid,
    summary: attributes[ATTR_SUMMARY] ?? null,
    time,
    observedTime: 0n,
    span: { traceId: span.traceId, spanId: span.spanId },
  };
}

function readUid(value: AnyValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? boundedId(value) : undefined;
}
