import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IssueEvent, Severity } from '../../../src/lifecycle/issue-event.ts';
import { passTime } from '../../../src/lifecycle/issue.ts';
import { type HistoryEntry, viewHistory } from '../../../src/translator/api/issue-history.ts';
import { formatTime } from '../../../src/translator/issue-view.ts';
import { close, naiveState, play, report, SECOND, WINDOW } from '../../lifecycle/events.ts';

const HOUR = 3600;

/** `'r0 c10 c7@20'`: in seconds, taken as they happen, or after an `@` later. */
function events(history: string): readonly IssueEvent[] {
  return history.split(' ').map((word) => {
    const [time = '', taken = time] = word.slice(1).split('@');
    const takenAt = BigInt(taken) * SECOND;
    return word.startsWith('r') ? report(Number(time), { takenAt }) : close(Number(time), { takenAt });
  });
}

function view(told: readonly IssueEvent[]): readonly HistoryEntry[] {
  return viewHistory(play(told).record);
}

/** `opened 0 (1)`: what, in which second, of which episode. */
function brief(entries: readonly HistoryEntry[]): readonly string[] {
  return entries.map(({ at, transition, episode }) => `${transition} ${Date.parse(at) / 1000} (${episode})`);
}

describe('the history of an issue that goes back for hours', () => {
  test('is whole: earlier episodes as they were told, the last quarter of an hour event by event', () => {
    const entries = view(events('r0 r60 c120 r3600 c3700 r7200 r9000 r9060 c9120 c9130'));
    expect(brief(entries)).toEqual([
      'opened 0 (1)',
      'recurred 60 (1)',
      'resolved 120 (1)',
      'reopened 3600 (2)',
      'resolved 3700 (2)',
      'reopened 7200 (3)',
      'recurred 9000 (3)',
      'recurred 9060 (3)',
      'resolved 9120 (3)',
      'unmatched 9130 (3)',
    ]);
    expect(entries.map(({ said }) => said)).toEqual([
      ...Array.from({ length: 5 }, () => ''),
      'CRM API returns 403',
      'CRM API returns 403',
      'CRM API returns 403',
      'CRM API recovered',
      'CRM API recovered',
    ]);
    expect(entries.map(({ occurrences }) => occurrences)).toEqual([1, 2, 2, 1, 1, 1, 2, 3, 3, 3]);
  });

  test('a closer that closed nothing stays in it once it was told', () => {
    const { record } = play(events('c5 r10000'));
    const { record: later = record } = passTime(record, 10_000n * SECOND + WINDOW);
    expect(brief(viewHistory(later))).toEqual(['unmatched 5 (0)', 'opened 10000 (1)']);
  });

  test('a report that was told as a recurrence and then became an opening is there once, those after it in its episode', () => {
    const entries = view(events('r0 r10 r12 c7@20 c30 r9000'));
    expect(brief(entries)).toEqual([
      'opened 0 (1)',
      'resolved 7 (1)',
      'reopened 10 (2)',
      'recurred 12 (2)',
      'resolved 30 (2)',
      'reopened 9000 (3)',
    ]);
  });

  test('a change of severity is a recurrence of that severity, once', () => {
    const severities: readonly Severity[] = ['low', 'high'];
    const reports = severities.map((severity, index) => report(index, { severity, takenAt: BigInt(index) * SECOND }));
    const entries = view([...reports, ...events('c5 r9000')]);
    expect(entries.map(({ transition, severity }) => `${transition} ${severity}`)).toEqual([
      'opened low',
      'recurred high',
      'resolved high',
      'reopened high',
    ]);
  });

  test('of more than 200 entries the oldest recurrences go, openings and closings stay', () => {
    const many = Array.from({ length: 500 }, (_, index) => `r${9001 + index}`).join(' ');
    const entries = view(events(`r0 c10 r9000 ${many}`));
    expect(entries).toHaveLength(200);
    expect(brief(entries).slice(0, 4)).toEqual([
      'opened 0 (1)',
      'resolved 10 (1)',
      'reopened 9000 (2)',
      'recurred 9304 (2)',
    ]);
    expect(brief(entries).at(-1)).toBe('recurred 9500 (2)');
  });
});

test('as long as 100 transitions hold them, every opening and closing is there, whatever came when', () => {
  const step = fc.record({
    kind: fc.constantFrom('r', 'c'),
    pause: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: HOUR, max: 5 * HOUR })),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      let at = 0;
      const told = events(steps.map(({ kind, pause }) => `${kind}${(at += pause)}`).join(' '));
      const turns = view(told).filter(({ transition }) => !['recurred', 'unmatched'].includes(transition));
      const expected = naiveState(told).episodes.flatMap(({ openedAt, closedAt }) =>
        closedAt === undefined ? [openedAt] : [openedAt, closedAt],
      );
      expect(turns.map((entry) => entry.at)).toEqual(expected.map(formatTime));
    }),
    { numRuns: 500 },
  );
});

test('oldest first, whatever came late', () => {
  const step = fc.record({ kind: fc.constantFrom('r', 'c'), at: fc.nat(4000), late: fc.nat(2000) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const words = steps.toSorted((a, b) => a.at + a.late - b.at - b.late);
      const told = events(words.map(({ kind, at, late }) => `${kind}${at}@${at + late}`).join(' '));
      const times = view(told).map(({ at }) => at);
      expect(times).toEqual(times.toSorted());
    }),
    { numRuns: 500 },
  );
});
