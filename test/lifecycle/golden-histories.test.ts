import { describe, expect, it } from 'vitest';
import { allOccurrences } from '../../src/lifecycle/fold.ts';
import { naiveState, parseEvents, permutations, play, SECOND } from './events.ts';

/** Design §5, "Golden histories": in order of arrival, with what is told (`*` late) and the state at the end. */
const HISTORIES = [
  { events: 'c10 r5', told: 'opened resolved', status: 'resolved', episodes: 1, occurrences: 1 },
  { events: 'r5 r10 c7', told: 'opened recurred resolved* reopened*', status: 'open', episodes: 2, occurrences: 2 },
  { events: 'r5 c10 c7', told: 'opened resolved', status: 'resolved', episodes: 1, occurrences: 1, closedAt: 7 },
  { events: 'r5 c10 r8', told: 'opened resolved', status: 'resolved', episodes: 1, occurrences: 2 },
  { events: 'r5 c10 r3', told: 'opened resolved', status: 'resolved', episodes: 1, occurrences: 2, openedAt: 3 },
  {
    events: 'r5 r8 c10 c7',
    told: 'opened recurred resolved reopened* resolved*',
    status: 'resolved',
    episodes: 2,
    occurrences: 2,
    closedAt: 10,
  },
];

describe.each(HISTORIES)('$events', ({ events, told, status, episodes, occurrences, openedAt, closedAt }) => {
  it(`tells ${told}`, () => {
    const lines = play(parseEvents(events)).told.map(({ transition, isLate }) => transition + (isLate ? '*' : ''));
    expect(lines.join(' ')).toBe(told);
  });

  it(`ends ${status} after ${String(episodes)} episodes, in every order of arrival`, () => {
    for (const order of permutations(parseEvents(events))) {
      const { head } = play(order).record.history;
      expect([head.status, head.episode, allOccurrences(head)]).toEqual([status, episodes, occurrences]);
      if (openedAt !== undefined) expect(head.openedAt).toBe(BigInt(openedAt) * SECOND);
      if (closedAt !== undefined) expect(head.closedAt).toBe(BigInt(closedAt) * SECOND);
    }
  });

  it('is what the naive walk says too', () => {
    expect(naiveState(parseEvents(events))).toMatchObject({ status, episodes: { length: episodes } });
  });
});
