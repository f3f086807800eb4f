import { applyEvent, type FoldTransition, type IssueState, UNSEEN } from './fold.ts';
import { EventTail } from './event-tail.ts';
import { compareEvents, type EventPosition, type IssueEvent } from './issue-event.ts';
import type { EventMoments } from './pack-format.ts';

/** Events of one issue that stay movable, at most. */
export const TAIL_EVENTS_MAX = 1024;
/** How long a uid is remembered (plus the window): an event older than this may have been counted before. Nanoseconds, 7 days. */
export const DEDUP_HORIZON_NANOS: bigint = 7n * 86_400n * 1_000_000_000n;

/**
 * An issue's events: the newest movable in the tail, so that one which comes late finds its place, and the rest folded
 * into a base of constant size.
 */
export interface IssueHistory {
  readonly base: IssueState;
  /** The last event in the base. */
  readonly folded: EventPosition | undefined;
  readonly tail: EventTail;
  /** The state: base and tail folded. */
  readonly head: IssueState;
}

export const NO_HISTORY: IssueHistory = { base: UNSEEN, folded: undefined, tail: EventTail.EMPTY, head: UNSEEN };

/** One event, what it did, and the state after it. */
export interface HistoryStep {
  readonly event: IssueEvent;
  readonly transition: FoldTransition;
  readonly state: IssueState;
}

/** True for an event that came too late to find its place: it is counted, and changes nothing that is open or closed. */
export function isStraggler(history: IssueHistory, event: IssueEvent): boolean {
  if (event.effectiveTime <= event.takenAt - DEDUP_HORIZON_NANOS) return true;
  return history.folded !== undefined && compareEvents(event, history.folded) <= 0;
}

/** A history with one event more. */
export interface Inserted {
  readonly history: IssueHistory;
  /** What the event did, when it came after all others; otherwise the whole tail was walked anew. */
  readonly newest: HistoryStep | undefined;
}

/** Puts an event, which must be no straggler, into its place. */
export function insertEvent({ base, folded, tail, head }: IssueHistory, event: IssueEvent): Inserted {
  const last = tail.newest;
  if (last !== undefined && compareEvents(last, event) > 0) {
    const { tail: moved, restart } = tail.insert(event);
    if (restart !== undefined)
      return {
        history: { base, folded, tail: moved, head: foldEvents(restart.state, restart.events) },
        newest: undefined,
      };
    const events = [...moved];
    const atHand = events.length - moved.looseCount;
    const before = foldEvents(base, events.slice(0, atHand));
    const state = foldEvents(before, events.slice(atHand));
    return { history: { base, folded, tail: moved.anchor(before), head: state }, newest: undefined };
  }
  const [state, transition] = applyEvent(head, event);
  return {
    history: { base, folded, tail: tail.append(event, head), head: state },
    newest: { event, transition, state },
  };
}

/** What left the tail, oldest first, and how many of them early because the tail was full. */
export interface Settled {
  readonly history: IssueHistory;
  readonly steps: readonly HistoryStep[];
  readonly shortened: number;
}

/**
 * Folds into the base what is older than the issue's newest event by the window *and* was taken that long ago: a
 * backlog of hours that drains in seconds keeps its order. A full tail gives up its oldest at once.
 */
export function settleHistory(history: IssueHistory, now: bigint, windowNanos: bigint): Settled {
  const { base, tail, head } = history;
  const { oldestMoments: oldest, newest, length } = tail;
  if (oldest === undefined || newest === undefined) return { history, steps: [], shortened: 0 };
  const newestOldTime = newest.effectiveTime - windowNanos;
  const newestOldTaken = now - windowNanos;
  const isOld = (event: EventMoments): boolean =>
    event.effectiveTime < newestOldTime && event.takenAt <= newestOldTaken;
  if (length <= TAIL_EVENTS_MAX && !isOld(oldest)) return { history, steps: [], shortened: 0 };

  const old = isOld(oldest) ? countWhile(tail, isOld) : 0;
  const leaving = Math.max(old, length - TAIL_EVENTS_MAX);
  const steps = [...walkEvents(base, first(tail, leaving))];
  const last = steps.at(-1);
  if (last === undefined) return { history, steps, shortened: 0 };
  const { kind, uid, effectiveTime } = last.event;
  const folded = { kind, uid, effectiveTime };
  return {
    history: { base: last.state, folded, tail: tail.dropOldest(leaving), head },
    steps,
    shortened: leaving - old,
  };
}

/** The steps of the tail, in order. */
export function walkTail(history: IssueHistory): Generator<HistoryStep> {
  return walkEvents(history.base, history.tail);
}

/** The state after these events, which are in order. */
export function foldEvents(base: IssueState, events: Iterable<IssueEvent>): IssueState {
  let state = base;
  for (const event of events) state = applyEvent(state, event)[0];
  return state;
}

/** @param count at least 1 */
function* first(events: Iterable<IssueEvent>, count: number): Generator<IssueEvent> {
  let rest = count;
  for (const event of events) {
    yield event;
    if (--rest === 0) return;
  }
}

function countWhile(events: Iterable<IssueEvent>, matches: (event: IssueEvent) => boolean): number {
  let count = 0;
  for (const event of events) {
    if (!matches(event)) break;
    count++;
  }
  return count;
}

function* walkEvents(base: IssueState, events: Iterable<IssueEvent>): Generator<HistoryStep> {
  let state = base;
  for (const event of events) {
    const [next, transition] = applyEvent(state, event);
    state = next;
    yield { event, transition, state };
  }
}
