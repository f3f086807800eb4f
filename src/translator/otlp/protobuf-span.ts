import type { OpenAttributes } from './attributes.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifiers.ts';
import type { Span, SpanEvent, SpanLink } from './model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { decodeAttribute } from './protobuf-values.ts';
import { SPAN, SPAN_EVENT, SPAN_LINK, SPAN_STATUS } from './tags.ts';

interface OpenStatus {
  code: number;
  message: string;
}

/** Reads the `Span` that starts here. */
export function decodeSpan(reader: ProtobufReader): Span {
  const outerEnd = reader.enter();
  const attributes: OpenAttributes = {};
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const status: OpenStatus = { code: 0, message: '' };
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let name = '';
  let kind = 0;
  let startTimeUnixNano = 0n;
  let endTimeUnixNano = 0n;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case SPAN.traceId:
        traceId = reader.id(TRACE_ID_BYTES);
        break;
      case SPAN.spanId:
        spanId = reader.id(SPAN_ID_BYTES);
        break;
      case SPAN.parentSpanId:
        parentSpanId = reader.id(SPAN_ID_BYTES);
        break;
      case SPAN.name:
        name = reader.repeatedString();
        break;
      case SPAN.kind:
        kind = reader.int32();
        break;
      case SPAN.startTimeUnixNano:
        startTimeUnixNano = reader.fixed64();
        break;
      case SPAN.endTimeUnixNano:
        endTimeUnixNano = reader.fixed64();
        break;
      case SPAN.attributes:
        decodeAttribute(reader, attributes);
        break;
      case SPAN.events:
        events.push(decodeEvent(reader));
        break;
      case SPAN.links:
        links.push(decodeLink(reader));
        break;
      case SPAN.status:
        decodeStatus(reader, status);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes,
    events,
    links,
    statusCode: status.code,
    statusMessage: status.message,
  };
}

function decodeEvent(reader: ProtobufReader): SpanEvent {
  const outerEnd = reader.enter();
  const attributes: OpenAttributes = {};
  let timeUnixNano = 0n;
  let name = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SPAN_EVENT.timeUnixNano) timeUnixNano = reader.fixed64();
    else if (tag === SPAN_EVENT.name) name = reader.repeatedString();
    else if (tag === SPAN_EVENT.attributes) decodeAttribute(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { timeUnixNano, name, attributes };
}

function decodeLink(reader: ProtobufReader): SpanLink {
  const outerEnd = reader.enter();
  const attributes: OpenAttributes = {};
  let traceId = '';
  let spanId = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SPAN_LINK.traceId) traceId = reader.id(TRACE_ID_BYTES);
    else if (tag === SPAN_LINK.spanId) spanId = reader.id(SPAN_ID_BYTES);
    else if (tag === SPAN_LINK.attributes) decodeAttribute(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { traceId, spanId, attributes };
}

function decodeStatus(reader: ProtobufReader, status: OpenStatus): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SPAN_STATUS.message) status.message = reader.string();
    else if (tag === SPAN_STATUS.code) status.code = reader.int32();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
