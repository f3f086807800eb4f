import type { IssueNames, IssueRecord } from '../../lifecycle/issue.ts';
import type { IssueEvent } from '../../lifecycle/issue-event.ts';
import { unpackEvents } from '../../lifecycle/pack-reader.ts';
import { type EncodedReport, type EventPack, PackWriter } from '../../lifecycle/packed-events.ts';
import { PACK_EVENTS, Recurrences } from '../../lifecycle/recurrence.ts';

/** Room for a few events, and when they are more, for a pack of usual ones. */
const FIRST_PACK_BYTES = 320;
const FEW_EVENTS = 4;
const ROOM = 1.1;

/** An issue as it was at some moment, for {@link LiveIssue.rewind}. */
export interface IssueMark {
  readonly record: IssueRecord;
  /** What had recurred since the record. */
  readonly recurrences: number;
  readonly windowNanos: bigint;
  readonly packs: readonly EventPack[];
}

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
  #open: PackWriter | undefined;
  #packBytes = FIRST_PACK_BYTES;

  constructor(record: IssueRecord) {
    this.#record = record;
  }

  /** With all that recurred. */
  get record(): IssueRecord {
    const recurrences = this.#recurrences;
    if (recurrences === undefined || recurrences.count === 0) return this.#record;
    const last = this.#open?.newest() ?? this.#packs.at(-1)?.unpack().at(-1);
    if (last?.kind !== 'report') throw new Error('recurrences without a report');
    this.#closePack();
    this.replace(recurrences.takeAll(this.#packs, last));
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
    if (this.#packs.length > 0) this.#packs = [];
  }

  /** Takes an event that only recurs. Undefined for any other, and nothing has changed. */
  recur(event: IssueEvent | EncodedReport, windowNanos: bigint): Recurrences | undefined {
    this.#recurrences ??= Recurrences.after(this.#record, windowNanos);
    const recurrences = this.#recurrences;
    if (recurrences === undefined || event.kind !== 'report' || !recurrences.take(event, windowNanos)) return undefined;
    this.#open ??= new PackWriter(this.#packBytes);
    this.#open.add(event);
    if (this.#open.count === PACK_EVENTS) this.#closePack();
    return recurrences;
  }

  /** All of the tail in packs, as rows hold it. */
  pack(): void {
    const { record } = this;
    const { history } = record;
    const tail = history.tail.pack();
    if (tail !== history.tail) this.replace({ ...record, history: { ...history, tail } });
  }

  mark(): IssueMark {
    const { count = 0, windowNanos = 0n } = this.#recurrences ?? {};
    return { record: this.#record, recurrences: count, windowNanos, packs: this.#packs };
  }

  /** Makes it what it was, at the cost of taking again all that had recurred: for what hardly ever fails. */
  rewind({ record, recurrences, windowNanos, packs }: IssueMark): void {
    this.#closePack(); // into the packs of the mark, unless it was taken into a record since
    const events = packs.flatMap(({ bytes }) => unpackEvents(bytes)).slice(0, recurrences);
    this.#packs = [];
    this.replace(record);
    for (const event of events) {
      if (this.recur(event, windowNanos) === undefined) throw new Error('a recurrence was not taken a second time');
    }
  }

  #closePack(): void {
    if (this.#open === undefined) return;
    const pack = this.#open.handOver();
    const { bytes, count } = pack;
    // Events of an issue are mostly as long, and the next pack will be full.
    this.#packBytes = count < FEW_EVENTS ? FIRST_PACK_BYTES : Math.ceil((bytes.length / count) * PACK_EVENTS * ROOM);
    this.#packs.push(pack);
    this.#open = undefined;
  }
}
