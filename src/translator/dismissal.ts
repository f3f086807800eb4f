import { randomUUID } from 'node:crypto';
import type { AddressedEvent, IssueRecord } from '../lifecycle/issue.ts';
import type { CommitRequest, Decide } from './store/store.ts';

/** Who closes an issue by hand, and why: for people, kept with what is told. */
export interface DismissalReason {
  readonly by: string;
  readonly why: string;
}

/** `not_open`: it is closed already. `unknown`: there is no issue of that key, or nothing but closers was seen of it. */
export type DismissalOutcome = 'dismissed' | 'not_open' | 'unknown';

const REASON_CHARACTERS_MAX = 1024;

/**
 * A person's decision as an issue event, to be taken as any other. Its time is the later of our clock and the issue's
 * newest event, and a nanosecond: so it closes what the person saw, however wrong an agent's clock is.
 */
export function dismissalOf(record: IssueRecord, { by, why }: DismissalReason, now: bigint): AddressedEvent {
  const newest = record.history.tail.newest?.effectiveTime ?? record.history.folded?.effectiveTime ?? 0n;
  return {
    identity: record.identity,
    reporter: record.reporter,
    event: {
      kind: 'dismiss',
      uid: `dismissal-${randomUUID()}`,
      effectiveTime: newest + 1n > now ? newest + 1n : now,
      takenAt: now,
      summary: `${by}: ${why}`.slice(0, REASON_CHARACTERS_MAX),
      span: { traceId: '', spanId: '' },
    },
  };
}

/** Decides only if the issue is as the person saw it; otherwise throws {@link IssueMovedOn}, and nothing happened. */
export function onlyIfUnmoved(seen: IssueRecord, { events }: CommitRequest, decide: Decide): Decide {
  return (fresh, issues) => {
    const [event] = events;
    const now = issues.get(seen.key);
    const newest = now?.history.tail.newest?.effectiveTime ?? 0n;
    if (now?.history.head.status !== 'open' || event === undefined || newest >= event.event.effectiveTime) {
      throw new IssueMovedOn();
    }
    return decide(fresh, issues);
  };
}

export class IssueMovedOn extends Error {
  constructor() {
    super('the issue changed while it was dismissed');
    this.name = 'IssueMovedOn';
  }
}
