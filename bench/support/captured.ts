import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { openWorkload } from '../workloads/workload.ts';
import type { ChildOrder } from './contender.ts';
import { DISCARD, startHost } from './host.ts';

/** What a contender emitted for one piece of work, without what differs from run to run: ids and times. */
export interface Captured {
  readonly spans: readonly unknown[];
  readonly logs: readonly unknown[];
  readonly metrics: Readonly<Record<string, unknown>>;
}

const DIFFERS: ReadonlySet<string> = new Set([
  'log.record.uid',
  'hiveloop.task.run_id',
  'hiveloop.duration',
  'hiveloop.parent_span_id',
]);

/** Does the work once with exporters that keep what they are given. */
export async function captureSignals(order: ChildOrder): Promise<Captured> {
  const spans: ReadableSpan[] = [];
  const logs: ReadableLogRecord[] = [];
  const metrics: ResourceMetrics[] = [];
  const all = order.host === 'all';
  const host = startHost(order.host, {
    spans: keepIn(spans),
    ...(all ? { logs: keepIn(logs), metrics: keepIn(metrics) } : {}),
  });
  const work = await openWorkload(order.workload, order.module);
  await work(1);
  await host.flush();
  await host.collect();
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const nameOf = (spanId: string | undefined): string | undefined =>
    spanId === undefined ? spanId : names.get(spanId);
  return {
    spans: spans.map((span) => describeSpan(span, nameOf(span.parentSpanContext?.spanId))),
    logs: logs.map((record) => describeLog(record, nameOf(record.spanContext?.spanId))),
    metrics: describeMetrics(metrics),
  };
}

function keepIn(kept: unknown[]): typeof DISCARD {
  return {
    ...DISCARD,
    export: (items, done) => {
      kept.push(...[items].flat());
      done({ code: 0 });
    },
  };
}

function describeSpan(span: ReadableSpan, parent: string | undefined): unknown {
  const { name, kind, status, links } = span;
  const events = span.events.map((event) => ({ name: event.name, attributes: stable(event.attributes ?? {}) }));
  return { name, kind, parent, status, links: links.length, attributes: stable(span.attributes), events };
}

function describeLog(record: ReadableLogRecord, span: string | undefined): unknown {
  const { eventName, severityNumber, severityText, body } = record;
  return { eventName, severityNumber, severityText, body, span, attributes: stable(record.attributes as Attributes) };
}

function describeMetrics(collected: readonly ResourceMetrics[]): Readonly<Record<string, unknown>> {
  const metrics = collected.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(metrics.map((metric) => [metric.descriptor.name, describeMetric(metric)]));
}

/** Of a histogram its count and bounds: what it adds up is time. */
function describeMetric({ descriptor, dataPointType, dataPoints }: MetricData): unknown {
  const points = dataPoints.map(({ attributes, value }) => {
    const shown = typeof value === 'number' ? value : { count: value.count, buckets: bucketsOf(value) };
    return { attributes: stable(attributes), value: shown };
  });
  return { unit: descriptor.unit, dataPointType, points };
}

function bucketsOf(value: object): unknown {
  return 'buckets' in value ? (value.buckets as { boundaries?: unknown }).boundaries : undefined;
}

/** Attributes by name, with only the presence of what differs from run to run. */
function stable(attributes: Attributes): Attributes {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, value]) => [key, DIFFERS.has(key) ? `a ${typeof value}` : value]));
}
