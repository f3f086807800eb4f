import type { EventPack } from '../../lifecycle/event-tail.ts';
import { type IssueNames, type IssueRecord, takeEvent } from '../../lifecycle/issue.ts';
import { compareEvents, type IssueEvent } from '../../lifecycle/issue-event.ts';
import { PackWriter } from '../../lifecycle/packed-events.ts';
import { PACK_EVENTS, type Recurrences, startRecurrences, takeRecurrences } from '../../lifecycle/recurrence.ts';
import type { FreshEvents } from './fresh-events.ts';

/** Room for a few events, and when they are more, for a pack of usual ones. */
const FIRST_PACK_BYTES = 320;
const FEW_EVENTS = 4;
const ROOM = 1.1;

/**
 * An issue in memory: a record, and behind it the recurrences that nobody has asked about yet, as bytes. They are
 * bytes that no garbage collector walks, where a record an event would be a dozen objects.
 */
export class LiveIssue {
  /** For the table that holds it: whether it differs from its row, and where it is found. */
  isChanged = false;
  slot: number | undefined;
  /** By which it was last found. */
  names: IssueNames | undefined;
  /** For the turn that stages it. */
  staged: object | undefined;
  #record: IssueRecord;
  #recurrences: Recurrences | undefined;
  /** Of the recurrences; the last ones are in the open pack. */
  #packs: EventPack[] = [];
  #open: OpenPack | undefined;
  #packBytes = FIRST_PACK_BYTES;
  /** The newest event of the packs that are closed. Each event that is kept is a dozen objects. */
  #lastClosed: IssueEvent | undefined;

  constructor(record: IssueRecord) {
    this.#record = record;
  }

  /** With all that recurred. */
  get record(): IssueRecord {
    const recurrences = this.#recurrences;
    const last = this.#open?.writer.newest() ?? this.#lastClosed;
    if (recurrences === undefined || last?.kind !== 'report') return this.#record;
    this.#closePack();
    this.replace(takeRecurrences(recurrences, this.#packs, last));
    return this.#record;
  }

  /**
   * Without what recurred since. A recurrence changes occurrences, the last report and the tail; all else, such as
   * whether it is open and since when, its severity and its story, may be read here and costs nothing.
   */
  get anchor(): IssueRecord {
    return this.#record;
  }

  /** Another record of the same issue, with all that recurred in it. */
  replace(record: IssueRecord): void {
    this.#record = record;
    this.#recurrences = undefined;
    this.#lastClosed = undefined;
    if (this.#packs.length > 0) this.#packs = [];
  }

  /** For the next event; undefined when it cannot be a recurrence. */
  recurrences(windowNanos: bigint): Recurrences | undefined {
    this.#recurrences ??= startRecurrences(this.#record, windowNanos);
    return this.#recurrences;
  }

  /**
   * Takes reports that only recur.
   * @param recurrences what {@link recurrences} became by them
   */
  recur(recurrences: Recurrences, first: Recurring | undefined): void {
    const { record, windowNanos } = recurrences.after;
    if (record !== this.#record) {
      // Somebody has asked since: the record is another, and says the same.
      this.replace(takeAll(this.record, first, windowNanos));
      return;
    }
    for (let recurring = first; recurring !== undefined; recurring = recurring.next) this.#append(recurring);
    this.#recurrences = recurrences;
  }

  /** All of the tail in packs, as rows hold it. */
  pack(): void {
    const { record } = this;
    const { history } = record;
    const tail = history.tail.pack();
    if (tail !== history.tail) this.replace({ ...record, history: { ...history, tail } });
  }

  #append(recurring: Recurring): void {
    const { events, place } = recurring;
    const report = events.peek(place);
    const { effectiveTime: at } = report;
    if (this.#open === undefined) {
      const writer = new PackWriter(this.#packBytes);
      writer.add(report);
      this.#open = { writer, oldest: readEvent(recurring), newestAt: at, isSorted: true, count: 1 };
      return;
    }
    const open = this.#open;
    const isNewest = at >= open.newestAt;
    open.writer.add(report, isNewest);
    if (isNewest) open.newestAt = at;
    else {
      open.isSorted = false;
      const event = readEvent(recurring);
      if (compareEvents(event, open.oldest) < 0) open.oldest = event;
    }
    if (++open.count === PACK_EVENTS) this.#closePack();
  }

  #closePack(): void {
    if (this.#open === undefined) return;
    const { writer, oldest, isSorted, count } = this.#open;
    this.#lastClosed = writer.newest();
    const bytes = writer.handOver();
    // Events of an issue are mostly as long, and the next pack will be full.
    this.#packBytes = count < FEW_EVENTS ? FIRST_PACK_BYTES : Math.ceil((bytes.length / count) * PACK_EVENTS * ROOM);
    this.#packs.push({ oldest, isSorted, count, bytes });
    this.#open = undefined;
  }
}

interface OpenPack {
  readonly writer: PackWriter;
  oldest: IssueEvent;
  newestAt: bigint;
  isSorted: boolean;
  count: number;
}

/** One of a request's events which only recurs, and the next of the same issue: most issues have one of them at a time. */
export class Recurring {
  readonly events: FreshEvents;
  readonly place: number;
  next: Recurring | undefined;

  constructor(events: FreshEvents, place: number) {
    this.events = events;
    this.place = place;
  }
}

/** The record with these events of its own. */
export function takeAll(known: IssueRecord, first: Recurring | undefined, windowNanos: bigint): IssueRecord {
  const { identity, reporter } = known;
  let record = known;
  for (let recurring = first; recurring !== undefined; recurring = recurring.next) {
    const event = readEvent(recurring);
    record = takeEvent(record, { identity, reporter, event }, windowNanos).record ?? record;
  }
  return record;
}

function readEvent({ events, place }: Recurring): IssueEvent {
  const addressed = events.at(place);
  if (addressed === undefined) throw new RangeError(`there is no event ${place}`);
  return addressed.event;
}
