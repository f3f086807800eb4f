import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/lifecycle/checkpoint.ts';
import { dueAt, type IssueRecord, passTime, takeEvent } from '../../src/lifecycle/issue.ts';
import { RECENT_TOLD_MAX } from '../../src/lifecycle/told-list.ts';
import { addressed, close, parseEvents, play, report, SECOND, WINDOW } from './events.ts';

const DAY = 86_400n * SECOND;
const OPENED = 5n * SECOND;

function pass(record: IssueRecord, now: bigint): { readonly record: IssueRecord; readonly checkpoint?: Checkpoint } {
  const { record: after = record, checkpoint } = passTime(record, now);
  return { record: after, ...(checkpoint && { checkpoint }) };
}

describe('a checkpoint', () => {
  it('is due each day that an issue is open, once, and never for a closed one', () => {
    const { record } = play([report(5)]);
    expect(dueAt(record)).toBe(OPENED + DAY);
    expect(pass(record, OPENED + DAY - 1n).checkpoint).toBeUndefined();
    const first = pass(record, OPENED + DAY);
    expect(first.checkpoint).toMatchObject({ transition: 'checkpoint', episode: 1, occurrences: 1, at: OPENED + DAY });
    expect(pass(first.record, OPENED + DAY + SECOND).checkpoint).toBeUndefined();
    expect(dueAt(first.record)).toBe(OPENED + 2n * DAY);
    expect(dueAt(play(parseEvents('r5 c6')).record)).toBe(undefined);
  });

  it('has an id for each day, and days in which nobody looked are not told afterwards', () => {
    const { record } = play([report(5)]);
    const later = pass(record, OPENED + 4n * DAY + SECOND);
    const next = pass(later.record, OPENED + 5n * DAY);
    expect(new Set([later.checkpoint?.id, next.checkpoint?.id, pass(record, OPENED + DAY).checkpoint?.id]).size).toBe(
      3,
    );
    expect(dueAt(later.record)).toBe(OPENED + 5n * DAY);
  });

  it('lies inside the span of its episode, also when the resolve was earlier than it', () => {
    const { record } = pass(play([report(5)]).record, OPENED + DAY + 60n * SECOND);
    const resolve = close(10, { effectiveTime: OPENED + DAY, takenAt: OPENED + DAY + 120n * SECOND });
    const [resolved] = takeEvent(record, addressed(resolve), WINDOW).told;
    expect(resolved).toMatchObject({
      transition: 'resolved',
      episodeSpan: { from: OPENED, to: OPENED + DAY + 60n * SECOND },
    });
  });

  it('begins anew with the next episode', () => {
    const { record } = pass(play([report(5)]).record, OPENED + 3n * DAY);
    const again = [close(0, { effectiveTime: OPENED + 3n * DAY }), report(0, { effectiveTime: OPENED + 4n * DAY })];
    let last = record;
    for (const event of again) last = takeEvent(last, addressed(event), WINDOW).record ?? last;
    expect(dueAt(last)).toBe(OPENED + 5n * DAY);
  });
});

describe('what an issue remembers of what it told', () => {
  it('is each transition, in order', () => {
    const { record, told } = play(parseEvents('r5 r10 c7'));
    expect([...record.story.recent].map(({ transition, isLate }) => [transition, isLate])).toEqual(
      told.map(({ transition, isLate }) => [transition, isLate]),
    );
  });

  it('is the last hundred, however much was told', () => {
    const turns = Array.from({ length: 150 }, (_, turn) => (turn % 2 === 0 ? report(turn) : close(turn)));
    const { record, told } = play(turns);
    expect(told).toHaveLength(150);
    expect(record.story.recent).toHaveLength(RECENT_TOLD_MAX);
    expect([...record.story.recent].at(-1)).toMatchObject({ transition: 'resolved', at: 149n * SECOND, episode: 75 });
  });
});
