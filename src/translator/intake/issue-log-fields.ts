import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_ENVIRONMENT,
  ATTR_EVENT_NAME,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_LOG_RECORD_UID,
  ATTR_OTEL_EVENT_NAME,
  ATTR_SUMMARY,
} from '../../semconv.ts';
import type { IssueEvent, SpanReference } from '../../lifecycle/issue-event.ts';
import type { ReportPlaces } from './encoded-events.ts';
import { ID_CHARACTERS_MAX } from './event-uid.ts';
import { idFromHex, SPAN_ID_BYTES, TRACE_ID_BYTES } from '../otlp/identifiers.ts';
import { KeyTable } from '../otlp/key-table.ts';
import {
  countAt,
  isAscii,
  isScalar,
  isZero,
  lengthAt,
  lengthBytes,
  stringStart,
  varintEnd,
} from '../otlp/plain-fields.ts';
import { StringCache } from '../otlp/string-cache.ts';
import { ANY_VALUE, KEY_VALUE, LOG_RECORD } from '../otlp/tags.ts';
import { KIND_BY_EVENT } from './issue-carrier.ts';
import type { SaidAddressCache } from './said-address-cache.ts';

/** The texts of a log record that an issue event is made of. The attributes among them are in the order of {@link KEYS}. */
export const TEXT = {
  uid: 0,
  agentId: 1,
  agentType: 2,
  environment: 3,
  issueId: 4,
  issueSummary: 5,
  severity: 6,
  category: 7,
  summary: 8,
  body: 9,
  eventName: 10,
} as const;
type Text = (typeof TEXT)[keyof typeof TEXT];
const TEXTS = Object.keys(TEXT).length;

/** What hardly changes between two reports of an issue. */
const ADDRESS = [TEXT.agentId, TEXT.agentType, TEXT.environment, TEXT.issueId, TEXT.severity, TEXT.category] as const;

const OCCURRENCE_COUNT = 9;
/** From this place on the keys are those in which senders without a field for it put the event's name. */
const EVENT_NAMES = 10;
const KEYS = new KeyTable([
  ATTR_LOG_RECORD_UID,
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_ENVIRONMENT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_CATEGORY,
  ATTR_SUMMARY,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_OTEL_EVENT_NAME,
  ATTR_EVENT_NAME,
]);

const KINDS = [...KIND_BY_EVENT.values()];
const EVENTS = new KeyTable([...KIND_BY_EVENT.keys()]);

const ATTRIBUTES_MAX = 128; // an SDK's own limit, unless told otherwise
/** What `Buffer` takes for its default; said by name it takes longer to find. */
const UTF8 = undefined;

const repeatedStrings = new StringCache(10);

/**
 * Where in the bytes of a protobuf log record the fields are that an issue event is made of. To build the record and its
 * attributes, and to read the event out of them, takes more than twice as long (`bench/decode.ts`).
 *
 * It knows one spelling of each field, the one that every encoder writes, and vouches for nothing else: each method
 * answers false in doubt, and the caller then goes the long way, by `decodeLogRecord`. For what it does not doubt, that
 * way finds the same, and finds nothing malformed. One object serves all records of a body, one after the other.
 */
export class IssueLogFields implements ReportPlaces {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Of each text; length 0 for one that is not there, which says the same as an empty one. */
  readonly #textStarts = new Int32Array(TEXTS);
  readonly #textLengths = new Int32Array(TEXTS);
  readonly #attributeStarts = new Int32Array(ATTRIBUTES_MAX);
  readonly #attributeEnds = new Int32Array(ATTRIBUTES_MAX);
  #attributes = 0;
  /** -1: not there. */
  #timeAt = -1;
  #observedTimeAt = -1;
  #traceIdAt = -1;
  #spanIdAt = -1;
  /** What the agent says, 0 when it does not. */
  occurrenceCount = 0;
  /** Messages inside the record, itself included, as far as they were read. */
  messages = 0;
  hasEventNameAttribute = false;

  constructor(body: Uint8Array) {
    this.#bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Finds the fields of the record whose length stands at `start`, and the places of its attributes. */
  find(start: number, end: number): boolean {
    const bytes = this.#bytes;
    for (let text = 0; text < TEXTS; text++) this.#textLengths[text] = 0; // faster than a call of fill()
    this.#attributes = 0;
    this.#timeAt = this.#observedTimeAt = this.#traceIdAt = this.#spanIdAt = -1;
    this.messages = 1;
    let at = start;
    while ((bytes[at++] ?? 0) >= 0x80);
    while (at < end) {
      const tag = bytes[at++] ?? 0;
      let stop: number;
      switch (tag & 7) {
        case 0:
          stop = varintEnd(bytes, at, end);
          break;
        case 1:
          stop = at + 8;
          break;
        case 2: {
          const length = lengthAt(bytes, at);
          at += lengthBytes(length);
          stop = at + length;
          break;
        }
        case 5:
          stop = at + 4;
          break;
        default:
          return false;
      }
      if (stop > end) return false;
      switch (tag) {
        case LOG_RECORD.timeUnixNano:
          this.#timeAt = at;
          break;
        case LOG_RECORD.observedTimeUnixNano:
          this.#observedTimeAt = at;
          break;
        case LOG_RECORD.eventName:
          this.#note(TEXT.eventName, at, stop);
          break;
        case LOG_RECORD.body:
          if (!this.#noteBody(at, stop)) return false;
          break;
        case LOG_RECORD.attributes:
          if (this.#attributes === ATTRIBUTES_MAX) return false;
          this.#attributeStarts[this.#attributes] = at;
          this.#attributeEnds[this.#attributes++] = stop;
          break;
        case LOG_RECORD.traceId:
          if (stop - at !== TRACE_ID_BYTES && stop !== at) return false;
          this.#traceIdAt = stop === at ? -1 : at;
          break;
        case LOG_RECORD.spanId:
          if (stop - at !== SPAN_ID_BYTES && stop !== at) return false;
          this.#spanIdAt = stop === at ? -1 : at;
          break;
        case LOG_RECORD.severityNumber:
        case LOG_RECORD.severityText:
        case LOG_RECORD.droppedAttributesCount:
        case LOG_RECORD.flags:
          break;
        default:
          return false;
      }
      at = stop;
    }
    return true;
  }

  /** Finds the attributes of the record that was found last. */
  findAttributes(): boolean {
    this.occurrenceCount = 0;
    this.hasEventNameAttribute = false;
    for (let i = 0; i < this.#attributes; i++) {
      if (!this.#noteAttribute(this.#attributeStarts[i] ?? 0, this.#attributeEnds[i] ?? 0)) return false;
    }
    this.messages += 2 * this.#attributes;
    return true;
  }

  has(text: Text): boolean {
    return this.#textLengths[text] !== 0;
  }

  text(text: Text): string {
    const start = this.#textStarts[text] ?? 0;
    return this.#bytes.toString(UTF8, start, start + (this.#textLengths[text] ?? 0));
  }

  /** The kind of issue event that the record's name is; undefined for any other. */
  kind(): IssueEvent['kind'] | undefined {
    const place = EVENTS.find(
      this.#view,
      this.#textStarts[TEXT.eventName] ?? 0,
      this.#textLengths[TEXT.eventName] ?? 0,
    );
    return place < 0 ? undefined : KINDS[place];
  }

  /** Adds the bytes that say which issue it is, and how it is described, to what the cache is asked for. */
  addAddressTo(cache: SaidAddressCache): void {
    cache.begin();
    for (const text of ADDRESS) cache.add(this.#view, this.#textStarts[text] ?? 0, this.#textLengths[text] ?? 0);
  }

  /** One that is likely to come again. */
  repeatedText(text: Text): string {
    const start = this.#textStarts[text] ?? 0;
    return repeatedStrings.read(this.#bytes, this.#view, start, start + (this.#textLengths[text] ?? 0));
  }

  /** True when its uid and its span's ids are such as {@link EncodedEvents} takes from the bytes. */
  isPlain(): boolean {
    return (
      this.uidLength <= ID_CHARACTERS_MAX && isAscii(this.#bytes, this.uidAt, this.uidLength) && this.#hasPlainSpan()
    );
  }

  get uidAt(): number {
    return this.#textStarts[TEXT.uid] ?? 0;
  }

  get uidLength(): number {
    return this.#textLengths[TEXT.uid] ?? 0;
  }

  get traceIdAt(): number {
    return this.#traceIdAt;
  }

  get spanIdAt(): number {
    return this.#spanIdAt;
  }

  /** Unix ns; 0n when absent. */
  time(): bigint {
    return this.#timeAt < 0 ? 0n : this.#view.getBigUint64(this.#timeAt, true);
  }

  observedTime(): bigint {
    return this.#observedTimeAt < 0 ? 0n : this.#view.getBigUint64(this.#observedTimeAt, true);
  }

  /** The span that it was sent in: lower-case hex, empty when absent. */
  span(): SpanReference {
    const [traceAt, spanAt] = [this.#traceIdAt, this.#spanIdAt];
    if (traceAt >= 0 && spanAt === traceAt + TRACE_ID_BYTES + 2) {
      // One string for both, which stand side by side with a tag and a length between them: a call costs more than its bytes.
      const hex = this.#bytes.toString('hex', traceAt, spanAt + SPAN_ID_BYTES);
      return { traceId: idFromHex(hex.slice(0, 2 * TRACE_ID_BYTES)), spanId: idFromHex(hex.slice(-2 * SPAN_ID_BYTES)) };
    }
    return { traceId: this.#id(traceAt, TRACE_ID_BYTES), spanId: this.#id(spanAt, SPAN_ID_BYTES) };
  }

  #id(at: number, byteLength: number): string {
    return at < 0 ? '' : idFromHex(this.#bytes.toString('hex', at, at + byteLength));
  }

  /** Both ids, neither of them zeros, or neither. */
  #hasPlainSpan(): boolean {
    const [traceAt, spanAt] = [this.#traceIdAt, this.#spanIdAt];
    if (traceAt < 0 || spanAt < 0) return traceAt === spanAt;
    const bytes = this.#bytes;
    return !isZero(bytes, traceAt, TRACE_ID_BYTES) && !isZero(bytes, spanAt, SPAN_ID_BYTES);
  }

  #note(text: Text, start: number, end: number): void {
    this.#textStarts[text] = start;
    this.#textLengths[text] = end - start;
  }

  #noteBody(start: number, end: number): boolean {
    this.messages++;
    const textStart = start === end ? end : stringStart(this.#bytes, start, end);
    if (textStart < 0) return false;
    this.#note(TEXT.body, textStart, end);
    return true;
  }

  /** Takes an attribute that is a key and a scalar, in this order. */
  #noteAttribute(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const keyStart = start + 2;
    const keyLength = bytes[start + 1] ?? 0;
    const keyEnd = keyStart + keyLength;
    if (bytes[start] !== KEY_VALUE.key || keyLength >= 0x80 || bytes[keyEnd] !== KEY_VALUE.value) return false;
    const valueLength = lengthAt(bytes, keyEnd + 1);
    const valueStart = keyEnd + 1 + lengthBytes(valueLength);
    if (valueStart + valueLength !== end) return false;

    const place = KEYS.find(this.#view, keyStart, keyLength);
    const type = valueLength === 0 ? 0 : bytes[valueStart];
    if (place < 0) return isScalar(bytes, valueStart, end);
    if (place >= EVENT_NAMES) {
      this.hasEventNameAttribute = true;
      return isScalar(bytes, valueStart, end);
    }
    if (place === OCCURRENCE_COUNT) {
      if (type !== ANY_VALUE.intValue) return false;
      this.occurrenceCount = countAt(bytes, valueStart + 1, end);
      return this.occurrenceCount >= 0;
    }
    if (type !== ANY_VALUE.stringValue) return false;
    const textStart = stringStart(bytes, valueStart, end);
    if (textStart < 0) return false;
    this.#note(place as Text, textStart, end);
    return true;
  }
}
