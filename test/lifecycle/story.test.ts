import { describe, expect, it } from 'vitest';
import { type IssueRecord, passTime, takeEvent } from '../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../src/lifecycle/issue-event.ts';
import { addressed, close, play, report, SECOND, WINDOW } from './events.ts';

const TAKEN = 1000n * SECOND;

function transitions(events: readonly IssueEvent[]): readonly string[] {
  return play(events).told.map(({ transition }) => transition);
}

describe('unmatched', () => {
  it('is told one window after the closer was taken, not before, and once', () => {
    const { record, told } = play([close(10)]);
    expect(told).toEqual([]);
    expect(passTime(record, TAKEN + WINDOW - 1n).told).toEqual([]);
    const due = passTime(record, TAKEN + WINDOW);
    expect(due.told).toMatchObject([{ transition: 'unmatched', episode: 0, at: 10n * SECOND }]);
    expect(due.record && passTime(due.record, TAKEN + 2n * WINDOW).told).toEqual([]);
  });

  it('is not told of a closer that a late report gave something to close', () => {
    expect(passTime(play([close(10), report(5)]).record, TAKEN + WINDOW).told).toEqual([]);
  });

  it('is not told of a closer that was told as a closing and then lost it to an earlier one', () => {
    expect(passTime(play([report(5), close(10), close(7)]).record, TAKEN + WINDOW).told).toEqual([]);
  });

  it('is told of the second closer of a closed issue', () => {
    const { record } = play([report(5), close(7), close(10)]);
    expect(passTime(record, TAKEN + WINDOW).told).toMatchObject([{ transition: 'unmatched', at: 10n * SECOND }]);
  });
});

describe('severity_changed', () => {
  it('follows the recurrence that brought another severity', () => {
    expect(transitions([report(5), report(6, { severity: 'critical' })])).toEqual([
      'opened',
      'recurred',
      'severity_changed',
    ]);
  });

  it('is not told of a late report, which is not the last word', () => {
    expect(transitions([report(5), report(6), report(4, { severity: 'critical' })])).toEqual([
      'opened',
      'recurred',
      'recurred',
    ]);
  });

  it('is part of a reopening, not told beside it', () => {
    expect(transitions([report(5), close(6), report(7, { severity: 'low' })])).toEqual([
      'opened',
      'resolved',
      'reopened',
    ]);
  });
});

describe('recurred', () => {
  it('is told for the 2nd to the 10th report, then for powers of two; the others are counted', () => {
    let record: IssueRecord | undefined;
    const told: number[] = [];
    let untold = 0;
    for (let n = 1; n <= 64; n++) {
      const update = takeEvent(record, addressed(report(n)), WINDOW);
      record = update.record;
      untold += update.untoldRecurrences;
      told.push(...update.told.map(({ occurrences }) => occurrences));
    }
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64]);
    expect(untold).toBe(64 - told.length);
  });

  it('is told once an hour while it goes on', () => {
    const minutes = Array.from({ length: 130 }, (_, minute) => report(minute * 60, { takenAt: 100_000n * SECOND }));
    const { told } = play(minutes);
    const counts = told.map(({ occurrences }) => occurrences);
    // 64 is minute 63, so the hour is over in minute 123; 128 follows as a power of two.
    expect(counts.slice(-3)).toEqual([64, 124, 128]);
  });
});

describe('the agent’s own count', () => {
  it('is the episode’s occurrences when it is more than the reports seen, never added to them', () => {
    const { told } = play([report(1), report(2, { occurrenceCount: 7 }), report(3, { occurrenceCount: 2 })]);
    expect(told.map(({ occurrences }) => occurrences)).toEqual([1, 7, 7]);
  });
});

describe('a dismissal', () => {
  it('closes as a person’s decision, and the next report reopens', () => {
    expect(transitions([report(1), close(2, { kind: 'dismiss' }), report(3)])).toEqual([
      'opened',
      'dismissed',
      'reopened',
    ]);
  });
});
