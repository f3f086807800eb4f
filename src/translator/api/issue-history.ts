import { episodeOccurrences, type FoldTransition, type IssueState } from '../../lifecycle/fold.ts';
import { type IssueHistory, walkTail } from '../../lifecycle/history.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import { formatTime } from '../issue-view.ts';

/** One thing that happened to an issue, as the state now has it. */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly transition: FoldTransition;
  readonly episode: number;
  /** Of the episode, so far. */
  readonly occurrences: number;
  readonly severity: Severity;
  /** What the report or the closer said. */
  readonly said: string;
  /** The span that it was said in; empty when it was in none. */
  readonly traceId: string;
  readonly spanId: string;
}

/** Entries of a history, at most: the newest. */
const ENTRIES_MAX = 200;

/**
 * The history of an issue, oldest first: each event that is still movable, before them the last episode of what was
 * folded. Not what was told: a late event has its place here.
 */
export function viewHistory(history: IssueHistory): readonly HistoryEntry[] {
  const steps = [...walkTail(history)].map(({ event, transition, state }): HistoryEntry => {
    return entry(transition, event.effectiveTime, state, { said: event.summary, ...event.span });
  });
  return [...viewBase(history.base), ...steps].slice(-ENTRIES_MAX);
}

function viewBase(base: IssueState): readonly HistoryEntry[] {
  const { status, episode, openedAt, closedAt, lastSeen, openingSpan, lastSpan, summary } = base;
  if (status === 'unseen') return [];
  const opened = entry(episode === 1 ? 'opened' : 'reopened', openedAt, base, { said: summary, ...openingSpan });
  const entries = [{ ...opened, occurrences: 1 }];
  if (lastSeen > openedAt) entries.push(entry('recurred', lastSeen, base, { said: summary, ...lastSpan }));
  if (status !== 'open') entries.push(entry(status, closedAt, base, { said: '', traceId: '', spanId: '' }));
  return entries;
}

function entry(
  transition: FoldTransition,
  at: bigint,
  state: IssueState,
  source: Pick<HistoryEntry, 'said' | 'traceId' | 'spanId'>,
): HistoryEntry {
  const { episode, severity } = state;
  return { at: formatTime(at), transition, episode, occurrences: episodeOccurrences(state), severity, ...source };
}
