import type { OpenAttributes } from './attributes.ts';
import { eventNameOf } from './event-name.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifiers.ts';
import type { AnyValue, LogRecord } from './model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { decodeAnyValue, decodeAttribute } from './protobuf-values.ts';
import { knownSeverity } from './severity.ts';
import { LOG_RECORD } from './tags.ts';

/** Reads the `LogRecord` that starts here. */
export function decodeLogRecord(reader: ProtobufReader): LogRecord {
  const outerEnd = reader.enter();
  const attributes: OpenAttributes = {};
  let timeUnixNano = 0n;
  let observedTimeUnixNano = 0n;
  let severityNumber = 0;
  let eventName = '';
  let body: AnyValue = null;
  let traceId = '';
  let spanId = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case LOG_RECORD.timeUnixNano:
        timeUnixNano = reader.fixed64();
        break;
      case LOG_RECORD.observedTimeUnixNano:
        observedTimeUnixNano = reader.fixed64();
        break;
      case LOG_RECORD.severityNumber:
        severityNumber = knownSeverity(reader.int32());
        break;
      case LOG_RECORD.eventName:
        eventName = reader.repeatedString();
        break;
      case LOG_RECORD.body:
        body = decodeAnyValue(reader);
        break;
      case LOG_RECORD.attributes:
        decodeAttribute(reader, attributes);
        break;
      case LOG_RECORD.traceId:
        traceId = reader.id(TRACE_ID_BYTES);
        break;
      case LOG_RECORD.spanId:
        spanId = reader.id(SPAN_ID_BYTES);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    eventName: eventNameOf(eventName, attributes),
    body,
    attributes,
    traceId,
    spanId,
  };
}
