import { writeAttributes } from './encode-values.ts';
import type { Encodable } from './encoded-attributes.ts';
import type { Span, SpanEvent, SpanLink } from './model.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { SPAN, SPAN_EVENT, SPAN_LINK, SPAN_STATUS } from './tags.ts';

/** Writes the fields of a `Span`. */
export function writeSpan(writer: ProtobufWriter, span: Encodable<Span>): void {
  writer.id(SPAN.traceId, span.traceId);
  writer.id(SPAN.spanId, span.spanId);
  writer.id(SPAN.parentSpanId, span.parentSpanId);
  writer.string(SPAN.name, span.name);
  writer.uint(SPAN.kind, span.kind);
  writer.fixed64(SPAN.startTimeUnixNano, span.startTimeUnixNano);
  writer.fixed64(SPAN.endTimeUnixNano, span.endTimeUnixNano);
  writeAttributes(writer, SPAN.attributes, span.attributes);
  for (const event of span.events) writeEvent(writer, event);
  for (const link of span.links) writeLink(writer, link);
  const start = writer.open(SPAN.status);
  writer.string(SPAN_STATUS.message, span.statusMessage);
  writer.uint(SPAN_STATUS.code, span.statusCode);
  writer.close(start);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  const start = writer.open(SPAN.events);
  writer.fixed64(SPAN_EVENT.timeUnixNano, event.timeUnixNano);
  writer.string(SPAN_EVENT.name, event.name);
  writeAttributes(writer, SPAN_EVENT.attributes, event.attributes);
  writer.close(start);
}

function writeLink(writer: ProtobufWriter, link: SpanLink): void {
  const start = writer.open(SPAN.links);
  writer.id(SPAN_LINK.traceId, link.traceId);
  writer.id(SPAN_LINK.spanId, link.spanId);
  writeAttributes(writer, SPAN_LINK.attributes, link.attributes);
  writer.close(start);
}
