import { decodeJsonEnvelope } from './json-envelope.ts';
import { logRecordFromJson } from './json-log-record.ts';
import { metricFromJson } from './json-metric.ts';
import { spanFromJson } from './json-span.ts';
import { toScopeMetrics } from './metric-points.ts';
import type { Encoding, ScopeLogs, ScopeMetrics, ScopeSpans } from './model.ts';
import { decodeProtobufEnvelope } from './protobuf-envelope.ts';
import { decodeLogRecord } from './protobuf-log-record.ts';
import { decodeMetric } from './protobuf-metric.ts';
import { decodeSpan } from './protobuf-span.ts';

const LOGS = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' };
const TRACES = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };
const METRICS = { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' };

/**
 * Decodes an `ExportLogsServiceRequest`, one entry for each of its scopes. The result shares no memory with the body.
 * @throws MalformedBodyError and nothing else, whatever the body
 */
export function decodeLogs(body: Uint8Array, encoding: Encoding): readonly ScopeLogs[] {
  const batch =
    encoding === 'protobuf'
      ? decodeProtobufEnvelope(body, decodeLogRecord)
      : decodeJsonEnvelope(body, LOGS, logRecordFromJson);
  return batch.map(({ resource, scope, items }) => ({ resource, scope, logRecords: items }));
}

/** The same for an `ExportTraceServiceRequest`. */
export function decodeTraces(body: Uint8Array, encoding: Encoding): readonly ScopeSpans[] {
  const batch =
    encoding === 'protobuf' ? decodeProtobufEnvelope(body, decodeSpan) : decodeJsonEnvelope(body, TRACES, spanFromJson);
  return batch.map(({ resource, scope, items }) => ({ resource, scope, spans: items }));
}

/**
 * The same for an `ExportMetricsServiceRequest`: the points of gauges and sums as numbers (an integer beyond 2^53
 * loses digits); points of other kinds, and those that end a series, are only counted.
 */
export function decodeMetrics(body: Uint8Array, encoding: Encoding): readonly ScopeMetrics[] {
  const batch =
    encoding === 'protobuf'
      ? decodeProtobufEnvelope(body, decodeMetric)
      : decodeJsonEnvelope(body, METRICS, metricFromJson);
  return batch.map(toScopeMetrics);
}
