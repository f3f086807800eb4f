import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type IssueRecord, takeEvent } from '../../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../../src/lifecycle/issue-event.ts';
import { LiveIssue } from '../../../src/translator/store/live-issue.ts';
import { addressed, close, report, SECOND } from '../../lifecycle/events.ts';

/** Short, so that events leave the tail all the time. */
const WINDOW = 60n * SECOND;
const MILLISECOND = SECOND / 1000n;
const RECURRENCES_SEEN_MIN = 1000;

interface Asked {
  readonly event: IssueEvent;
  /** What somebody wants of the issue before that; `rewind`: some events of a turn that fails, and once more without. */
  readonly asks: 'nothing' | 'record' | 'pack' | 'rewind';
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
    { arbitrary: fc.constantFrom('record' as const, 'pack' as const, 'rewind' as const), weight: 1 },
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
        for (const [index, { event, asks }] of life.entries()) {
          if (asks === 'record') expect(comparable(issue?.record)).toEqual(comparable(expected));
          if (asks === 'pack') issue?.pack();
          if (asks === 'rewind' && issue !== undefined) takeInVain(issue, life.slice(index, index + 50));
          const { record: taken, ...update } = takeEvent(expected, addressed(event), WINDOW);
          expected = taken;
          const recurred = issue?.recur(event, WINDOW);
          if (recurred !== undefined) {
            const { addedOccurrences, shortened } = recurred;
            expect(update).toEqual({ result: 'applied', told: [], untoldRecurrences: 1, addedOccurrences, shortened });
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

/** Takes events that recur, some of them after somebody has asked, and takes them back. */
function takeInVain(issue: LiveIssue, life: readonly Asked[]): void {
  const mark = issue.mark();
  life.forEach(({ event }, index) => {
    issue.recur(event, WINDOW);
    if (index === 40 || (index === 3 && event.uid.endsWith('7'))) expect(issue.record).toBeDefined();
  });
  issue.rewind(mark);
}

/** A tail is its events, however it keeps them. */
function comparable(record: IssueRecord | undefined): object | undefined {
  return record && { ...record, history: { ...record.history, tail: [...record.history.tail] } };
}
