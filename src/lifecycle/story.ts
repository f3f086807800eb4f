import { countTurns, episodeOccurrences, type IssueState } from './fold.ts';
import { type HistoryStep, type IssueHistory, walkTail } from './history.ts';
import type { IssueEvent, ReportEvent, Severity, SpanReference } from './issue-event.ts';
import { sha256 } from './sha256.ts';
import { type RecentlyTold, ToldList } from './told-list.ts';

/**
 * What has been told of an issue, append-only, beside its state: the state moves when a late event comes, what was said
 * stays said. Openings and closings are told once each, when the fold first counts them, alternating; since the fold's
 * count never falls, one number remembers all of them, and the last told agrees with open or closed.
 */
export interface Story {
  /** Openings and closings told, together. */
  readonly turns: number;
  /** The severity last told. */
  readonly severity: Severity;
  /** Effective time of the last opening or recurrence told. */
  readonly recurredAt: bigint;
  /** Bounds of the spans told in the open episode, so that the episode's span can hold them all. */
  readonly spanFrom: bigint;
  readonly spanTo: bigint;
  /** Closers that close nothing yet, in the order in which they were taken. */
  readonly waiting: readonly WaitingCloser[];
  /** Whole days of the open episode of which a checkpoint was told. */
  readonly checkpointDays: number;
  readonly recent: ToldList;
}

export interface WaitingCloser {
  readonly uid: string;
  /** When it is told as `unmatched`, if it still closes nothing. */
  readonly dueAt: bigint;
}

export const NOTHING_TOLD: Story = {
  turns: 0,
  severity: 'medium',
  recurredAt: 0n,
  spanFrom: 0n,
  spanTo: 0n,
  waiting: [],
  checkpointDays: 0,
  recent: ToldList.EMPTY,
};

export type Transition = RecentlyTold['transition'];

/** One transition as it is told: complete, so that what is sent never depends on the state of a later moment. */
export interface Told extends RecentlyTold {
  /** 32 hex digits, the same whenever the same thing is told. */
  readonly id: string;
  /** Start of the episode; 0n for `unmatched`. */
  readonly openedAt: bigint;
  readonly severityAsSaid: string;
  readonly category: string;
  readonly summary: string;
  /** What the closer said; empty on an opening or a recurrence. */
  readonly closerSaid: string;
  /** The span that reported the problem. */
  readonly report: SpanReference;
  /** On a closing: bounds of the episode's span. */
  readonly episodeSpan: { readonly from: bigint; readonly to: bigint } | undefined;
}

/** What one event adds to the story. */
export interface Telling {
  readonly story: Story;
  readonly told: readonly Told[];
  /** Recurrences that are counted but, being frequent, not told. */
  readonly untoldRecurrences: number;
}

/** An issue before and after an event. */
export interface Change {
  readonly key: string;
  readonly event: IssueEvent;
  readonly before: IssueState;
  readonly after: IssueHistory;
  /** What the event did, when it came after all others. */
  readonly newest: HistoryStep | undefined;
}

/** @param windowNanos how long a closer that closes nothing waits before it is told as `unmatched` */
export function tellEvent(story: Story, change: Change, windowNanos: bigint): Telling {
  const { event, after } = change;
  const hasTurned = countTurns(after.head) > story.turns;
  switch (event.kind) {
    case 'report':
      return hasTurned ? tellTurns(story, change) : tellRecurrence(story, change, event);
    case 'resolve':
    case 'dismiss': {
      const waiting = [...story.waiting, { uid: event.uid, dueAt: event.takenAt + windowNanos }];
      const waits = { ...story, waiting };
      return hasTurned ? tellTurns(waits, change) : nothing(waits);
    }
  }
}

/** Tells closers as `unmatched` whose time has come and that still close nothing. */
export function tellUnmatched(story: Story, key: string, history: IssueHistory, now: bigint): Telling {
  const due = new Set(story.waiting.filter(({ dueAt }) => dueAt <= now).map(({ uid }) => uid));
  if (due.size === 0) return nothing(story);
  const steps = [...walkTail(history)].filter(({ event }) => due.has(event.uid));
  return settleWaiting(story, key, steps);
}

/** Closers whose place is now final: `unmatched` is told of those that close nothing, and none of them waits any longer. */
export function settleWaiting(story: Story, key: string, steps: readonly HistoryStep[]): Telling {
  if (steps.length === 0 || story.waiting.length === 0) return nothing(story);
  const waits = new Set(story.waiting.map(({ uid }) => uid));
  const final = steps.filter(({ event }) => waits.has(event.uid));
  if (final.length === 0) return nothing(story);
  const gone = new Set(final.map(({ event }) => event.uid));
  return {
    story: { ...story, waiting: story.waiting.filter(({ uid }) => !gone.has(uid)) },
    told: final.filter(({ transition }) => transition === 'unmatched').map((step) => unmatched(key, step)),
    untoldRecurrences: 0,
  };
}

/** The story with what was just told among what it remembers. */
export function rememberTold(story: Story, told: readonly Told[]): Story {
  return told.length === 0 ? story : { ...story, recent: story.recent.add(told) };
}

function nothing(story: Story): Telling {
  return { story, told: [], untoldRecurrences: 0 };
}

function isClosing(transition: Transition): boolean {
  return transition === 'resolved' || transition === 'dismissed';
}

/** Tells each opening and closing that the fold counts and the story does not have yet. All are told that were counted before. */
function tellTurns(before: Story, change: Change): Telling {
  const told: Told[] = [];
  let story = before;
  for (const step of change.newest === undefined ? walkTail(change.after) : [change.newest]) {
    if (countTurns(step.state) <= story.turns) continue;
    const [next, turn] = tellTurn(story, change, step);
    story = next;
    told.push(turn);
  }
  return { story: { ...story, severity: change.after.head.severity }, told, untoldRecurrences: 0 };
}

function tellTurn(story: Story, change: Change, { event, transition, state }: HistoryStep): readonly [Story, Told] {
  const at = event.effectiveTime;
  const turns = story.turns + 1;
  const hasClosed = isClosing(transition);
  const { head } = change.after;
  // An opening that a late closer made known lies in the past of its own episode: it is told as that episode stands now.
  const isCurrent = !hasClosed && state.episode === head.episode && head.status === 'open';
  const turn: Told = {
    ...describe(isCurrent ? head : state),
    id: toldId(change.key, state.episode, hasClosed ? 'close' : 'open'),
    transition,
    at,
    isLate: isLate(change),
    closerSaid: hasClosed ? event.summary : '',
    report: state.openingSpan,
    episodeSpan: hasClosed ? span(story, state.openedAt, at) : undefined,
  };
  const waiting = story.waiting.filter(({ uid }) => uid !== event.uid);
  if (hasClosed) return [{ ...story, turns, waiting }, turn];
  return [{ ...story, turns, waiting, recurredAt: at, spanFrom: at, spanTo: at, checkpointDays: 0 }, turn];
}

/** A report into the open episode. One into an episode that has closed since moves the state, and is not told. */
function tellRecurrence(story: Story, change: Change, event: ReportEvent): Telling {
  const { head } = change.after;
  const at = event.effectiveTime;
  if (head.status !== 'open' || at < head.openedAt) return nothing(story);

  const isTold = isWorthTelling(head.reports, at, tellableAt(story.recurredAt));
  const hasNewSeverity = head.severity !== story.severity;
  if (!isTold && !hasNewSeverity) return { story, told: [], untoldRecurrences: 1 };

  const told: Told[] = [];
  const base = {
    ...describe(head),
    at,
    isLate: isLate(change),
    closerSaid: '',
    report: event.span,
    episodeSpan: undefined,
  };
  if (isTold) told.push({ ...base, id: toldId(change.key, 'recurred', event.uid), transition: 'recurred' });
  if (hasNewSeverity) {
    told.push({ ...base, id: toldId(change.key, 'severity_changed', event.uid), transition: 'severity_changed' });
  }
  const { from, to } = span(story, at, at);
  const recurredAt = isTold && at > story.recurredAt ? at : story.recurredAt;
  return {
    story: { ...story, severity: head.severity, recurredAt, spanFrom: from, spanTo: to },
    told,
    untoldRecurrences: isTold ? 0 : 1,
  };
}

const HOUR_NANOS = 3_600_000_000_000n;

/** The 2nd to the 10th report of an episode, then powers of two, and one an hour: a loop that fails must not flood the backend. */
export function isWorthTelling(reports: number, at: bigint, againAt: bigint): boolean {
  return reports <= 10 || Number.isInteger(Math.log2(reports)) || at >= againAt;
}

/** From when on one is told whatever its number. @param recurredAt of the last that was told, unix ns */
export function tellableAt(recurredAt: bigint): bigint {
  return recurredAt + HOUR_NANOS;
}

/** Late is what comes before something that already counted; the first event of an issue is never late. */
function isLate({ before, event }: Change): boolean {
  const counted = before.status === 'open' ? before.lastSeen : before.closedAt;
  return event.effectiveTime < counted;
}

function unmatched(key: string, { event, state }: HistoryStep): Told {
  return {
    ...describe(state),
    id: toldId(key, 'unmatched', event.uid),
    transition: 'unmatched',
    at: event.effectiveTime,
    isLate: false,
    openedAt: 0n,
    closerSaid: event.summary,
    report: event.span,
    episodeSpan: undefined,
  };
}

export type Description = Pick<
  Told,
  'episode' | 'openedAt' | 'occurrences' | 'severity' | 'severityAsSaid' | 'category' | 'summary'
>;

/** What a told transition takes from the state. */
export function describe(state: IssueState): Description {
  const { episode, openedAt, severity, severityAsSaid, category, summary } = state;
  return { episode, openedAt, occurrences: episodeOccurrences(state), severity, severityAsSaid, category, summary };
}

/** Bounds of the episode's span that hold these times and all that was told. */
export function span(
  { spanFrom, spanTo }: Story,
  from: bigint,
  to: bigint,
): { readonly from: bigint; readonly to: bigint } {
  return { from: from < spanFrom ? from : spanFrom, to: to > spanTo ? to : spanTo };
}

/** The same id whenever the same thing is told. */
export function toldId(key: string, ...parts: readonly (string | number)[]): string {
  return sha256(JSON.stringify([key, ...parts])).slice(0, 32);
}
