import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Accounting } from '../../src/translator/accounting.ts';
import { anyLife, type LifeOptions } from './support/histories.ts';
import { modelStates, play, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';

const HOURS = 3600;
const folder = mkdtempSync(join(tmpdir(), 'hiveloop-law-3-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Few uids, so that the same uid comes again with other words: the first is the event. Some have no agent or no summary. */
const LIFE: LifeOptions = {
  spreadSeconds: 3 * HOURS,
  uids: 25,
  maxSteps: 30,
  aheadSeconds: 3 * HOURS,
  backSeconds: HOURS,
  mayLackTime: true,
  mayBeFlawed: true,
};

function expectToAddUp({ received, duplicate, applied, straggler, rejected }: Accounting): void {
  expect(received).toBe(duplicate + applied + straggler + rejected);
}

it('law 3, accounted for at the door: received = duplicate + applied + straggler + rejected, each as the model counts it', async () => {
  await forAll(anyLife(LIFE), 2000, async (steps) => {
    const { counters, model, issues } = await play(steps, { clockSeconds: 3 * HOURS });
    expectToAddUp(counters);
    expect(counters).toMatchObject(model.accounting);
    expect(statesOf(issues)).toEqual(modelStates(model));
  });
}, 120_000);

it('law 3, accounted for at the door: the accounts outlive restarts', async () => {
  let run = 0;
  await forAll(anyLife({ ...LIFE, restarts: true, maxSteps: 14 }), 80, async (steps) => {
    const store = `sqlite:${join(folder, String(run++))}` as const;
    const { counters, model, issues } = await play(steps, { store, clockSeconds: 3 * HOURS });
    expectToAddUp(counters);
    expect(counters).toMatchObject(model.accounting);
    expect(statesOf(issues)).toEqual(modelStates(model));
  });
}, 120_000);
