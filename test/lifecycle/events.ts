import { type AddressedEvent, type IssueRecord, takeEvent } from '../../src/lifecycle/issue.ts';
import { compareEvents, type CloseEvent, type IssueEvent, type ReportEvent } from '../../src/lifecycle/issue-event.ts';
import type { IssueState } from '../../src/lifecycle/fold.ts';
import type { Told } from '../../src/lifecycle/story.ts';

export const SECOND = 1_000_000_000n;
export const WINDOW = 900n * SECOND;

const IDENTITY = { environment: 'test', namespace: '', agentId: 'agent', issueId: 'crm-403', fingerprint: '' };
const SPAN = { traceId: '', spanId: '' };

export function report(seconds: number, overrides: Partial<ReportEvent> = {}): ReportEvent {
  return {
    kind: 'report',
    uid: `r${seconds}`,
    effectiveTime: BigInt(seconds) * SECOND,
    takenAt: 1000n * SECOND,
    summary: 'CRM API returns 403',
    severity: 'high',
    severityAsSaid: 'high',
    category: 'permissions',
    occurrenceCount: 0,
    span: SPAN,
    ...overrides,
  };
}

export function close(seconds: number, overrides: Partial<CloseEvent> = {}): CloseEvent {
  return {
    kind: 'resolve',
    uid: `c${seconds}`,
    effectiveTime: BigInt(seconds) * SECOND,
    takenAt: 1000n * SECOND,
    summary: 'CRM API recovered',
    span: SPAN,
    ...overrides,
  };
}

export function addressed(event: IssueEvent): AddressedEvent {
  return { identity: IDENTITY, reporter: { serviceName: 'sales', agentType: 'lead' }, event };
}

/** `'c10 r5'`: a closer of second 10 arrives, then a report of second 5. */
export function parseEvents(history: string): readonly IssueEvent[] {
  return history.split(' ').map((word) => {
    const seconds = Number(word.slice(1));
    return word.startsWith('r') ? report(seconds) : close(seconds);
  });
}

export interface Played {
  readonly record: IssueRecord;
  readonly told: readonly Told[];
  readonly stragglers: number;
}

/** Events one after the other, each a request of its own; an event whose uid was there before is left out, as the store does. */
export function play(events: readonly IssueEvent[]): Played {
  let record: IssueRecord | undefined;
  const told: Told[] = [];
  const seen = new Set<string>();
  let stragglers = 0;
  for (const event of events) {
    if (seen.has(event.uid)) continue;
    seen.add(event.uid);
    const update = takeEvent(record, addressed(event), WINDOW);
    record = update.record;
    told.push(...update.told);
    if (update.result === 'straggler') stragglers++;
  }
  if (record === undefined) throw new Error('no event was taken');
  return { record, told, stragglers };
}

/** What law 1 calls the state, for comparing with the naive walk. */
export interface ComparedState {
  readonly status: IssueState['status'];
  readonly episodes: readonly NaiveEpisode[];
  readonly severity: string;
  readonly category: string;
}

export interface NaiveEpisode {
  readonly openedAt: bigint;
  readonly closedAt: bigint | undefined;
  readonly occurrences: number;
}

/** The table of the design once more, without base, tail or story: sort everything, walk it. */
export function naiveState(events: readonly IssueEvent[]): ComparedState {
  const byUid = new Map<string, IssueEvent>();
  for (const event of events) if (!byUid.has(event.uid)) byUid.set(event.uid, event);
  const episodes: { openedAt: bigint; closedAt: bigint | undefined; reports: ReportEvent[] }[] = [];
  let status: IssueState['status'] = 'unseen';
  let severity = 'medium';
  let category = '';
  for (const event of [...byUid.values()].sort(compareEvents)) {
    const episode = episodes.at(-1);
    if (event.kind === 'report') {
      if (status === 'open') episode?.reports.push(event);
      else episodes.push({ openedAt: event.effectiveTime, closedAt: undefined, reports: [event] });
      status = 'open';
      severity = event.severity;
      category = event.category || category;
    } else if (status === 'open' && episode !== undefined) {
      episode.closedAt = event.effectiveTime;
      status = event.kind === 'resolve' ? 'resolved' : 'dismissed';
    }
  }
  return {
    status,
    severity,
    category,
    episodes: episodes.map(({ openedAt, closedAt, reports }) => ({
      openedAt,
      closedAt,
      occurrences: Math.max(reports.length, ...reports.map(({ occurrenceCount }) => occurrenceCount)),
    })),
  };
}

export function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
