import { type IssueEvent, SEVERITIES } from './issue-event.ts';
import {
  type EventMoments,
  type Words,
  NOTHING_SAID,
  KINDS,
  KIND_MASK,
  SEVERITY_SHIFT,
  SEVERITY_MASK,
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

/** @throws when the bytes are cut short */
export function unpackEvents(bytes: Uint8Array): IssueEvent[] {
  const reader = new PackReader(bytes);
  const events: IssueEvent[] = [];
  while (!reader.isAtEnd) events.push(reader.event());
  return events;
}

/** Reads what a pack's writer wrote, event by event. */
export class PackReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #said: Words;

  /** @param said the words before the first event, which may be the same again */
  constructor(bytes: Uint8Array, said: Words = NOTHING_SAID) {
    this.#said = said;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Of the event that starts here. */
  moments(): EventMoments {
    this.#at++;
    return { effectiveTime: this.#integer(), takenAt: this.#integer() };
  }

  /** The event that starts here. */
  event(): IssueEvent {
    const head = this.#byte();
    const effectiveTime = this.#integer();
    const takenAt = this.#integer();
    const occurrenceCount = (head & SMALL_COUNT) === 0 ? this.#number() : this.#byte();
    const uid = this.#text();
    const hasIds = (head & RAW_IDS) !== 0;
    const traceId = hasIds ? this.#hex(TRACE_ID_BYTES) : this.#text();
    const spanId = hasIds ? this.#hex(SPAN_ID_BYTES) : this.#text();
    if ((head & REPEATED) === 0) {
      this.#said = { summary: this.#text(), severityAsSaid: this.#text(), category: this.#text() };
    }
    const { summary, severityAsSaid, category } = this.#said;
    const kind = KINDS[head & KIND_MASK];
    const severity = SEVERITIES[(head >> SEVERITY_SHIFT) & SEVERITY_MASK];
    if (kind === undefined || severity === undefined) throw new RangeError('packed events hold an unknown kind');
    const span = { traceId, spanId };
    if (kind !== 'report') return { kind, uid, effectiveTime, takenAt, summary, span };
    const words = { severity, severityAsSaid, category, occurrenceCount };
    return { kind, uid, effectiveTime, takenAt, summary, span, ...words };
  }

  #byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  #integer(): bigint {
    this.#at += INTEGER_BYTES;
    return this.#view.getBigInt64(this.#at - INTEGER_BYTES, true);
  }

  #number(): number {
    this.#at += INTEGER_BYTES;
    return this.#view.getFloat64(this.#at - INTEGER_BYTES, true);
  }

  #hex(byteLength: number): string {
    const start = this.#take(byteLength);
    const codes: number[] = [];
    for (let at = start; at < this.#at; at++) {
      const byte = this.#bytes[at] ?? 0;
      codes.push(HEX_DIGITS.charCodeAt(byte >>> 4), HEX_DIGITS.charCodeAt(byte & 15));
    }
    return String.fromCharCode(...codes);
  }

  #text(): string {
    const header = this.#view.getUint32(this.#at, true);
    this.#at += LENGTH_BYTES;
    const length = header >>> 1;
    const isWide = (header & WIDE) === WIDE;
    const start = this.#take(length * (isWide ? 2 : 1));
    let text = '';
    // By parts: a call takes so many arguments, and a text made unit by unit is a chain of strings.
    for (let from = 0; from < length; from += TEXT_PART) {
      const units = isWide
        ? Array.from({ length: Math.min(TEXT_PART, length - from) }, (_, unit) =>
            this.#view.getUint16(start + 2 * (from + unit), true),
          )
        : this.#bytes.subarray(start + from, start + Math.min(from + TEXT_PART, length));
      text += String.fromCharCode(...units);
    }
    return text;
  }

  /** Moves over so many bytes; where they start. */
  #take(byteLength: number): number {
    const start = this.#at;
    if (start + byteLength > this.#bytes.length) throw new RangeError('packed events are cut short');
    this.#at = start + byteLength;
    return start;
  }
}

const TEXT_PART = 1024;
