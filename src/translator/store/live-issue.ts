import type { EventPack } from '../../lifecycle/event-tail.ts';
import { type IssueRecord, takeEvent } from '../../lifecycle/issue.ts';
import type { ReportEvent } from '../../lifecycle/issue-event.ts';
import { PackWriter } from '../../lifecycle/packed-events.ts';
import { type Recurrences, startRecurrences, takeRecurrences } from '../../lifecycle/recurrence.ts';

/** Events in one pack: what one that comes late has to unpack. */
const PACK_EVENTS = 32;

/**
 * An issue in memory: a record, and behind it the recurrences that nobody has asked about yet, as bytes. They cost a
 * hundred bytes each that no garbage collector walks, where a record an event would be half a kilobyte of objects.
 */
export class LiveIssue {
  #record: IssueRecord;
  #recurrences: Recurrences | undefined;
  /** Of the recurrences; the last ones are in the open pack. */
  #packs: EventPack[] = [];
  #open: OpenPack | undefined;
  #last: ReportEvent | undefined;

  constructor(record: IssueRecord) {
    this.#record = record;
  }

  /** With all that recurred. */
  get record(): IssueRecord {
    const recurrences = this.#recurrences;
    const last = this.#last;
    if (recurrences === undefined || last === undefined) return this.#record;
    this.#closePack();
    this.#record = takeRecurrences(recurrences, this.#packs, last);
    this.#recurrences = undefined;
    this.#last = undefined;
    this.#packs = [];
    return this.#record;
  }

  /**
   * Without what recurred since. A recurrence changes occurrences, the last report and the tail; all else, such as
   * whether it is open and since when, its severity and its story, may be read here and costs nothing.
   */
  get anchor(): IssueRecord {
    return this.#record;
  }

  /** For the next event; undefined when it cannot be a recurrence. */
  recurrences(windowNanos: bigint): Recurrences | undefined {
    return this.#recurrences ?? startRecurrences(this.#record, windowNanos);
  }

  /**
   * Takes events that only recur.
   * @param recurrences what {@link recurrences} became by them
   */
  recur(recurrences: Recurrences, events: readonly ReportEvent[]): void {
    const { record, windowNanos } = recurrences.after;
    if (record !== this.#record) {
      // Somebody has asked since: the record is another, and says the same.
      this.#record = takeAll(this.record, events, windowNanos);
      return;
    }
    for (const event of events) {
      this.#open ??= { oldest: event, count: 0, writer: new PackWriter() };
      this.#open.writer.add(event);
      this.#last = event;
      if (++this.#open.count === PACK_EVENTS) this.#closePack();
    }
    this.#recurrences = recurrences;
  }

  /** All of the tail in packs, as rows hold it. */
  pack(): void {
    const { history } = this.record;
    const tail = history.tail.pack();
    if (tail !== history.tail) this.#record = { ...this.#record, history: { ...history, tail } };
  }

  #closePack(): void {
    if (this.#open === undefined) return;
    const { oldest, count, writer } = this.#open;
    this.#packs.push({ oldest, count, bytes: writer.finish() });
    this.#open = undefined;
  }
}

/** The record with these events of its own. */
export function takeAll(known: IssueRecord, events: readonly ReportEvent[], windowNanos: bigint): IssueRecord {
  const { identity, reporter } = known;
  let record = known;
  for (const event of events) record = takeEvent(record, { identity, reporter, event }, windowNanos).record ?? record;
  return record;
}

interface OpenPack {
  readonly oldest: ReportEvent;
  count: number;
  readonly writer: PackWriter;
}
