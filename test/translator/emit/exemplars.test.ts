import { expect, it } from 'vitest';
import { Exemplars } from '../../../src/translator/emit/exemplars.ts';
import { SECOND, START } from '../issue-batches.ts';

function example(value: number): Parameters<Exemplars['note']>[1] {
  return { timeUnixNano: START, value, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: {} };
}

it('an example is wanted where there is none, and again a second later or when the clock went back', () => {
  const exemplars = new Exemplars();
  expect(exemplars.isWanted('counter', START)).toBe(true);
  exemplars.note('counter', example(1), START);
  const wanted = [0n, SECOND - 1n, SECOND, -1n].map((later) => exemplars.isWanted('counter', START + later));
  expect(wanted).toEqual([false, false, true, true]);
  expect(exemplars.isWanted('another', START)).toBe(true);
});

it('an example that was taken is wanted again, and comes back unless there is a newer one', () => {
  const exemplars = new Exemplars();
  exemplars.note('counter', example(1), START);
  exemplars.note('another', example(2), START);
  const { taken, giveBack } = exemplars.take();
  expect([...taken.values()].map(({ value }) => value)).toEqual([1, 2]);
  expect(exemplars.isWanted('counter', START)).toBe(true);
  exemplars.note('counter', example(3), START);
  giveBack();
  expect(['counter', 'another'].map((name) => exemplars.get(name)?.value)).toEqual([3, 2]);
});
