import { type IssueEvent, SEVERITIES } from './issue-event.ts';

/**
 * Events as bytes: a quarter of what objects take, and nothing for a garbage collector to walk. Each event is a byte of
 * kind, severity and what is the same as in the event before, its two times, its count, and its texts. Packs one after
 * the other are a pack: the first event of each repeats nothing.
 */
export function packEvents(events: readonly IssueEvent[]): Uint8Array {
  writer.begin();
  let said = NOTHING_SAID;
  for (const event of events) {
    const words = event.kind === 'report' ? event : said;
    const { severityAsSaid, category } = words;
    const isRepeated =
      said !== NOTHING_SAID &&
      event.summary === said.summary &&
      severityAsSaid === said.severityAsSaid &&
      category === said.category;
    const severity = event.kind === 'report' ? SEVERITIES.indexOf(event.severity) : 0;
    writer.byte(KINDS.indexOf(event.kind) | (severity << SEVERITY_SHIFT) | (isRepeated ? REPEATED : 0));
    writer.integer(event.effectiveTime);
    writer.integer(event.takenAt);
    writer.number(event.kind === 'report' ? event.occurrenceCount : 0);
    writer.text(event.uid);
    writer.text(event.span.traceId);
    writer.text(event.span.spanId);
    if (isRepeated) continue;
    said = { summary: event.summary, severityAsSaid, category };
    writer.text(said.summary);
    writer.text(said.severityAsSaid);
    writer.text(said.category);
  }
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
/** Lowest bit of a text's length: it has characters beyond Latin-1 and so two bytes for each. */
const WIDE = 1;

/** Of one pack at a time; its memory is used again. */
class Writer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  begin(): void {
    this.#at = 0;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  integer(value: bigint): void {
    this.#reserve(INTEGER_BYTES);
    this.#view.setBigInt64(this.#at, value, true);
    this.#at += INTEGER_BYTES;
  }

  number(value: number): void {
    this.#reserve(INTEGER_BYTES);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += INTEGER_BYTES;
  }

  text(value: string): void {
    const { length } = value;
    this.#reserve(LENGTH_BYTES + 2 * length);
    const bytes = this.#bytes;
    const start = this.#at + LENGTH_BYTES;
    let at = start;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit > 0xff) {
        this.#wideText(value);
        return;
      }
      bytes[at++] = unit;
    }
    this.#view.setUint32(this.#at, length * 2, true);
    this.#at = at;
  }

  #wideText(value: string): void {
    this.#view.setUint32(this.#at, value.length * 2 + WIDE, true);
    this.#at += LENGTH_BYTES;
    for (let index = 0; index < value.length; index++) {
      this.#view.setUint16(this.#at, value.charCodeAt(index), true);
      this.#at += 2;
    }
  }

  #reserve(byteLength: number): void {
    if (this.#at + byteLength <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + byteLength));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

const writer = new Writer();

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
