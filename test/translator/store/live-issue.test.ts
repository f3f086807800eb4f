import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type IssueRecord, takeEvent } from '../../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../../src/lifecycle/issue-event.ts';
import { recur } from '../../../src/lifecycle/recurrence.ts';
import { FreshEvents } from '../../../src/translator/store/fresh-events.ts';
import { LiveIssue, Recurring } from '../../../src/translator/store/live-issue.ts';
import { addressed, close, report, SECOND } from '../../lifecycle/events.ts';

/** Short, so that events leave the tail all the time. */
const WINDOW = 60n * SECOND;
const MILLISECOND = SECOND / 1000n;
const RECURRENCES_SEEN_MIN = 1000;

interface Asked {
  readonly event: IssueEvent;
  /** What somebody wants of the issue before that. */
  readonly asks: 'nothing' | 'record' | 'pack';
}

/** Mostly a little later than the last and the same in all else; a few are anything. */
function anyLife(length: number, stepMillisMax: number): fc.Arbitrary<readonly Asked[]> {
  const what = fc.oneof(
    { arbitrary: fc.constant('recurs' as const), weight: 40 },
    { arbitrary: fc.constant('overtaken' as const), weight: 10 },
    // Beyond the window both.
    { arbitrary: fc.constantFrom('pause' as const, 'veryLate' as const), weight: 4 },
    {
      arbitrary: fc.constantFrom(
        ...(['late', 'tie', 'severity', 'category', 'uncategorised', 'claims', 'closes', 'ancient', 'hour'] as const),
      ),
      weight: 1,
    },
  );
  const asks = fc.oneof(
    { arbitrary: fc.constant('nothing' as const), weight: 30 },
    { arbitrary: fc.constantFrom('record' as const, 'pack' as const), weight: 1 },
  );
  const step = fc.tuple(what, fc.nat(stepMillisMax), fc.integer({ min: -1, max: 400 }), asks, fc.nat(3));
  return fc.array(step, { minLength: length / 2, maxLength: length }).map((steps) => {
    let at = 1_000_000n * SECOND;
    let clock = at;
    return steps.map(([does, stepMillis, clockMillis, ask, words], index): Asked => {
      at += does === 'tie' ? 0n : BigInt(stepMillis) * MILLISECOND;
      if (does === 'hour') at += 3601n * SECOND;
      if (does === 'pause') {
        at += WINDOW + SECOND;
        clock += WINDOW + SECOND;
      }
      clock += BigInt(clockMillis) * MILLISECOND;
      const lateness = { overtaken: 3n, late: 20n, veryLate: 150n };
      const isLate = does === 'late' || does === 'overtaken' || does === 'veryLate';
      const late = BigInt(stepMillis) * (isLate ? lateness[does] : 0n) * MILLISECOND;
      const effectiveTime = isLate ? at - late : does === 'ancient' ? at - 8n * 86_400n * SECOND : at;
      const common = { uid: `u${String(index)}`, effectiveTime, takenAt: clock, summary: `said ${String(words)}` };
      if (does === 'closes') return { event: close(0, common), asks: ask };
      const event = report(0, {
        ...common,
        span: { traceId: index.toString(16).padStart(32, '0'), spanId: '' },
        severityAsSaid: words === 0 ? 'HIGH' : 'high',
        ...(does === 'severity' && { severity: 'low' as const }),
        ...(does === 'category' && { category: 'other' }),
        ...(does === 'uncategorised' && { category: '' }),
        ...(does === 'claims' && { occurrenceCount: index * 2 }),
      });
      return { event, asks: ask };
    });
  });
}

it.each([
  { life: 'with a tail that is never full', length: 600, stepMillis: 900, runs: 60 },
  { life: 'with a full tail', length: 4000, stepMillis: 12, runs: 12 },
])(
  'recurrences taken at once make of an issue what they make one by one, $life',
  ({ length, stepMillis, runs }) => {
    let recurrences = 0;
    fc.assert(
      fc.property(anyLife(length, stepMillis), (life) => {
        let issue: LiveIssue | undefined;
        let expected: IssueRecord | undefined;
        for (const { event, asks } of life) {
          if (asks === 'record') expect(comparable(issue?.record)).toEqual(comparable(expected));
          if (asks === 'pack') issue?.pack();
          const { record: taken, ...update } = takeEvent(expected, addressed(event), WINDOW);
          expected = taken;
          const known = issue?.recurrences(WINDOW);
          const next = known && event.kind === 'report' ? recur(known, event, WINDOW) : undefined;
          if (issue !== undefined && next !== undefined) {
            const { addedOccurrences, shortened } = next;
            expect(update).toEqual({ result: 'applied', told: [], untoldRecurrences: 1, addedOccurrences, shortened });
            issue.recur(next, new Recurring(new FreshEvents([addressed(event)], [0]), 0));
            recurrences++;
          } else {
            const { record } = takeEvent(issue?.record, addressed(event), WINDOW);
            issue = record && new LiveIssue(record);
          }
        }
        expect(comparable(issue?.record)).toEqual(comparable(expected));
      }),
      { numRuns: runs, endOnFailure: true },
    );
    expect(recurrences).toBeGreaterThan(RECURRENCES_SEEN_MIN);
  },
  60_000,
);

/** A tail is its events, however it keeps them. */
function comparable(record: IssueRecord | undefined): object | undefined {
  return record && { ...record, history: { ...record.history, tail: [...record.history.tail] } };
}
