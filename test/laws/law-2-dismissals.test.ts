import { expect, it } from 'vitest';
import { anyLife, type LifeOptions } from './support/histories.ts';
import { modelStates, play, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';
import { areInTurn, expectedByIssue, heardByIssue, turnsHeard } from './support/told.ts';

const LIFE: LifeOptions = {
  spreadSeconds: 600,
  agents: 2,
  maxSteps: 20,
  aheadSeconds: 1200,
  backSeconds: 600,
  dismissals: true,
};

it('law 2, never against the present: a person dismisses what is open, whatever the clocks say; it is told, counted and stays in turn', async () => {
  await forAll(anyLife(LIFE), 1200, async (steps) => {
    const { model, sink, issues, counters } = await play(steps, { clockSeconds: 300 });
    expect(statesOf(issues)).toEqual(modelStates(model));
    expect(heardByIssue(sink.heard)).toEqual(expectedByIssue(model));
    expect(counters).toMatchObject(model.accounting);
    for (const turns of turnsHeard(sink.heard).values()) expect(areInTurn(turns)).toBe(true);
  });
}, 120_000);
