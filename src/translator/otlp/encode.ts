import { writeLogRecord } from './encode-log-record.ts';
import { writeMetric } from './encode-metric.ts';
import { writeResource } from './encode-resource.ts';
import { writeSpan } from './encode-span.ts';
import type { EncodableLogs, EncodableSpans } from './encoded-attributes.ts';
import type { ScopeMetricData } from './model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import type { ScopeItems } from './scope-items.ts';
import { ENVELOPE, SCOPE } from './tags.ts';

/** An `ExportLogsServiceRequest` in protobuf, a resource entry for each scope. The same input gives the same bytes. */
export function encodeLogs(batch: readonly EncodableLogs[]): Uint8Array {
  return encodeEnvelope(
    batch.map(({ resource, scope, logRecords }) => ({ resource, scope, items: logRecords })),
    writeLogRecord,
  );
}

/** The same for an `ExportTraceServiceRequest`. */
export function encodeTraces(batch: readonly EncodableSpans[]): Uint8Array {
  return encodeEnvelope(
    batch.map(({ resource, scope, spans }) => ({ resource, scope, items: spans })),
    writeSpan,
  );
}

/** The same for an `ExportMetricsServiceRequest`. */
export function encodeMetrics(batch: readonly ScopeMetricData[]): Uint8Array {
  return encodeEnvelope(
    batch.map(({ resource, scope, metrics }) => ({ resource, scope, items: metrics })),
    writeMetric,
  );
}

function encodeEnvelope<Item>(
  batch: readonly ScopeItems<Item>[],
  writeItem: (writer: ProtobufWriter, item: Item) => void,
): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { resource, scope, items } of batch) {
    const resourceItems = writer.open(ENVELOPE.resourceItems);
    writeResource(writer, resource);
    const scopeItems = writer.open(ENVELOPE.scopeItems);
    const scopeStart = writer.open(ENVELOPE.scope);
    writer.string(SCOPE.name, scope.name);
    writer.string(SCOPE.version, scope.version);
    writer.close(scopeStart);
    for (const item of items) {
      const start = writer.open(ENVELOPE.items);
      writeItem(writer, item);
      writer.close(start);
    }
    writer.close(scopeItems);
    writer.close(resourceItems);
  }
  return writer.finish();
}
