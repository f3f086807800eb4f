import { DEDUP_HORIZON_NANOS, settleHistory, TAIL_EVENTS_MAX } from './history.ts';
import type { IssueRecord } from './issue.ts';
import type { IssueEvent, ReportEvent, Severity } from './issue-event.ts';
import type { EventPack } from './packed-events.ts';
import { isWorthTelling, tellableAt } from './story.ts';

/**
 * A pack holds so many recurrences, in any order: requests overtake each other. One that comes so late that it belongs
 * into the pack before is no mere recurrence.
 */
export const PACK_EVENTS = 32;
/** Beyond it they are taken into the issue, so that what waits in memory is bounded. */
const RECURRENCES_MAX = TAIL_EVENTS_MAX;

/** All of a report that says whether it only recurs. */
export type RecurringReport = Pick<
  ReportEvent,
  'severity' | 'category' | 'effectiveTime' | 'takenAt' | 'occurrenceCount'
>;

/**
 * Reports that only recur: into the open episode, after all that is known or nearly so, with the severity and the
 * category that were told, too frequent to be told. Most events of a bad day are such, and all that one of them changes
 * are a few numbers, whatever their order. So they are counted here, and what they make of the issue is found at once
 * for many: the same as `takeEvent` makes of them one by one. Any doubt about a report ends in a no, and `takeEvent`
 * takes it.
 */
export class Recurrences {
  /** The issue that they follow. */
  readonly record: IssueRecord;
  readonly windowNanos: bigint;
  /** For whoever counts them: what it has found out about the issue, so that it finds it once. Nobody else reads it. */
  notes: unknown;
  /** What the last of them added, as `IssueUpdate` has it. */
  addedOccurrences = 0;
  shortened = 0;
  #count = 0;
  /** Reports of the episode, with them, and the largest occurrence count claimed in it. */
  #reports: number;
  #claimed: number;
  /** Effective time of the newest event of the issue, and of the newest that none may come before, unix ns. */
  #lastAt: bigint;
  #floorAt: bigint;
  /** When the last one was taken, unix ns. */
  #lastTakenAt: bigint;
  readonly #severity: Severity;
  readonly #category: string;
  /** From when on a report is told whatever its number, unix ns. */
  readonly #tellableAt: bigint;
  readonly #tailLength: number;
  /** Effective time of the oldest event of the tail. */
  readonly #oldestAt: bigint;

  private constructor(record: IssueRecord, windowNanos: bigint, oldestAt: bigint, newest: IssueEvent) {
    const { head, tail } = record.history;
    this.record = record;
    this.windowNanos = windowNanos;
    this.#reports = head.reports;
    this.#claimed = head.claimed;
    this.#lastAt = newest.effectiveTime;
    this.#floorAt = newest.effectiveTime;
    this.#lastTakenAt = newest.takenAt;
    this.#severity = head.severity;
    this.#category = head.category;
    this.#tellableAt = tellableAt(record.story.recurredAt);
    this.#tailLength = tail.length;
    this.#oldestAt = oldestAt;
  }

  /** Before the first; undefined for an issue of which no report can be a mere recurrence. */
  static after(record: IssueRecord, windowNanos: bigint): Recurrences | undefined {
    const { history, story } = record;
    const { head, tail } = history;
    const { oldestMoments: oldest, newest } = tail;
    // A closer that waits for its report may become final by any event.
    const isWaiting = story.waiting.length > 0;
    if (head.status !== 'open' || head.severity !== story.severity || isWaiting) return undefined;
    if (oldest === undefined || newest === undefined) return undefined;
    return new Recurrences(record, windowNanos, oldest.effectiveTime, newest);
  }

  /** Reports so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes one report more; false, and nothing has changed, when it is more than a recurrence. */
  take(report: RecurringReport, windowNanos: bigint): boolean {
    const { effectiveTime: at, takenAt } = report;
    if (report.severity !== this.#severity) return false;
    if (report.category !== this.#category && report.category !== '') return false;
    const lastAt = this.#lastAt;
    const floorAt = this.#count % PACK_EVENTS === 0 ? lastAt : this.#floorAt;
    // Of two at one instant the uid decides which is the last. A clock that goes back may keep what it let go before.
    if (at <= floorAt || at === lastAt || takenAt < this.#lastTakenAt) return false;
    const isLast = at > lastAt;
    // One beyond the window may belong before what an event of this pack has made final.
    if (!isLast && at < lastAt - windowNanos) return false;
    if (windowNanos !== this.windowNanos || this.#count >= RECURRENCES_MAX) return false;
    if (at <= horizonAt(takenAt)) return false;
    const reports = this.#reports + 1;
    if (isWorthTelling(reports, at, this.#tellableAt)) return false;

    const isFull = this.#tailLength + this.#count >= TAIL_EVENTS_MAX;
    // None of a full tail is old as long as its oldest is not: then each new one shortens the window by one.
    if (isFull && this.#oldestAt < (isLast ? at : lastAt) - windowNanos) return false;
    const claimed = Math.max(this.#claimed, report.occurrenceCount);
    this.addedOccurrences = Math.max(reports, claimed) - Math.max(reports - 1, this.#claimed);
    this.shortened = isFull ? 1 : 0;
    this.#count++;
    this.#reports = reports;
    this.#claimed = claimed;
    if (isLast) this.#lastAt = at;
    this.#floorAt = floorAt;
    this.#lastTakenAt = takenAt;
    return true;
  }

  /**
   * The issue with all of them taken.
   * @param packs the events, {@link PACK_EVENTS} in each but the last
   * @param last the newest of them
   */
  takeAll(packs: readonly EventPack[], last: ReportEvent): IssueRecord {
    const { record } = this;
    const { history } = record;
    const { head } = history;
    const recurred = {
      ...history,
      tail: history.tail.appendPacks(packs, last, head),
      head: {
        ...head,
        reports: this.#reports,
        claimed: this.#claimed,
        lastSeen: last.effectiveTime,
        severity: last.severity,
        severityAsSaid: last.severityAsSaid,
        summary: last.summary,
        lastSpan: last.span,
      },
    };
    return { ...record, history: settleHistory(recurred, this.#lastTakenAt, this.windowNanos).history };
  }
}

/** Up to when an event may have been counted before, whoever remembers uids; the last answer is kept, since a request has one such time. */
function horizonAt(takenAt: bigint): bigint {
  if (takenAt !== horizon.takenAt) horizon = { takenAt, at: takenAt - DEDUP_HORIZON_NANOS };
  return horizon.at;
}

let horizon = { takenAt: 0n, at: -DEDUP_HORIZON_NANOS };
