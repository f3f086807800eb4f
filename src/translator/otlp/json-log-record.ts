import { eventNameOf } from './event-name.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifiers.ts';
import { idField, int32Field, stringField, uint64Field, type JsonObject } from './json-fields.ts';
import { anyValueField, attributesField } from './json-values.ts';
import type { LogRecord } from './model.ts';
import { knownSeverity } from './severity.ts';

export function logRecordFromJson(from: JsonObject): LogRecord {
  const attributes = attributesField(from, 'attributes');
  return {
    timeUnixNano: uint64Field(from, 'timeUnixNano'),
    observedTimeUnixNano: uint64Field(from, 'observedTimeUnixNano'),
    severityNumber: knownSeverity(int32Field(from, 'severityNumber')),
    eventName: eventNameOf(stringField(from, 'eventName'), attributes),
    body: anyValueField(from, 'body'),
    attributes,
    traceId: idField(from, 'traceId', TRACE_ID_BYTES),
    spanId: idField(from, 'spanId', SPAN_ID_BYTES),
  };
}
