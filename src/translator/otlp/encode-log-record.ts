import { writeAnyValue, writeAttributes } from './encode-values.ts';
import type { Encodable } from './encoded-attributes.ts';
import type { LogRecord } from './model.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { LOG_RECORD } from './tags.ts';

/** Writes the fields of a `LogRecord`. */
export function writeLogRecord(writer: ProtobufWriter, record: Encodable<LogRecord>): void {
  writer.fixed64(LOG_RECORD.timeUnixNano, record.timeUnixNano);
  writer.uint(LOG_RECORD.severityNumber, record.severityNumber);
  if (record.body !== null) writeAnyValue(writer, LOG_RECORD.body, record.body);
  writeAttributes(writer, LOG_RECORD.attributes, record.attributes);
  writer.id(LOG_RECORD.traceId, record.traceId);
  writer.id(LOG_RECORD.spanId, record.spanId);
  writer.fixed64(LOG_RECORD.observedTimeUnixNano, record.observedTimeUnixNano);
  writer.string(LOG_RECORD.eventName, record.eventName);
}
