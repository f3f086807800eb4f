import { type IssueEvent, SEVERITIES } from './issue-event.ts';

/**
 * Events as bytes: a quarter of what objects take, and nothing for a garbage collector to walk. Each event is a byte of
 * kind, severity and what is the same as in the event before, its two times, its count, and its texts. Packs one after
 * the other are a pack: the first event of each repeats nothing.
 */
export function packEvents(events: readonly IssueEvent[]): Uint8Array {
  writer.begin();
  for (const event of events) writer.add(event);
  return writer.finish();
}

/** @throws when the bytes are cut short */
export function unpackEvents(bytes: Uint8Array): IssueEvent[] {
  const reader = new Reader(bytes);
  const events: IssueEvent[] = [];
  let said = NOTHING_SAID;
  while (!reader.isAtEnd) {
    const head = reader.byte();
    const effectiveTime = reader.integer();
    const takenAt = reader.integer();
    const occurrenceCount = reader.number();
    const uid = reader.text();
    const span = { traceId: reader.text(), spanId: reader.text() };
    if ((head & REPEATED) === 0) {
      said = { summary: reader.text(), severityAsSaid: reader.text(), category: reader.text() };
    }
    const { summary, severityAsSaid, category } = said;
    const kind = KINDS[head & KIND_MASK];
    const severity = SEVERITIES[(head >> SEVERITY_SHIFT) & SEVERITY_MASK];
    if (kind === undefined || severity === undefined) throw new RangeError('packed events hold an unknown kind');
    if (kind !== 'report') events.push({ kind, uid, effectiveTime, takenAt, summary, span });
    else {
      const report = { kind, uid, effectiveTime, takenAt, summary, span };
      events.push({ ...report, severity, severityAsSaid, category, occurrenceCount });
    }
  }
  return events;
}

interface Words {
  readonly summary: string;
  readonly severityAsSaid: string;
  readonly category: string;
}

const NOTHING_SAID: Words = { summary: '', severityAsSaid: '', category: '' };
const KINDS = ['report', 'resolve', 'dismiss'] as const;
const KIND_MASK = 3;
const SEVERITY_SHIFT = 2;
const SEVERITY_MASK = 3;
const REPEATED = 16;

const INTEGER_BYTES = 8;
const LENGTH_BYTES = 4;
/** Of an event, but for its texts: a byte, three numbers and the lengths of three texts. */
const FIXED_BYTES = 1 + 3 * INTEGER_BYTES + 3 * LENGTH_BYTES;
/** Lowest bit of a text's length: it has characters beyond Latin-1 and so two bytes for each. */
const WIDE = 1;

/** Of a writer's memory: more than so much of it unused is not handed over with a pack. */
const UNUSED_PART_MAX = 0.25;

/** Writes a pack, event by event. */
export class PackWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;
  #said = NOTHING_SAID;

  /** @param byteLength what to begin with; it grows */
  constructor(byteLength: number) {
    this.#bytes = new Uint8Array(byteLength);
  }

  begin(): void {
    this.#at = 0;
    this.#said = NOTHING_SAID;
  }

  add(event: IssueEvent): void {
    const said = this.#said;
    const { summary } = event;
    const words = event.kind === 'report' ? event : said;
    const { severityAsSaid, category } = words;
    const isRepeated =
      said !== NOTHING_SAID &&
      summary === said.summary &&
      severityAsSaid === said.severityAsSaid &&
      category === said.category;
    const severity = event.kind === 'report' ? SEVERITIES.indexOf(event.severity) : 0;
    this.#reserve(FIXED_BYTES + 2 * (event.uid.length + event.span.traceId.length + event.span.spanId.length));
    this.#bytes[this.#at++] = KINDS.indexOf(event.kind) | (severity << SEVERITY_SHIFT) | (isRepeated ? REPEATED : 0);
    this.#integer(event.effectiveTime);
    this.#integer(event.takenAt);
    this.#number(event.kind === 'report' ? event.occurrenceCount : 0);
    this.#text(event.uid);
    this.#text(event.span.traceId);
    this.#text(event.span.spanId);
    if (isRepeated) return;
    this.#said = { summary, severityAsSaid, category };
    this.#reserve(3 * LENGTH_BYTES + 2 * (summary.length + severityAsSaid.length + category.length));
    this.#text(summary);
    this.#text(severityAsSaid);
    this.#text(category);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  /** What was written; the writer is then of no more use. */
  handOver(): Uint8Array {
    const isFull = this.#at >= this.#bytes.length * (1 - UNUSED_PART_MAX);
    return isFull ? this.#bytes.subarray(0, this.#at) : this.finish();
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

  #length(value: number): void {
    this.#bytes[this.#at++] = value;
    this.#bytes[this.#at++] = value >>> 8;
    this.#bytes[this.#at++] = value >>> 16;
    this.#bytes[this.#at++] = value >>> 24;
  }

  #reserve(byteLength: number): void {
    if (this.#at + byteLength <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + byteLength));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

/** A number on its way into bytes: a view of each writer's own memory would cost more than all that it writes. */
const scratch = new DataView(new ArrayBuffer(INTEGER_BYTES));
const scratchBytes = new Uint8Array(scratch.buffer);

/** Of one pack at a time; its memory is used again. */
const writer = new PackWriter(4096);

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  integer(): bigint {
    this.#at += INTEGER_BYTES;
    return this.#view.getBigInt64(this.#at - INTEGER_BYTES, true);
  }

  number(): number {
    this.#at += INTEGER_BYTES;
    return this.#view.getFloat64(this.#at - INTEGER_BYTES, true);
  }

  text(): string {
    const header = this.#view.getUint32(this.#at, true);
    this.#at += LENGTH_BYTES;
    const length = header >>> 1;
    const isWide = (header & WIDE) === WIDE;
    const end = this.#at + length * (isWide ? 2 : 1);
    if (end > this.#bytes.length) throw new RangeError('packed events are cut short');
    let text = '';
    if (isWide) for (; this.#at < end; this.#at += 2) text += String.fromCharCode(this.#view.getUint16(this.#at, true));
    else for (; this.#at < end; this.#at++) text += String.fromCharCode(this.#bytes[this.#at] ?? 0);
    return text;
  }
}
