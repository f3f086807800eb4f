import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyArrival, anySet } from './support/histories.ts';
import { modelStates, play, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';

const HISTORIES = 3000;

/** A set within the window, and two ways in which it may arrive. */
const twoArrivals = anySet({ spreadSeconds: 25 }, 24).chain((set) =>
  fc.tuple(anyArrival(set, false), anyArrival(set, false)),
);

it('law 1, confluence: any order, duplicates and split of a set of events end in the state of the naive walk', async () => {
  await forAll(twoArrivals, HISTORIES, async ([first, second]) => {
    const [one, other] = [await play(first), await play(second)];
    expect(statesOf(one.issues)).toEqual(modelStates(one.model));
    expect(statesOf(other.issues)).toEqual(statesOf(one.issues));
  });
}, 120_000);
