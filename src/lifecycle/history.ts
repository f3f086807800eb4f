import { applyEvent, type FoldTransition, type IssueState, UNSEEN } from './fold.ts';
import { compareEvents, type EventPosition, type IssueEvent } from './issue-event.ts';

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
  /** In order. */
  readonly tail: readonly IssueEvent[];
  /** The state: base and tail folded. */
  readonly head: IssueState;
}

export const NO_HISTORY: IssueHistory = { base: UNSEEN, folded: undefined, tail: [], head: UNSEEN };

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

/** Puts an event, which must be no straggler, into its place. */
export function insertEvent(history: IssueHistory, event: IssueEvent): IssueHistory {
  const { base, tail, head } = history;
  let place = tail.length;
  for (let before = tail[place - 1]; before !== undefined && compareEvents(before, event) > 0; before = tail[place - 1])
    place--;
  const moved = tail.toSpliced(place, 0, event);
  const isNewest = place === tail.length;
  return { ...history, tail: moved, head: isNewest ? applyEvent(head, event)[0] : foldEvents(base, moved) };
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
  const { tail } = history;
  const newest = tail.at(-1)?.effectiveTime ?? 0n;
  const isOld = (event: IssueEvent): boolean =>
    event.effectiveTime < newest - windowNanos && event.takenAt <= now - windowNanos;
  const firstYoung = tail.findIndex((event) => !isOld(event));
  const old = firstYoung === -1 ? tail.length : firstYoung;
  const leaving = Math.max(old, tail.length - TAIL_EVENTS_MAX);
  if (leaving === 0) return { history, steps: [], shortened: 0 };

  const steps = [...walkEvents(history.base, tail.slice(0, leaving))];
  const last = steps.at(-1);
  if (last === undefined) return { history, steps, shortened: 0 };
  const { kind, uid, effectiveTime } = last.event;
  const settled = { ...history, base: last.state, folded: { kind, uid, effectiveTime }, tail: tail.slice(leaving) };
  return { history: settled, steps, shortened: leaving - old };
}

/** The steps of the tail, in order. */
export function walkTail(history: IssueHistory): Generator<HistoryStep> {
  return walkEvents(history.base, history.tail);
}

/** The state after these events, which are in order. */
export function foldEvents(base: IssueState, events: readonly IssueEvent[]): IssueState {
  return events.reduce((state, event) => applyEvent(state, event)[0], base);
}

function* walkEvents(base: IssueState, events: readonly IssueEvent[]): Generator<HistoryStep> {
  let state = base;
  for (const event of events) {
    const [next, transition] = applyEvent(state, event);
    state = next;
    yield { event, transition, state };
  }
}
