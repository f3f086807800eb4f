import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { METRIC_ISSUE_OCCURRENCES, METRIC_ISSUE_TRANSITIONS } from '../../src/semconv.ts';
import { anyLife, type LifeOptions, type Step } from './support/histories.ts';
import { turnsOf } from './support/walk.ts';
import { resolve } from './support/message.ts';
import { LONG_ENOUGH, play } from './support/play.ts';
import { forAll } from './support/replay.ts';
import {
  areInTurn,
  expectedByIssue,
  expectedUnmatched,
  heardByIssue,
  heardUnmatched,
  turnsHeard,
} from './support/told.ts';

const HISTORIES = 900;
const HOURS = 3600;

/** Within the window: ties, late events and claims. */
const NEAR: LifeOptions = { spreadSeconds: 40, maxSteps: 16, aheadSeconds: 400, backSeconds: 100, mayLackTime: true };
/** Over hours, with one agent: much leaves the tail. */
const FAR: LifeOptions = {
  spreadSeconds: 5 * HOURS,
  agents: 1,
  maxSteps: 24,
  aheadSeconds: 2 * HOURS,
  backSeconds: HOURS,
  mayLackTime: true,
};
const SPANS = [
  { span: 'within the window', life: NEAR },
  { span: 'over hours', life: FAR },
];

const later = (steps: readonly Step[]): readonly Step[] => [...steps, LONG_ENOUGH, LONG_ENOUGH];

it.each(SPANS)(
  'law 2, once: all is told in the order and in the words of the naive walk, $span',
  async ({ life }) => {
    await forAll(anyLife(life), HISTORIES, async (steps) => {
      const { model, sink } = await play(steps, { clockSeconds: life.spreadSeconds });
      expect(heardByIssue(sink.heard)).toEqual(expectedByIssue(model));
    });
  },
  120_000,
);

it.each(SPANS)(
  'law 2, never against the present: openings and closings alternate, each id once, and the last told is the state, $span',
  async ({ life }) => {
    await forAll(anyLife(life), HISTORIES, async (steps) => {
      const { model, sink } = await play(steps, { clockSeconds: life.spreadSeconds });
      const ids = sink.heard.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const heard = turnsHeard(sink.heard);
      for (const { label, state } of model.issues.values()) {
        const turns = heard.get(label) ?? [];
        expect(areInTurn(turns)).toBe(true);
        expect(turns.length).toBe(turnsOf(state).length);
      }
    });
  },
  120_000,
);

it('law 2, once: unmatched is told one window after its event was taken, if it still closes nothing, whatever the clock did', async () => {
  await forAll(anyLife(NEAR), HISTORIES, async (steps) => {
    const { model, sink } = await play(later(steps), { clockSeconds: 40 });
    expect(heardUnmatched(sink.heard)).toEqual(expectedUnmatched(model));
  });
}, 120_000);

it('law 2, once: a closer taken after the clock went back is told by its own taking, not after those before it', async () => {
  const steps: readonly Step[] = [
    { kind: 'request', messages: [resolve(1)] },
    { kind: 'clock', seconds: -HOURS / 2 },
    { kind: 'request', messages: [resolve(-HOURS)] },
    LONG_ENOUGH,
  ];
  const { model, sink } = await play(steps, { clockSeconds: 40 });
  expect(expectedUnmatched(model)).toHaveLength(1);
  expect(heardUnmatched(sink.heard)).toEqual(expectedUnmatched(model));
});

it('law 2, once: counters never go down, and end at what was told and at reports or claims, whichever is more', async () => {
  await forAll(anyLife(NEAR), HISTORIES, async (steps) => {
    const { model, sink } = await play(later(steps), { clockSeconds: 40 });
    const before = new Map<string, number>();
    for (const { metric, series, value } of sink.snapshots.flat()) {
      expect(value).toBeGreaterThanOrEqual(before.get(metric + series) ?? 0);
      before.set(metric + series, value);
    }
    const issues = [...model.issues.values()];
    const occurrences = issues.map(({ totalOccurrences, stragglerReports }) => totalOccurrences - stragglerReports);
    expect(sink.total(METRIC_ISSUE_OCCURRENCES.name)).toBe(sum(occurrences));
    expect(sink.total(METRIC_ISSUE_TRANSITIONS.name)).toBeGreaterThanOrEqual(sink.heard.length);
  });
}, 120_000);

it('law 2, once: the story goes on over restarts as if there had been none, closers that wait among it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-law-2-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let run = 0;
  await forAll(anyLife({ ...NEAR, restarts: true, maxSteps: 12 }), 60, async (steps) => {
    const store = `sqlite:${join(folder, String(run++))}` as const;
    const { model, sink } = await play(later(steps), { store, clockSeconds: 40 });
    expect(heardByIssue(sink.heard)).toEqual(expectedByIssue(model));
    expect(heardUnmatched(sink.heard)).toEqual(expectedUnmatched(model));
  });
}, 120_000);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
