import { ATTR_EVENT_NAME, ATTR_OTEL_EVENT_NAME } from '../../semconv.ts';
import type { OpenAttributes } from './attributes.ts';
import { eventNameOf } from './event-name.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { decodeAttribute } from './protobuf-values.ts';
import type { IsWanted } from './skipped.ts';
import { KEY_VALUE, LOG_RECORD, SPAN, SPAN_EVENT } from './tags.ts';

/**
 * Looks at the bytes of an item that starts where the reader stands. The name of one that nobody wants, with the reader
 * after it; undefined for one to be built, with the reader where it was.
 */
export type SkipItem = (reader: ProtobufReader, isWanted: IsWanted) => string | undefined;

const EVENT_NAME_KEYS = [ATTR_OTEL_EVENT_NAME, ATTR_EVENT_NAME].map((key) => Buffer.from(key));

/** A log record is wanted by its event name. */
export function skipLogRecord(reader: ProtobufReader, isWanted: IsWanted): string | undefined {
  const start = reader.position;
  const name = ownEventName(reader) || attributedEventName(reader, start);
  return skipOrRewind(reader, start, isWanted(name) ? undefined : name);
}

function ownEventName(reader: ProtobufReader): string {
  const outerEnd = reader.skim();
  let eventName = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === LOG_RECORD.eventName) eventName = reader.repeatedString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return eventName;
}

/** Senders whose SDK drops event names put them into an attribute. */
function attributedEventName(reader: ProtobufReader, start: number): string {
  reader.rewind(start);
  const outerEnd = reader.skim();
  let naming: OpenAttributes | undefined;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === LOG_RECORD.attributes) naming = addIfNaming(reader, naming);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return naming === undefined ? '' : eventNameOf('', naming);
}

/** A span is wanted by its name, or by that of one of its events. */
export function skipSpan(reader: ProtobufReader, isWanted: IsWanted): string | undefined {
  const start = reader.position;
  const outerEnd = reader.skim();
  let name = '';
  let hasWantedEvent = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SPAN.name) name = reader.repeatedString();
    else if (tag === SPAN.events) hasWantedEvent = isWanted(spanEventName(reader)) || hasWantedEvent;
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return skipOrRewind(reader, start, hasWantedEvent || isWanted(name) ? undefined : name);
}

function skipOrRewind(reader: ProtobufReader, start: number, skippedName: string | undefined): string | undefined {
  if (skippedName === undefined) reader.rewind(start);
  else reader.countMessages(1);
  return skippedName;
}

/** Builds the attribute that starts here if it may hold an event name; passes over any other. */
function addIfNaming(reader: ProtobufReader, naming: OpenAttributes | undefined): OpenAttributes | undefined {
  const start = reader.position;
  const outerEnd = reader.skim();
  let isNaming = false;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === KEY_VALUE.key) isNaming = reader.isOneOf(EVENT_NAME_KEYS) || isNaming;
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  if (!isNaming) return naming;
  reader.rewind(start);
  const attributes = naming ?? {};
  decodeAttribute(reader, attributes);
  return attributes;
}

function spanEventName(reader: ProtobufReader): string {
  const outerEnd = reader.skim();
  let name = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === SPAN_EVENT.name) name = reader.repeatedString();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return name;
}
