import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifiers.ts';
import { idField, int32Field, listField, objectField, stringField, uint64Field } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { attributesField } from './json-values.ts';
import type { Span, SpanEvent, SpanLink } from './model.ts';

export function spanFromJson(from: JsonObject): Span {
  const status = objectField(from, 'status') ?? {};
  return {
    traceId: idField(from, 'traceId', TRACE_ID_BYTES),
    spanId: idField(from, 'spanId', SPAN_ID_BYTES),
    parentSpanId: idField(from, 'parentSpanId', SPAN_ID_BYTES),
    name: stringField(from, 'name'),
    kind: int32Field(from, 'kind'),
    startTimeUnixNano: uint64Field(from, 'startTimeUnixNano'),
    endTimeUnixNano: uint64Field(from, 'endTimeUnixNano'),
    attributes: attributesField(from, 'attributes'),
    events: listField(from, 'events').map(eventFromJson),
    links: listField(from, 'links').map(linkFromJson),
    statusCode: int32Field(status, 'code'),
    statusMessage: stringField(status, 'message'),
  };
}

function eventFromJson(from: JsonObject): SpanEvent {
  return {
    timeUnixNano: uint64Field(from, 'timeUnixNano'),
    name: stringField(from, 'name'),
    attributes: attributesField(from, 'attributes'),
  };
}

function linkFromJson(from: JsonObject): SpanLink {
  return {
    traceId: idField(from, 'traceId', TRACE_ID_BYTES),
    spanId: idField(from, 'spanId', SPAN_ID_BYTES),
    attributes: attributesField(from, 'attributes'),
  };
}
