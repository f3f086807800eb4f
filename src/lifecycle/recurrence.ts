import type { EventPack } from './event-tail.ts';
import { DEDUP_HORIZON_NANOS, settleHistory, TAIL_EVENTS_MAX } from './history.ts';
import type { IssueRecord } from './issue.ts';
import type { ReportEvent, Severity } from './issue-event.ts';
import { isWorthTelling } from './story.ts';

/**
 * Reports that only recur: into the open episode, after all that is known or nearly so, with the severity and the
 * category that were told, too frequent to be told. Most events of a bad day are such, and all that one of them changes
 * are a few numbers, whatever their order. So they are counted here, and what they make of the issue is found at once for many ({@link takeRecurrences}): the
 * same as `takeEvent` makes of them one by one. Any doubt about an event ends in `undefined`, and `takeEvent` takes it.
 */
export interface Recurrences {
  readonly after: Anchor;
  /** Reports so far. */
  readonly count: number;
  /** The largest occurrence count claimed in the episode. */
  readonly claimed: number;
  /** Effective time of the newest event of the issue, and of the newest that none may come before, unix ns. */
  readonly lastAt: bigint;
  readonly floorAt: bigint;
  /** When the last one was taken, unix ns. */
  readonly lastTakenAt: bigint;
  /** What the last of them added, as `IssueUpdate` has it. */
  readonly addedOccurrences: number;
  readonly shortened: number;
}

/** The issue that they follow, and what of it each of them is held against: all in one place, since it is looked at for each. */
interface Anchor {
  readonly record: IssueRecord;
  readonly windowNanos: bigint;
  readonly reports: number;
  readonly severity: Severity;
  readonly category: string;
  readonly recurredAt: bigint;
  readonly tailLength: number;
  /** Effective time of the oldest event of the tail. */
  readonly oldestAt: bigint;
  /** For whoever counts them: what it has found out about the issue, so that it finds it once. Nobody else reads it. */
  notes: unknown;
}

/**
 * A pack holds so many of them, in any order: requests overtake each other. One that comes so late that it belongs into
 * the pack before is no mere recurrence.
 */
export const PACK_EVENTS = 32;
/** Beyond it they are taken into the issue, so that what waits in memory is bounded. */
const RECURRENCES_MAX = TAIL_EVENTS_MAX;

/** Before the first; undefined for an issue of which no report can be a mere recurrence. */
export function startRecurrences(record: IssueRecord, windowNanos: bigint): Recurrences | undefined {
  const { history, story } = record;
  const { head, tail } = history;
  const { oldest, newest } = tail;
  // A closer that waits for its report may become final by any event.
  const isWaiting = story.waiting.length > 0;
  if (head.status !== 'open' || head.severity !== story.severity || isWaiting) return undefined;
  if (oldest === undefined || newest === undefined) return undefined;
  return {
    after: {
      record,
      windowNanos,
      reports: head.reports,
      severity: head.severity,
      category: head.category,
      recurredAt: story.recurredAt,
      tailLength: tail.length,
      oldestAt: oldest.effectiveTime,
      notes: undefined,
    },
    count: 0,
    claimed: head.claimed,
    lastAt: newest.effectiveTime,
    floorAt: newest.effectiveTime,
    lastTakenAt: newest.takenAt,
    addedOccurrences: 0,
    shortened: 0,
  };
}

/** All of a report that says whether it only recurs. */
export type RecurringReport = Pick<
  ReportEvent,
  'severity' | 'category' | 'effectiveTime' | 'takenAt' | 'occurrenceCount'
>;

/** With one report more; undefined when it is more than a recurrence. */
export function recur(known: Recurrences, report: RecurringReport, windowNanos: bigint): Recurrences | undefined {
  const { after } = known;
  const { effectiveTime: at, takenAt } = report;
  if (report.severity !== after.severity) return undefined;
  if (report.category !== after.category && report.category !== '') return undefined;
  const floorAt = known.count % PACK_EVENTS === 0 ? known.lastAt : known.floorAt;
  // Of two at one instant the uid decides which is the last. A clock that goes back may keep what it let go before.
  if (at <= floorAt || at === known.lastAt || takenAt < known.lastTakenAt) return undefined;
  // One beyond the window may belong before what an event of this pack has made final.
  if (at < known.lastAt - windowNanos) return undefined;
  if (windowNanos !== after.windowNanos || known.count >= RECURRENCES_MAX) return undefined;
  if (at <= takenAt - DEDUP_HORIZON_NANOS) return undefined;
  const count = known.count + 1;
  const reports = after.reports + count;
  if (isWorthTelling(reports, at - after.recurredAt)) return undefined;

  const isFull = after.tailLength + count > TAIL_EVENTS_MAX;
  // None of a full tail is old as long as its oldest is not: then each new one shortens the window by one.
  const lastAt = at > known.lastAt ? at : known.lastAt;
  if (isFull && after.oldestAt < lastAt - windowNanos) return undefined;
  const claimed = Math.max(known.claimed, report.occurrenceCount);
  const addedOccurrences = Math.max(reports, claimed) - Math.max(reports - 1, known.claimed);
  return { after, count, claimed, lastAt, floorAt, lastTakenAt: takenAt, addedOccurrences, shortened: isFull ? 1 : 0 };
}

/**
 * The issue with all of them taken.
 * @param packs the events, {@link PACK_EVENTS} in each but the last
 * @param last the newest of them
 */
export function takeRecurrences(
  { after: { record, windowNanos }, count, claimed, lastTakenAt }: Recurrences,
  packs: readonly EventPack[],
  last: ReportEvent,
): IssueRecord {
  const { history } = record;
  const { head } = history;
  const recurred = {
    ...history,
    tail: history.tail.appendPacks(packs, last, head),
    head: {
      ...head,
      reports: head.reports + count,
      claimed,
      lastSeen: last.effectiveTime,
      severity: last.severity,
      severityAsSaid: last.severityAsSaid,
      summary: last.summary,
      lastSpan: last.span,
    },
  };
  return { ...record, history: settleHistory(recurred, lastTakenAt, windowNanos).history };
}
