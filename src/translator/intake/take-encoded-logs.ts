import { SCOPE_TRANSLATOR } from '../../semconv.ts';
import type { IssueEvent } from '../../lifecycle/issue-event.ts';
import { decodeLogs } from '../otlp/decode.ts';
import type { Resource, Scope } from '../otlp/model.ts';
import { decodeLogRecord } from '../otlp/protobuf-log-record.ts';
import { skipLogRecord } from '../otlp/protobuf-names.ts';
import { ProtobufReader } from '../otlp/protobuf-reader.ts';
import { type ItemVisitor, walkProtobufEnvelope } from '../otlp/protobuf-walk.ts';
import { ENVELOPE } from '../otlp/tags.ts';
import type { Arrival } from './address-event.ts';
import { isReadEventName } from './agent-sign.ts';
import { takeLogs } from './intake.ts';
import { EncodedEvents } from './encoded-events.ts';
import { IssueLogFields, TEXT } from './issue-log-fields.ts';
import { readIssueLog } from './read-issue-log.ts';
import { readSender, type SaidSender } from './said-sender.ts';
import { type Intake, Sorter } from './sorter.ts';
import { takeLog } from './take-log.ts';

/**
 * What `takeLogs` makes of an `ExportLogsServiceRequest` in protobuf when only what is read is decoded, for less
 * than half of the cost: events are made straight from the bytes, see {@link IssueLogFields}. What is unusual about a record, or about
 * the order of the request, goes the long way, so that there is one truth for it.
 * @param body must stay as it is until the events were read, see {@link EncodedEvents}
 * @throws MalformedBodyError and nothing else, for the bodies for which `decodeLogs` throws it
 */
export function takeEncodedLogs(body: Uint8Array, arrival: Arrival): Intake {
  const taking = new LogTaking(body, arrival);
  const isInOrder = walkProtobufEnvelope(new ProtobufReader(body), taking);
  return isInOrder ? taking.sorter : takeLogs(decodeLogs(body, 'protobuf', isReadEventName), arrival);
}

const IN_DOUBT = 0;
/** A report with its ids and a few attributes; only a hint. */
const USUAL_RECORD_BYTES = 512;

class LogTaking implements ItemVisitor {
  readonly sorter: Sorter;
  readonly #events: EncodedEvents;
  readonly #fields: IssueLogFields;
  #resource: Resource = { attributes: {} };
  #scope: Scope = { name: '', version: '' };
  #sender: SaidSender = readSender({});

  constructor(body: Uint8Array, arrival: Arrival) {
    this.#events = new EncodedEvents(body, arrival.arrival, Math.ceil(body.byteLength / USUAL_RECORD_BYTES));
    this.sorter = new Sorter(arrival, this.#events);
    this.#fields = new IssueLogFields(body);
  }

  enterScope(resource: Resource, scope: Scope): void {
    if (resource !== this.#resource) this.#sender = readSender(resource.attributes);
    this.#resource = resource;
    this.#scope = scope;
  }

  visit(reader: ProtobufReader): void {
    const start = reader.position;
    reader.skip(ENVELOPE.items);
    const messages = this.#fields.find(start, reader.position) ? this.#take() : IN_DOUBT;
    if (messages !== IN_DOUBT) {
      reader.countMessages(messages);
      return;
    }
    reader.rewind(start);
    const skipped = skipLogRecord(reader, isReadEventName);
    if (skipped === undefined) takeLog(this.sorter, this.#resource, this.#scope, decodeLogRecord(reader));
    else this.#count(skipped);
  }

  /** Takes the record whose fields were found; as how many messages it counts, or {@link IN_DOUBT}. */
  #take(): number {
    const fields = this.#fields;
    const kind = fields.kind();
    if (kind !== undefined) return this.#takeEvent(kind);
    const name = fields.repeatedText(TEXT.eventName);
    const isPassedOver =
      name === '' ? fields.findAttributes() && !fields.hasEventNameAttribute : !isReadEventName(name);
    if (!isPassedOver) return IN_DOUBT;
    this.#count(name);
    return 1;
  }

  #takeEvent(kind: IssueEvent['kind']): number {
    const fields = this.#fields;
    // Without a uid all of the record is hashed.
    if (!fields.findAttributes() || !fields.has(TEXT.uid)) return IN_DOUBT;
    if (this.#scope.name === SCOPE_TRANSLATOR) this.sorter.ownInput++;
    else {
      const rejection = readIssueLog(kind, fields, this.#sender, this.sorter.arrival, this.#events);
      if (rejection !== undefined) this.sorter.rejections.push(rejection);
    }
    return fields.messages;
  }

  /** Counts a record that is not read. */
  #count(name: string): void {
    if (this.#scope.name === SCOPE_TRANSLATOR) this.sorter.ownInput++;
    else this.sorter.add(undefined, this.#scope, name);
  }
}
