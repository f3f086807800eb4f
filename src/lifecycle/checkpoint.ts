import type { IssueState } from './fold.ts';
import { describe, span, type Story, type Told, toldId } from './story.ts';

/** That an issue is still open: once a day, for backends that find what is recent. Not a transition, so nothing counts it. */
export interface Checkpoint extends Omit<Told, 'transition'> {
  readonly transition: 'checkpoint';
}

const DAY_NANOS = 86_400_000_000_000n;

/** When the next checkpoint of an open issue is due, unix ns. */
export function nextCheckpointAt({ checkpointDays }: Story, head: IssueState): bigint | undefined {
  return head.status === 'open' ? head.openedAt + BigInt(checkpointDays + 1) * DAY_NANOS : undefined;
}

/**
 * The checkpoint of the day that is over, if it is due, at the teller's time: a backend finds it now. Days in which
 * nothing ran are not told afterwards.
 */
export function tellCheckpoint(
  story: Story,
  key: string,
  head: IssueState,
  now: bigint,
): readonly [Story, Checkpoint] | undefined {
  const due = nextCheckpointAt(story, head);
  if (due === undefined || due > now) return undefined;
  const checkpointDays = Number((now - head.openedAt) / DAY_NANOS);
  const { from, to } = span(story, now, now);
  const checkpoint: Checkpoint = {
    ...describe(head),
    id: toldId(key, head.episode, 'checkpoint', checkpointDays),
    transition: 'checkpoint',
    at: now,
    isLate: false,
    closerSaid: '',
    report: head.lastSpan,
    episodeSpan: undefined,
  };
  return [{ ...story, checkpointDays, spanFrom: from, spanTo: to }, checkpoint];
}
