import { decodeJsonEnvelope } from './json-envelope.ts';
import { logRecordFromJson } from './json-log-record.ts';
import { jsonMetricCount, metricFromJson } from './json-metric.ts';
import { skipJsonLogRecord, skipJsonSpan } from './json-names.ts';
import { spanFromJson } from './json-span.ts';
import { toScopeMetrics } from './metric-points.ts';
import type { Encoding, ScopeLogs, ScopeMetrics, ScopeSpans } from './model.ts';
import { decodeProtobufEnvelope } from './protobuf-envelope.ts';
import { decodeLogRecord } from './protobuf-log-record.ts';
import { countMetric, decodeMetric } from './protobuf-metric.ts';
import { skipLogRecord, skipSpan } from './protobuf-names.ts';
import { decodeSpan } from './protobuf-span.ts';
import type { IsWanted } from './skipped.ts';

const LOGS = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' };
const TRACES = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };
const METRICS = { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' };

/**
 * Decodes an `ExportLogsServiceRequest`, one entry for each of its scopes. The result shares no memory with the body.
 * @param isWanted of the event names of records to build; the others are passed over on the bytes and counted, and
 *   what is malformed inside them stays unseen. Default: all.
 * @throws MalformedBodyError and nothing else, whatever the body
 */
export function decodeLogs(body: Uint8Array, encoding: Encoding, isWanted?: IsWanted): readonly ScopeLogs[] {
  const batch =
    encoding === 'protobuf'
      ? decodeProtobufEnvelope(body, { decode: decodeLogRecord, skip: by(skipLogRecord, isWanted) })
      : decodeJsonEnvelope(body, LOGS, { decode: logRecordFromJson, skip: by(skipJsonLogRecord, isWanted) });
  return batch.map(({ items, ...scopeItems }) => ({ ...scopeItems, logRecords: items }));
}

/** The same for an `ExportTraceServiceRequest`; a span is wanted by its name or by that of one of its events. */
export function decodeTraces(body: Uint8Array, encoding: Encoding, isWanted?: IsWanted): readonly ScopeSpans[] {
  const batch =
    encoding === 'protobuf'
      ? decodeProtobufEnvelope(body, { decode: decodeSpan, skip: by(skipSpan, isWanted) })
      : decodeJsonEnvelope(body, TRACES, { decode: spanFromJson, skip: by(skipJsonSpan, isWanted) });
  return batch.map(({ items, ...scopeItems }) => ({ ...scopeItems, spans: items }));
}

/**
 * The same for an `ExportMetricsServiceRequest`: the points of gauges and sums as numbers (an integer beyond 2^53
 * loses digits); points of other kinds, and those that end a series, are only counted.
 * @param isWanted given: every point is only counted, since what is wanted by name is events
 */
export function decodeMetrics(body: Uint8Array, encoding: Encoding, isWanted?: IsWanted): readonly ScopeMetrics[] {
  const batch =
    encoding === 'protobuf'
      ? decodeProtobufEnvelope(body, { decode: isWanted === undefined ? decodeMetric : countMetric })
      : decodeJsonEnvelope(body, METRICS, { decode: isWanted === undefined ? metricFromJson : jsonMetricCount });
  return batch.map(toScopeMetrics);
}

function by<From>(
  skip: (from: From, isWanted: IsWanted) => string | undefined,
  isWanted: IsWanted | undefined,
): ((from: From) => string | undefined) | undefined {
  return isWanted === undefined ? undefined : (from) => skip(from, isWanted);
}
