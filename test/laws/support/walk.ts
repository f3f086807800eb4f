import type { Message } from './message.ts';

/**
 * Design §5 once more, naively: all events of an issue in one list, sorted and walked from the start each time
 * something is asked. No base, no tail, no incremental state; it shares no code with `src/lifecycle`.
 */
export interface ModelEvent {
  readonly message: Message;
  readonly at: bigint;
  readonly takenAt: bigint;
}

export interface Episode {
  readonly openedAt: bigint;
  readonly closed: { readonly at: bigint; readonly by: 'resolved' | 'dismissed' } | undefined;
  readonly occurrences: number;
}

/** What the table says after a list of events. */
export interface Walked {
  readonly status: 'unseen' | 'open' | 'resolved' | 'dismissed';
  readonly episodes: readonly Episode[];
  readonly severity: string;
  readonly category: string;
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  /** Uids of closers that closed nothing. */
  readonly unmatched: ReadonlySet<string>;
}

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const RANKS = { report: 0, resolve: 1, dismiss: 2 };

export function byOrder(a: ModelEvent, b: ModelEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  const rank = RANKS[a.message.kind] - RANKS[b.message.kind];
  if (rank !== 0) return rank;
  return a.message.uid < b.message.uid ? -1 : Number(a.message.uid > b.message.uid);
}

/** The table, walked over events in order. */
export function walk(sorted: readonly ModelEvent[]): Walked {
  const episodes: { openedAt: bigint; closed: Episode['closed']; reports: number; claimed: number }[] = [];
  const unmatched = new Set<string>();
  let status: Walked['status'] = 'unseen';
  let [severity, category, firstSeen, lastSeen] = ['medium', '', 0n, 0n];
  for (const { message, at } of sorted) {
    if (message.kind === 'report') {
      if (status !== 'open') episodes.push({ openedAt: at, closed: undefined, reports: 0, claimed: 0 });
      if (status === 'unseen') firstSeen = at;
      status = 'open';
      const episode = episodes.at(-1);
      if (episode !== undefined) {
        episode.reports++;
        episode.claimed = Math.max(episode.claimed, message.occurrenceCount);
      }
      severity = SEVERITIES.includes(message.severity) ? message.severity : 'medium';
      category = message.category || category;
      lastSeen = at;
    } else if (status === 'open') {
      status = message.kind === 'resolve' ? 'resolved' : 'dismissed';
      const episode = episodes.at(-1);
      if (episode !== undefined) episode.closed = { at, by: status };
    } else unmatched.add(message.uid);
  }
  const counted = episodes.map(({ openedAt, closed, reports, claimed }) => ({
    openedAt,
    closed,
    occurrences: Math.max(reports, claimed),
  }));
  return { status, episodes: counted, severity, category, firstSeen, lastSeen, unmatched };
}

/** An opening or a closing. */
export interface Turn {
  readonly transition: string;
  readonly episode: number;
  readonly at: bigint;
}

/** Openings and closings in order. */
export function turnsOf({ episodes }: Walked): readonly Turn[] {
  return episodes.flatMap(({ openedAt, closed }, index) => {
    const episode = index + 1;
    const opening = { transition: index === 0 ? 'opened' : 'reopened', episode, at: openedAt };
    return closed === undefined ? [opening] : [opening, { transition: closed.by, episode, at: closed.at }];
  });
}
