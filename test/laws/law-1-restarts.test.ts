import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { anyArrival, anySet } from './support/histories.ts';
import { modelStates, play, statesOf } from './support/play.ts';
import { forAll } from './support/replay.ts';

const HISTORIES = 100;
const folder = mkdtempSync(join(tmpdir(), 'hiveloop-law-1-'));
afterAll(() => rmSync(folder, { recursive: true }));

const arrival = anySet({ spreadSeconds: 25 }, 20).chain((set) => anyArrival(set, true));

it('law 1, confluence: restarts on a SQLite file between requests end in the state of the naive walk', async () => {
  let run = 0;
  await forAll(arrival, HISTORIES, async (steps) => {
    const { issues, model, counters } = await play(steps, { store: `sqlite:${join(folder, String(run++))}` });
    expect(statesOf(issues)).toEqual(modelStates(model));
    expect(counters).toMatchObject(model.accounting);
  });
}, 120_000);
