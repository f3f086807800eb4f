import { type IssueEvent, SEVERITIES } from '../../lifecycle/issue-event.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../otlp/identifiers.ts';
import { ProtobufReader } from '../otlp/protobuf-reader.ts';
import { ProtobufWriter } from '../otlp/protobuf-writer.ts';

/** Tags of `message Events { repeated Event events = 1; }` and of an event's fields: number * 8 + wire type. */
const EVENT = 10;
const KIND = 8;
const UID = 18;
const EFFECTIVE_TIME = 25;
const TAKEN_AT = 33;
const TRACE_ID = 42;
const SPAN_ID = 50;
const OCCURRENCE_COUNT = 56;
const SEVERITY = 64;
const SUMMARY = 74;
const SEVERITY_AS_SAID = 82;
const CATEGORY = 90;

const KINDS = ['report', 'resolve', 'dismiss'] as const;

/** What mostly is as in the event before; then it is left out. */
interface Words {
  summary: string;
  severityAsSaid: string;
  category: string;
}

/** Events of one issue as a message. */
export function encodeEvents(events: readonly IssueEvent[]): Uint8Array {
  const writer = new ProtobufWriter();
  const said = noWords();
  for (const event of events) {
    const start = writer.open(EVENT);
    writer.uint(KIND, KINDS.indexOf(event.kind));
    writer.string(UID, event.uid);
    writer.fixed64(EFFECTIVE_TIME, event.effectiveTime);
    writer.fixed64(TAKEN_AT, event.takenAt);
    writer.id(TRACE_ID, event.span.traceId);
    writer.id(SPAN_ID, event.span.spanId);
    if (event.summary !== said.summary) writer.stringValue(SUMMARY, (said.summary = event.summary));
    if (event.kind === 'report') {
      writer.uint(SEVERITY, SEVERITIES.indexOf(event.severity));
      writer.uint(OCCURRENCE_COUNT, event.occurrenceCount);
      const { severityAsSaid, category } = event;
      if (severityAsSaid !== said.severityAsSaid) {
        writer.stringValue(SEVERITY_AS_SAID, (said.severityAsSaid = severityAsSaid));
      }
      if (category !== said.category) writer.stringValue(CATEGORY, (said.category = category));
    }
    writer.close(start);
  }
  return writer.finish();
}

/** @throws when the bytes are not what {@link encodeEvents} gave */
export function decodeEvents(bytes: Uint8Array): readonly IssueEvent[] {
  const reader = new ProtobufReader(bytes);
  const events: IssueEvent[] = [];
  const said = noWords();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === EVENT) events.push(decodeEvent(reader, said));
    else reader.skip(tag);
  }
  return events;
}

function decodeEvent(reader: ProtobufReader, said: Words): IssueEvent {
  const outerEnd = reader.enter();
  let [kindIndex, severityIndex, occurrenceCount] = [0, 0, 0];
  let [uid, traceId, spanId] = ['', '', ''];
  let [effectiveTime, takenAt] = [0n, 0n];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case KIND:
        kindIndex = reader.int32();
        break;
      case UID:
        uid = reader.string();
        break;
      case EFFECTIVE_TIME:
        effectiveTime = reader.fixed64();
        break;
      case TAKEN_AT:
        takenAt = reader.fixed64();
        break;
      case TRACE_ID:
        traceId = reader.id(TRACE_ID_BYTES);
        break;
      case SPAN_ID:
        spanId = reader.id(SPAN_ID_BYTES);
        break;
      case SEVERITY:
        severityIndex = reader.int32();
        break;
      case OCCURRENCE_COUNT:
        occurrenceCount = Number(reader.int64());
        break;
      case SUMMARY:
        said.summary = reader.string();
        break;
      case SEVERITY_AS_SAID:
        said.severityAsSaid = reader.string();
        break;
      case CATEGORY:
        said.category = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  const kind = KINDS[kindIndex];
  if (kind === undefined) throw new Error('an event of no known kind: the file is damaged');
  const { summary, severityAsSaid, category } = said;
  const base = { uid, effectiveTime, takenAt, summary, span: { traceId, spanId } };
  if (kind !== 'report') return { kind, ...base };
  const severity = SEVERITIES[severityIndex] ?? 'medium';
  return { kind, ...base, severity, severityAsSaid, category, occurrenceCount };
}

function noWords(): Words {
  return { summary: '', severityAsSaid: '', category: '' };
}
