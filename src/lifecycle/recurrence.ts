import type { EventPack } from './event-tail.ts';
import { DEDUP_HORIZON_NANOS, settleHistory, TAIL_EVENTS_MAX } from './history.ts';
import type { IssueRecord } from './issue.ts';
import type { IssueEvent, ReportEvent, Severity } from './issue-event.ts';
import { isWorthTelling } from './story.ts';

/**
 * Reports that only recur: into the open episode, after all that is known, with the severity and the category that were
 * told, too frequent to be told. Most events of a bad day are such, and all that one of them changes are a few numbers.
 * So they are counted here, and what they make of the issue is found at once for many ({@link takeRecurrences}): the
 * same as `takeEvent` makes of them one by one. Any doubt about an event ends in `undefined`, and `takeEvent` takes it.
 */
export interface Recurrences {
  readonly after: Anchor;
  /** Reports so far. */
  readonly count: number;
  /** The largest occurrence count claimed in the episode. */
  readonly claimed: number;
  /** Effective time of the newest event of the issue, and when that was taken, unix ns. */
  readonly lastAt: bigint;
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
    lastTakenAt: newest.takenAt,
    addedOccurrences: 0,
    shortened: 0,
  };
}

/** With one event more; undefined when it is more than a recurrence. */
export function recur(known: Recurrences, event: IssueEvent, windowNanos: bigint): Recurrences | undefined {
  const { after } = known;
  const { effectiveTime: at, takenAt } = event;
  if (event.kind !== 'report' || event.severity !== after.severity) return undefined;
  if (event.category !== after.category && event.category !== '') return undefined;
  // Of two at one instant the uid would decide. A clock that goes back may keep what it let go before.
  if (at <= known.lastAt || takenAt < known.lastTakenAt || windowNanos !== after.windowNanos) return undefined;
  if (at <= takenAt - DEDUP_HORIZON_NANOS || known.count >= RECURRENCES_MAX) return undefined;
  const count = known.count + 1;
  const reports = after.reports + count;
  if (isWorthTelling(reports, at - after.recurredAt)) return undefined;

  const isFull = after.tailLength + count > TAIL_EVENTS_MAX;
  // None of a full tail is old as long as its oldest is not: then each new one shortens the window by one.
  if (isFull && after.oldestAt < at - windowNanos) return undefined;
  const claimed = Math.max(known.claimed, event.occurrenceCount);
  const addedOccurrences = Math.max(reports, claimed) - Math.max(reports - 1, known.claimed);
  return { after, count, claimed, lastAt: at, lastTakenAt: takenAt, addedOccurrences, shortened: isFull ? 1 : 0 };
}

/**
 * The issue with all of them taken.
 * @param packs the events, oldest first
 * @param last the newest of them
 */
export function takeRecurrences(
  { after: { record, windowNanos }, count, claimed }: Recurrences,
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
  return { ...record, history: settleHistory(recurred, last.takenAt, windowNanos).history };
}
