import { episodeOccurrences, type FoldTransition, type IssueState } from '../../lifecycle/fold.ts';
import { type IssueHistory, walkTail } from '../../lifecycle/history.ts';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import type { RecentlyTold } from '../../lifecycle/told-list.ts';
import { formatTime } from '../issue-view.ts';

/** One thing that happened to an issue. */
export interface HistoryEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly transition: FoldTransition;
  readonly episode: number;
  /** Of the episode, so far. */
  readonly occurrences: number;
  readonly severity: Severity;
  /** What the report or the closer said; empty where only that it was told is still known. */
  readonly said: string;
  /** The span that it was said in; empty when it was in none, or where only that it was told is still known. */
  readonly traceId: string;
  readonly spanId: string;
}

/** Entries of a history, at most. */
const ENTRIES_MAX = 200;

/**
 * The history of an issue, oldest first: each event that is still movable, as the state has it now; before them the last
 * episode of what was folded, also as the state has it; and what was told of the time before, as it was told: a late
 * event may have changed it since. Of more than 200 entries the oldest recurrences are left out first, so that an hour
 * of failures does not hide when it was open.
 */
export function viewHistory({ history, story }: Pick<IssueRecord, 'history' | 'story'>): readonly HistoryEntry[] {
  const steps = [...walkTail(history)].map(({ event, transition, state }): Timed => {
    return entry(transition, event.effectiveTime, state, { said: event.summary, ...event.span });
  });
  const recent = [...story.recent];
  const settled = [...viewTold(recent, history), ...viewBase(history.base, recent)].sort(byTime);
  return shorten([...withEpisodes(settled), ...steps]).map(({ at, ...rest }) => ({ at: formatTime(at), ...rest }));
}

/** Before its time is text. */
type Timed = Omit<HistoryEntry, 'at'> & { readonly at: bigint };

/** The state knows only how bad an episode is now; how bad it was when it opened, only what was told of that. */
function viewBase(base: IssueState, recent: readonly RecentlyTold[]): readonly Timed[] {
  const { status, episode, openedAt, closedAt, lastSeen, openingSpan, lastSpan, summary } = base;
  if (status === 'unseen') return [];
  const opened = entry(episode === 1 ? 'opened' : 'reopened', openedAt, base, { said: summary, ...openingSpan });
  const told = recent.find(({ transition, at }) => isOpening(transition) && at === openedAt);
  const entries = [{ ...opened, occurrences: 1, severity: told?.severity ?? base.severity }];
  if (lastSeen > openedAt) entries.push(entry('recurred', lastSeen, base, { said: summary, ...lastSpan }));
  if (status !== 'open') entries.push(entry(status, closedAt, base, NOTHING_SAID));
  return entries;
}

/** What was told of the time before the last folded episode, and what happened in it between its first and last report. */
function viewTold(recent: readonly RecentlyTold[], { base, folded }: IssueHistory): readonly Timed[] {
  if (folded === undefined) return [];
  const openings = new Set(recent.filter(({ transition }) => isOpening(transition)).map(({ at }) => at));
  const recurrences = new Set<bigint>();
  return recent.flatMap(({ transition, at, episode, occurrences, severity }): readonly Timed[] => {
    const told = { at, episode, occurrences, severity, ...NOTHING_SAID };
    if (at > folded.effectiveTime) return []; // movable: the tail tells it
    switch (transition) {
      case 'opened':
      case 'reopened':
      case 'resolved':
      case 'dismissed':
        return episode < base.episode ? [{ ...told, transition }] : [];
      case 'unmatched':
        return [{ ...told, transition }];
      case 'recurred':
      case 'severity_changed': {
        // One report may have told both, or may have become an opening when a late closer came before it.
        const isTwice = openings.has(at) || recurrences.has(at) || at === base.openedAt || at >= base.lastSeen;
        recurrences.add(at);
        return isTwice ? [] : [{ ...told, transition: 'recurred' }];
      }
    }
  });
}

/** A recurrence belongs to the episode that was open at its time, which is not always the one in which it was told. */
function withEpisodes(entries: readonly Timed[]): readonly Timed[] {
  let open: number | undefined;
  return entries.map((told) => {
    if (isOpening(told.transition)) open = told.episode;
    return told.transition === 'recurred' && open !== undefined ? { ...told, episode: open } : told;
  });
}

/** Leaves out the oldest recurrences, and where that is not enough the oldest of all. */
function shorten(entries: readonly Timed[]): readonly Timed[] {
  let excess = entries.length - ENTRIES_MAX;
  return entries.filter(({ transition }) => transition !== 'recurred' || excess-- <= 0).slice(-ENTRIES_MAX);
}

const NOTHING_SAID = { said: '', traceId: '', spanId: '' };

function entry(
  transition: FoldTransition,
  at: bigint,
  state: IssueState,
  source: Pick<HistoryEntry, 'said' | 'traceId' | 'spanId'>,
): Timed {
  const { episode, severity } = state;
  return { at, transition, episode, occurrences: episodeOccurrences(state), severity, ...source };
}

function isOpening(transition: RecentlyTold['transition']): boolean {
  return transition === 'opened' || transition === 'reopened';
}

function byTime(a: Timed, b: Timed): number {
  return a.at < b.at ? -1 : Number(a.at > b.at);
}
