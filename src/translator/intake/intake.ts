import { ATTR_LOG_RECORD_UID, ATTR_SUMMARY, NAME_PREFIX, SCOPE_TRANSLATOR } from '../../semconv.ts';
import type { Resource, ScopeLogs, ScopeMetrics, ScopeSpans, Span, SpanEvent } from '../otlp/model.ts';
import type { Arrival } from './address-event.ts';
import { readUid } from './event-uid.ts';
import { type IssueCarrier, KIND_BY_EVENT } from './issue-carrier.ts';
import { type Intake, Sorter } from './sorter.ts';
import { takeLog } from './take-log.ts';

/** Log records: an issue event is one by its event name. */
export function takeLogs(batch: readonly ScopeLogs[], arrival: Arrival): Intake {
  const sorter = new Sorter(arrival);
  for (const { resource, scope, logRecords, skipped } of batch) {
    sorter.countSkipped(scope, skipped);
    for (const record of logRecords) takeLog(sorter, resource, scope, record);
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
