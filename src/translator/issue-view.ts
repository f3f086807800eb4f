import { allOccurrences, episodeOccurrences } from '../lifecycle/fold.ts';
import type { IssueRecord } from '../lifecycle/issue.ts';
import type { Severity } from '../lifecycle/issue-event.ts';

/** An issue as people and programs ask for it. Times are RFC 3339 in UTC, to the nanosecond. */
export interface IssueView {
  readonly key: string;
  readonly environment: string;
  readonly namespace: string;
  readonly agentId: string;
  /** The agent's id for it; where it gave none, the fingerprint of the summary. */
  readonly issueId: string;
  readonly summary: string;
  readonly state: 'open' | 'resolved' | 'dismissed';
  /** True while it is open and its agent, which sent heartbeats, has fallen silent. Nothing is resolved by silence. */
  readonly stale: boolean;
  readonly severity: Severity;
  readonly category: string;
  /** From 1. */
  readonly episode: number;
  /** Of this episode. */
  readonly occurrences: number;
  /** Of all episodes, and reports that came too late for their place. */
  readonly totalOccurrences: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly openedAt: string;
  /** When it was resolved or dismissed; undefined while open. */
  readonly resolvedAt: string | undefined;
  /** Of the episode; undefined while open. */
  readonly timeToResolveSeconds: number | undefined;
  /** The span of the last report; empty when it was in none. */
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Undefined for an issue of which only closers were seen.
 * @param isAgentSilent what is known of the agent's heartbeats. Default: nothing, then no issue is stale.
 */
export function viewIssue(record: IssueRecord, isAgentSilent = false): IssueView | undefined {
  const { key, identity, history, stragglerReports } = record;
  const { status, openedAt, closedAt, ...state } = history.head;
  if (status === 'unseen') return undefined;
  const isOpen = status === 'open';
  return {
    key,
    environment: identity.environment,
    namespace: identity.namespace,
    agentId: identity.agentId,
    issueId: identity.issueId || identity.fingerprint,
    summary: state.summary,
    state: status,
    stale: isOpen && isAgentSilent,
    severity: state.severity,
    category: state.category,
    episode: state.episode,
    occurrences: episodeOccurrences(history.head),
    totalOccurrences: allOccurrences(history.head) + stragglerReports,
    firstSeen: formatTime(state.firstSeen),
    lastSeen: formatTime(state.lastSeen),
    openedAt: formatTime(openedAt),
    resolvedAt: isOpen ? undefined : formatTime(closedAt),
    timeToResolveSeconds: isOpen ? undefined : Number(closedAt - openedAt) / 1e9,
    traceId: state.lastSpan.traceId,
    spanId: state.lastSpan.spanId,
  };
}

/** RFC 3339 in UTC, to the nanosecond. */
export function formatTime(unixNanos: bigint): string {
  const seconds = new Date(Number(unixNanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${(unixNanos % 1_000_000_000n).toString().padStart(9, '0')}Z`;
}
