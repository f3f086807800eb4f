import type { CloseEvent, IssueEvent, ReportEvent, Severity, SpanReference } from './issue-event.ts';

/**
 * The life of an issue, one event at a time, in the order of `compareEvents`:
 *
 * | status        | event            | transition                                            |
 * |---------------|------------------|-------------------------------------------------------|
 * | unseen        | report           | `opened`: episode 1                                   |
 * | open          | report           | `recurred`: one more occurrence                       |
 * | open          | resolve, dismiss | `resolved`, `dismissed`: the episode closes           |
 * | closed        | report           | `reopened`: the next episode                          |
 * | unseen/closed | resolve, dismiss | `unmatched`: visible, changes nothing                 |
 */
export type IssueStatus = 'unseen' | 'open' | 'resolved' | 'dismissed';

/** What an event does to the state. */
export type FoldTransition = 'opened' | 'recurred' | 'resolved' | 'dismissed' | 'reopened' | 'unmatched';

/** State of an issue after its events so far. Times are unix ns, 0n for never. */
export interface IssueState {
  readonly status: IssueStatus;
  /** Episodes so far; the last is the one that the fields below tell about. */
  readonly episode: number;
  readonly openedAt: bigint;
  /** 0n while open. */
  readonly closedAt: bigint;
  /** Reports in this episode. */
  readonly reports: number;
  /** The largest occurrence count that the agent claimed in this episode. */
  readonly claimed: number;
  /** Occurrences of all earlier episodes. */
  readonly earlierOccurrences: number;
  /** First and last report of any episode. */
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  /** Of the last report. */
  readonly severity: Severity;
  readonly severityAsSaid: string;
  readonly summary: string;
  /** The last category that a report gave. */
  readonly category: string;
  /** The span of this episode's first report, and of the last report. */
  readonly openingSpan: SpanReference;
  readonly lastSpan: SpanReference;
}

const NO_SPAN: SpanReference = { traceId: '', spanId: '' };

/** An issue of which nothing is known. */
export const UNSEEN: IssueState = {
  status: 'unseen',
  episode: 0,
  openedAt: 0n,
  closedAt: 0n,
  reports: 0,
  claimed: 0,
  earlierOccurrences: 0,
  firstSeen: 0n,
  lastSeen: 0n,
  severity: 'medium',
  severityAsSaid: '',
  summary: '',
  category: '',
  openingSpan: NO_SPAN,
  lastSpan: NO_SPAN,
};

export function applyEvent(state: IssueState, event: IssueEvent): readonly [IssueState, FoldTransition] {
  switch (event.kind) {
    case 'report':
      if (state.status === 'open') return [applyReport(state, event), 'recurred'];
      return [applyReport(openEpisode(state, event), event), state.status === 'unseen' ? 'opened' : 'reopened'];
    case 'resolve':
      return state.status === 'open' ? [closeEpisode(state, event, 'resolved'), 'resolved'] : [state, 'unmatched'];
    case 'dismiss':
      return state.status === 'open' ? [closeEpisode(state, event, 'dismissed'), 'dismissed'] : [state, 'unmatched'];
  }
}

/** Occurrences of the last episode: what was seen or what the agent claims, whichever is more; never the sum, which would count twice. */
export function episodeOccurrences(state: IssueState): number {
  return Math.max(state.reports, state.claimed);
}

/** Occurrences over all episodes. An added event never lowers it. */
export function allOccurrences(state: IssueState): number {
  return state.earlierOccurrences + episodeOccurrences(state);
}

/** Openings and closings so far, together: they alternate, so odd is open and even is closed. An added event never lowers it. */
export function countTurns(state: IssueState): number {
  return 2 * state.episode - (state.status === 'open' ? 1 : 0);
}

function openEpisode(state: IssueState, event: ReportEvent): IssueState {
  return {
    ...state,
    status: 'open',
    episode: state.episode + 1,
    openedAt: event.effectiveTime,
    closedAt: 0n,
    reports: 0,
    claimed: 0,
    earlierOccurrences: allOccurrences(state),
    firstSeen: state.status === 'unseen' ? event.effectiveTime : state.firstSeen,
    openingSpan: event.span,
  };
}

function applyReport(state: IssueState, event: ReportEvent): IssueState {
  return {
    ...state,
    reports: state.reports + 1,
    claimed: Math.max(state.claimed, event.occurrenceCount),
    lastSeen: event.effectiveTime,
    severity: event.severity,
    severityAsSaid: event.severityAsSaid,
    summary: event.summary,
    category: event.category === '' ? state.category : event.category,
    lastSpan: event.span,
  };
}

function closeEpisode(state: IssueState, event: CloseEvent, status: 'resolved' | 'dismissed'): IssueState {
  return { ...state, status, closedAt: event.effectiveTime };
}
