import { compareEvents, type IssueEvent, SEVERITIES, type Severity } from './issue-event.ts';
import {
  type EventMoments,
  type Words,
  NOTHING_SAID,
  KINDS,
  SEVERITY_SHIFT,
  REPEATED,
  RAW_IDS,
  SMALL_COUNT,
  TRACE_ID_BYTES,
  SPAN_ID_BYTES,
  INTEGER_BYTES,
  LENGTH_BYTES,
  WIDE,
  HEX_DIGITS,
} from './pack-format.ts';
import { PackReader, unpackEvents } from './pack-reader.ts';

/**
 * Events as bytes: much less than objects take, and nothing for a garbage collector to walk. Each event is a byte that
 * says its kind, its severity and how the rest is written, its two times, its count, its uid, its span's ids (24 bytes
 * when they are ids, else texts) and its words, unless they are those of the event before. Packs one after the other are
 * a pack: the first event of each repeats nothing.
 */
export function packEvents(events: readonly IssueEvent[]): Uint8Array {
  writer.begin();
  for (const event of events) writer.add(event);
  return writer.copy();
}

/** Some events, as bytes, with none of another pack between them. It never changes. */
export class EventPack {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Of events that lie in the bytes as they came; those of other packs are in order. */
  readonly #oldest: IssueEvent | undefined;

  /** @param oldest only for events that are not in order */
  constructor(bytes: Uint8Array, count: number, oldest?: IssueEvent) {
    this.bytes = bytes;
    this.count = count;
    this.#oldest = oldest;
  }

  get oldest(): IssueEvent {
    return this.#oldest ?? new PackReader(this.bytes).event();
  }

  /** Of the oldest event; all that is mostly asked of it. */
  get oldestMoments(): EventMoments {
    return this.#oldest ?? new PackReader(this.bytes).moments();
  }

  /** In order. */
  unpack(): IssueEvent[] {
    const events = unpackEvents(this.bytes);
    return this.#oldest === undefined ? events : events.sort(compareEvents);
  }
}

/**
 * A report of which the texts that differ from report to report still lie in the bytes that it came in: a pack needs
 * them as bytes, and most reports are never more than packed.
 */
export interface EncodedReport {
  readonly kind: 'report';
  readonly effectiveTime: bigint;
  readonly takenAt: bigint;
  readonly severity: Severity;
  readonly category: string;
  readonly words: Words;
  /** A whole number, 0 when it does not say. */
  readonly occurrenceCount: number;
  readonly bytes: Uint8Array;
  /** Where in the bytes its uid is, in ASCII. */
  readonly uidAt: number;
  readonly uidLength: number;
  /** Where the ids of its span are, 16 and 8 bytes; -1 for both when it was sent outside any span. */
  readonly traceIdAt: number;
  readonly spanIdAt: number;
}

const BYTE_MAX = 255;

/** Of an event, but for its texts: a byte, three numbers and the lengths of three texts. */
const FIXED_BYTES = 1 + 3 * INTEGER_BYTES + 3 * LENGTH_BYTES;
/** A writer that outgrows so few bytes outgrows twice as many soon: to get memory costs more than to write into it. */
const FEW_BYTES = 512;
/** Of a writer's memory: more than so much of it unused is not handed over with a pack. */
const UNUSED_PART_MAX = 0.25;

/** Writes a pack, event by event, in any order. */
export class PackWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;
  #said = NOTHING_SAID;
  #count = 0;
  /** Of the newest event, in order. */
  #newestAt = 0n;
  #newestStart = 0;
  #newestEnd = 0;
  #newestSaid = NOTHING_SAID;
  /** Once events are not in order. */
  #oldest: IssueEvent | undefined;

  /** @param byteLength what to begin with; it grows */
  constructor(byteLength: number) {
    this.#bytes = new Uint8Array(byteLength);
  }

  begin(): void {
    this.#at = 0;
    this.#said = NOTHING_SAID;
    this.#count = 0;
    this.#oldest = undefined;
  }

  /** Events so far. */
  get count(): number {
    return this.#count;
  }

  /** Of events of one instant, none of which comes twice, the one that is added last counts as the newest. */
  add(event: IssueEvent | EncodedReport): void {
    const start = this.#at;
    if ('bytes' in event) this.#writeEncoded(event);
    else this.#write(event);
    const { effectiveTime: at } = event;
    if (this.#count++ > 0 && at < this.#newestAt) {
      this.#noteOldest(start);
      return;
    }
    this.#newestAt = at;
    this.#newestStart = start;
    this.#newestEnd = this.#at;
    this.#newestSaid = this.#said;
  }

  /** There must be one. */
  newest(): IssueEvent {
    return new PackReader(this.#bytes.subarray(this.#newestStart, this.#newestEnd), this.#newestSaid).event();
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  /** What was written; the writer is then of no more use. */
  handOver(): EventPack {
    const isFull = this.#at >= this.#bytes.length * (1 - UNUSED_PART_MAX);
    const bytes = isFull ? this.#bytes.subarray(0, this.#at) : this.copy();
    return new EventPack(bytes, this.#count, this.#oldest);
  }

  /** After an event that is not the newest. @param start where it was written */
  #noteOldest(start: number): void {
    const known = this.#oldest ?? new PackReader(this.#bytes.subarray(0, start)).event();
    const event = new PackReader(this.#bytes.subarray(start, this.#at), this.#said).event();
    this.#oldest = compareEvents(event, known) < 0 ? event : known;
  }

  #write(event: IssueEvent): void {
    const { summary } = event;
    const { severityAsSaid, category } = event.kind === 'report' ? event : this.#said;
    const isRepeated = this.#isSaid(summary, severityAsSaid, category);
    const severity = event.kind === 'report' ? SEVERITIES.indexOf(event.severity) : 0;
    const count = event.kind === 'report' ? event.occurrenceCount : 0;
    const isSmall = count >= 0 && count <= BYTE_MAX && Number.isInteger(count);
    const { uid, span } = event;
    this.#reserve(FIXED_BYTES + 2 * (uid.length + span.traceId.length + span.spanId.length));
    const headAt = this.#at++;
    const head = KINDS.indexOf(event.kind) | (severity << SEVERITY_SHIFT) | (isRepeated ? REPEATED : 0);
    this.#integer(event.effectiveTime);
    this.#integer(event.takenAt);
    if (isSmall) this.#bytes[this.#at++] = count;
    else this.#number(count);
    this.#text(uid);
    const hasIds = this.#hex(span.traceId, TRACE_ID_BYTES) && this.#hex(span.spanId, SPAN_ID_BYTES, TRACE_ID_BYTES);
    if (hasIds) this.#at += TRACE_ID_BYTES + SPAN_ID_BYTES;
    else {
      this.#text(span.traceId);
      this.#text(span.spanId);
    }
    this.#bytes[headAt] = head | (hasIds ? RAW_IDS : 0) | (isSmall ? SMALL_COUNT : 0);
    if (!isRepeated) this.#say({ summary, severityAsSaid, category });
  }

  #writeEncoded(report: EncodedReport): void {
    const { words, occurrenceCount: count, bytes, uidLength, traceIdAt, spanIdAt } = report;
    const isRepeated = this.#isSaid(words.summary, words.severityAsSaid, words.category);
    const hasIds = traceIdAt >= 0;
    const isSmall = count <= BYTE_MAX;
    const severity = SEVERITIES.indexOf(report.severity) << SEVERITY_SHIFT;
    this.#reserve(FIXED_BYTES + uidLength + TRACE_ID_BYTES + SPAN_ID_BYTES);
    this.#bytes[this.#at++] =
      severity | (isRepeated ? REPEATED : 0) | (hasIds ? RAW_IDS : 0) | (isSmall ? SMALL_COUNT : 0);
    this.#integer(report.effectiveTime);
    this.#integer(report.takenAt);
    if (isSmall) this.#bytes[this.#at++] = count;
    else this.#number(count);
    this.#length(uidLength * 2);
    this.#copy(bytes, report.uidAt, uidLength);
    if (hasIds) {
      this.#copy(bytes, traceIdAt, TRACE_ID_BYTES);
      this.#copy(bytes, spanIdAt, SPAN_ID_BYTES);
    } else {
      this.#length(0);
      this.#length(0);
    }
    if (!isRepeated) this.#say(words);
  }

  /** Whether these are the words of the event before. */
  #isSaid(summary: string, severityAsSaid: string, category: string): boolean {
    const said = this.#said;
    return (
      said !== NOTHING_SAID &&
      summary === said.summary &&
      severityAsSaid === said.severityAsSaid &&
      category === said.category
    );
  }

  #say(words: Words): void {
    const { summary, severityAsSaid, category } = words;
    this.#said = words;
    this.#reserve(3 * LENGTH_BYTES + 2 * (summary.length + severityAsSaid.length + category.length));
    this.#text(summary);
    this.#text(severityAsSaid);
    this.#text(category);
  }

  /** A loop: so few bytes take longer to be copied by a call. */
  #copy(from: Uint8Array, start: number, length: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = start; index < start + length; index++) bytes[at++] = from[index] ?? 0;
    this.#at = at;
  }

  #integer(value: bigint): void {
    scratch.setBigInt64(0, value, true);
    this.#copyScratch();
  }

  #number(value: number): void {
    scratch.setFloat64(0, value, true);
    this.#copyScratch();
  }

  #copyScratch(): void {
    for (let index = 0; index < INTEGER_BYTES; index++) this.#bytes[this.#at++] = scratchBytes[index] ?? 0;
  }

  #text(value: string): void {
    const { length } = value;
    const bytes = this.#bytes;
    let at = this.#at + LENGTH_BYTES;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit > 0xff) {
        this.#wideText(value);
        return;
      }
      bytes[at++] = unit;
    }
    this.#length(length * 2);
    this.#at = at;
  }

  #wideText(value: string): void {
    this.#length(value.length * 2 + WIDE);
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      this.#bytes[this.#at++] = unit;
      this.#bytes[this.#at++] = unit >>> 8;
    }
  }

  /** Writes hex digits as bytes, `offset` after where the writer stands, which stays there; false for what is no such id. */
  #hex(digits: string, byteLength: number, offset = 0): boolean {
    if (digits.length !== 2 * byteLength) return false;
    const bytes = this.#bytes;
    let at = this.#at + offset;
    for (let index = 0; index < digits.length; index += 2) {
      const high = HEX_VALUES[digits.charCodeAt(index)] ?? NO_DIGIT;
      const low = HEX_VALUES[digits.charCodeAt(index + 1)] ?? NO_DIGIT;
      if (high === NO_DIGIT || low === NO_DIGIT) return false;
      bytes[at++] = (high << 4) | low;
    }
    return true;
  }

  #length(value: number): void {
    this.#bytes[this.#at++] = value;
    this.#bytes[this.#at++] = value >>> 8;
    this.#bytes[this.#at++] = value >>> 16;
    this.#bytes[this.#at++] = value >>> 24;
  }

  #reserve(byteLength: number): void {
    if (this.#at + byteLength <= this.#bytes.length) return;
    const factor = this.#bytes.length < FEW_BYTES ? 8 : 2;
    const larger = new Uint8Array(Math.max(this.#bytes.length * factor, this.#at + byteLength));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

const NO_DIGIT = 16;
/** Value of each lower-case hex digit, by its code. */
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = HEX_DIGITS.indexOf(String.fromCharCode(code));
  return value === -1 ? NO_DIGIT : value;
});

/** A number on its way into bytes: a view of each writer's own memory would cost more than all that it writes. */
const scratch = new DataView(new ArrayBuffer(INTEGER_BYTES));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Of one pack at a time; its memory is used again. */
const writer = new PackWriter(4096);
