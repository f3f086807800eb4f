import type { AddressedEvent, IssueNames } from '../../lifecycle/issue.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import type { EncodedReport } from '../../lifecycle/packed-events.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../otlp/identifiers.ts';
import type { EventList } from '../store/store.ts';
import type { Address, Words } from './address-book.ts';

/** Where an event's texts and ids are in the body; -1 for the ids of no span. */
export interface ReportPlaces {
  readonly uidAt: number;
  readonly uidLength: number;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
}

const INTEGERS = 5;

/**
 * The events of a request, in its order. Reports like most stay in the body's bytes, with the few of their fields that
 * everybody asks for, until somebody wants the event itself: as an object it is a dozen of them.
 */
export class EncodedEvents implements EventList {
  readonly bytes: Buffer;
  /** When all of them were taken, unix ns. */
  readonly arrival: bigint;
  /** Events that were read, by their places; the other lists have something at the other places. */
  readonly #read: (AddressedEvent | undefined)[] = [];
  readonly #addresses: (Address | undefined)[] = [];
  readonly #words: (Words | undefined)[] = [];
  readonly #times: bigint[] = [];
  #integers: Int32Array;
  /** The one that {@link report} shows. */
  readonly #shown: ShownReport;

  /** @param expected so many encoded ones need no more room. Default: few */
  constructor(body: Uint8Array, arrival: bigint, expected = 16) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.arrival = arrival;
    this.#integers = new Int32Array(expected * INTEGERS);
    this.#shown = new ShownReport(this.bytes, arrival);
  }

  get length(): number {
    return this.#read.length;
  }

  push(event: AddressedEvent): void {
    this.#read.push(event);
    this.#addresses.push(undefined);
    this.#words.push(undefined);
    this.#times.push(event.event.effectiveTime);
  }

  /** Adds a report that stays where it is. @param places its uid must be ASCII, and as long as an uid is kept */
  pushReport(address: Address, words: Words, effectiveTime: bigint, count: number, places: ReportPlaces): void {
    const start = this.#read.length * INTEGERS;
    if (start + INTEGERS > this.#integers.length) this.#grow(start + INTEGERS);
    this.#integers[start] = count;
    this.#integers[start + 1] = places.uidAt;
    this.#integers[start + 2] = places.uidLength;
    this.#integers[start + 3] = places.traceIdAt;
    this.#integers[start + 4] = places.spanIdAt;
    this.#read.push(undefined);
    this.#addresses.push(address);
    this.#words.push(words);
    this.#times.push(effectiveTime);
  }

  at(place: number): AddressedEvent | undefined {
    return this.#read[place] ?? this.#build(place);
  }

  /** A report that is not read yet, until the next call; undefined for an event that is. */
  report(place: number): EncodedReport | undefined {
    const words = this.#words[place];
    if (words === undefined) return undefined;
    const shown = this.#shown;
    const start = place * INTEGERS;
    shown.words = words;
    shown.severity = words.severity;
    shown.category = words.category;
    shown.effectiveTime = this.effectiveTime(place);
    shown.occurrenceCount = this.#integers[start] ?? 0;
    shown.uidAt = this.#integers[start + 1] ?? 0;
    shown.uidLength = this.#integers[start + 2] ?? 0;
    shown.traceIdAt = this.#integers[start + 3] ?? 0;
    shown.spanIdAt = this.#integers[start + 4] ?? 0;
    return shown;
  }

  /** Of a report that is not read yet: its uid as {@link bytes}; undefined for an event that is. */
  uidPlace(place: number): { readonly at: number; readonly length: number } | undefined {
    if (this.#words[place] === undefined) return undefined;
    const start = place * INTEGERS;
    return { at: this.#integers[start + 1] ?? 0, length: this.#integers[start + 2] ?? 0 };
  }

  names(place: number): IssueNames | undefined {
    return this.#addresses[place]?.names ?? this.#read[place]?.names;
  }

  effectiveTime(place: number): bigint {
    return this.#times[place] ?? 0n;
  }

  *[Symbol.iterator](): Generator<AddressedEvent> {
    for (let place = 0; place < this.length; place++) {
      const event = this.at(place);
      if (event !== undefined) yield event;
    }
  }

  #build(place: number): AddressedEvent | undefined {
    const address = this.#addresses[place];
    const report = this.report(place);
    if (address === undefined || report === undefined) return undefined;
    const { identity, reporter, names } = address;
    const { effectiveTime, occurrenceCount, uidAt, uidLength, traceIdAt, spanIdAt } = report;
    const { summary, severityAsSaid } = report.words;
    return {
      identity,
      reporter,
      names,
      event: {
        kind: 'report',
        uid: this.bytes.toString('latin1', uidAt, uidAt + uidLength),
        effectiveTime,
        takenAt: this.arrival,
        summary,
        span: { traceId: this.#id(traceIdAt, TRACE_ID_BYTES), spanId: this.#id(spanIdAt, SPAN_ID_BYTES) },
        severity: report.severity,
        severityAsSaid,
        category: report.category,
        occurrenceCount,
      },
    };
  }

  #id(at: number, byteLength: number): string {
    return at < 0 ? '' : this.bytes.toString('hex', at, at + byteLength);
  }

  #grow(least: number): void {
    const larger = new Int32Array(Math.max(2 * this.#integers.length, least));
    larger.set(this.#integers);
    this.#integers = larger;
  }
}

/** Whether one of these events is of that time or later, by its effective time, unix ns. */
export function isAnySince(events: EventList, time: bigint): boolean {
  // The newest come last, mostly.
  for (let place = events.length - 1; place >= 0; place--) {
    const at = events instanceof EncodedEvents ? events.effectiveTime(place) : events.at(place)?.event.effectiveTime;
    if (at !== undefined && at >= time) return true;
  }
  return false;
}

class ShownReport implements EncodedReport {
  readonly kind = 'report';
  readonly bytes: Uint8Array;
  readonly takenAt: bigint;
  effectiveTime = 0n;
  severity: Severity = 'medium';
  category = '';
  words: Words = { summary: '', severity: 'medium', severityAsSaid: '', category: '' };
  occurrenceCount = 0;
  uidAt = 0;
  uidLength = 0;
  traceIdAt = -1;
  spanIdAt = -1;

  constructor(bytes: Uint8Array, takenAt: bigint) {
    this.bytes = bytes;
    this.takenAt = takenAt;
  }
}
