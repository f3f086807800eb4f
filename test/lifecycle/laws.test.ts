import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOccurrences, countTurns, episodeOccurrences } from '../../src/lifecycle/fold.ts';
import { walkTail } from '../../src/lifecycle/history.ts';
import { type IssueRecord, passTime } from '../../src/lifecycle/issue.ts';
import { type IssueEvent, SEVERITIES } from '../../src/lifecycle/issue-event.ts';
import { close, type ComparedState, naiveState, play, report, SECOND, WINDOW } from './events.ts';

const RUNS = 2000;

/** Few seconds and few uids, so that ties, duplicates and splits are common. */
const anyEvent: fc.Arbitrary<IssueEvent> = fc.oneof(
  fc
    .record({
      at: fc.nat(20),
      uid: fc.nat(30),
      severity: fc.constantFrom(...SEVERITIES),
      category: fc.constantFrom('', 'permissions', 'connectivity'),
      occurrenceCount: fc.nat(6),
    })
    .map(({ at, uid, ...details }) => report(at, { uid: `u${uid}`, ...details })),
  fc
    .record({ at: fc.nat(20), uid: fc.nat(30), kind: fc.constantFrom('resolve' as const, 'dismiss' as const) })
    .map(({ at, uid, kind }) => close(at, { uid: `u${uid}`, kind })),
);

/** A set of events, each uid once, and two orders of arrival in which some come twice. */
const twoArrivals = fc
  .uniqueArray(anyEvent, { selector: ({ uid }) => uid, minLength: 1, maxLength: 14 })
  .chain((events) => {
    const withDuplicates = fc
      .subarray(events)
      .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }));
    return fc.tuple(fc.constant(events), withDuplicates, withDuplicates);
  });

/** The state of law 1, with the bounds of every episode read from the walk. */
function compared({ history }: IssueRecord): ComparedState {
  const episodes: { openedAt: bigint; closedAt: bigint | undefined; occurrences: number }[] = [];
  for (const { state } of walkTail(history)) {
    if (state.episode === 0) continue;
    episodes[state.episode - 1] = {
      openedAt: state.openedAt,
      closedAt: state.status === 'open' ? undefined : state.closedAt,
      occurrences: episodeOccurrences(state),
    };
  }
  const { status, severity, category } = history.head;
  return { status, severity, category, episodes };
}

describe('law 1, confluence', () => {
  it('any order and any duplicates end in the state of the naive walk', () => {
    fc.assert(
      fc.property(twoArrivals, ([events, first, second]) => {
        const expected = naiveState(events);
        expect(compared(play(first).record)).toEqual(expected);
        expect(play(second).record.history).toEqual(play(first).record.history);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Events over hours, arriving in any order while the clock goes on: many leave the tail before others come. */
const longHistory = fc.array(fc.record({ isReport: fc.boolean(), at: fc.nat(20_000), pause: fc.nat(1200) }), {
  minLength: 1,
  maxLength: 40,
});

describe('beyond the window', () => {
  it('open or closed is still right, and every event is applied or a straggler', () => {
    fc.assert(
      fc.property(longHistory, (arrivals) => {
        let clock = 20_000n * SECOND;
        const events = arrivals.map(({ isReport, at, pause }, index) => {
          clock += BigInt(pause) * SECOND;
          const common = { uid: `u${String(index)}`, takenAt: clock };
          return isReport ? report(at, common) : close(at, common);
        });
        const { record, told } = play(events);
        const isOpen = record.history.head.status === 'open';
        expect(isOpen).toBe(naiveState(events).status === 'open');
        const turns = told.filter(
          ({ transition }) => !['recurred', 'severity_changed', 'unmatched'].includes(transition),
        );
        expect(turns.length % 2 === 1).toBe(isOpen);
        expect(turns.length).toBe(countTurns(record.history.head));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('law 2, once and never against the present', () => {
  it('openings and closings are told once each, in turn, and the last told agrees with the state', () => {
    fc.assert(
      fc.property(twoArrivals, ([, arrivals]) => {
        const { record, told } = play(arrivals);
        const turns = told.filter(
          ({ transition }) => !['recurred', 'severity_changed', 'unmatched'].includes(transition),
        );
        const isOpening = turns.map(({ transition }) => transition === 'opened' || transition === 'reopened');
        expect(isOpening).toEqual(turns.map((_, index) => index % 2 === 0));
        expect(turns.map(({ episode }) => episode)).toEqual(turns.map((_, index) => (index >> 1) + 1));
        expect(turns.length).toBe(countTurns(record.history.head));
        expect(turns.filter(({ transition }) => transition === 'opened').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  });

  it('no id is told twice, also when time passes', () => {
    fc.assert(
      fc.property(twoArrivals, ([, arrivals]) => {
        const { record, told } = play(arrivals);
        const later = passTime(record, 1000n * 1_000_000_000n + WINDOW);
        const ids = [...told, ...later.told].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: RUNS },
    );
  });

  it('an added event never lowers openings, closings or occurrences', () => {
    fc.assert(
      fc.property(twoArrivals, ([, arrivals]) => {
        let turns = 0;
        let occurrences = 0;
        for (let count = 1; count <= arrivals.length; count++) {
          const { head } = play(arrivals.slice(0, count)).record.history;
          expect(countTurns(head)).toBeGreaterThanOrEqual(turns);
          expect(allOccurrences(head)).toBeGreaterThanOrEqual(occurrences);
          turns = countTurns(head);
          occurrences = allOccurrences(head);
        }
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('the severity last told of an open issue is its severity', () => {
    fc.assert(
      fc.property(twoArrivals, ([, arrivals]) => {
        const { record, told } = play(arrivals);
        const { status, severity } = record.history.head;
        if (status === 'open') expect(told.at(-1)?.severity).toBe(severity);
      }),
      { numRuns: RUNS },
    );
  });

  it('the span of an episode holds every span that was told in it', () => {
    fc.assert(
      fc.property(twoArrivals, ([, arrivals]) => {
        const { told } = play(arrivals);
        for (const { episode, episodeSpan } of told) {
          if (episodeSpan === undefined) continue;
          for (const child of told.filter((other) => other.episode === episode && other.transition !== 'unmatched')) {
            expect(child.at >= episodeSpan.from && child.at <= episodeSpan.to).toBe(true);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});
