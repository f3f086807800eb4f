import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { decideRequest } from '../../src/translator/emit/decide.ts';
import { takeLogs } from '../../src/translator/intake/intake.ts';
import { viewIssue } from '../../src/translator/issue-view.ts';
import { checkStore } from '../../src/translator/store/check-store.ts';
import { openSqliteStore } from '../../src/translator/store/sqlite.ts';
import type { Store } from '../../src/translator/store/store.ts';
import { type Message, WINDOW } from '../laws/support/message.ts';
import { modelStates, statesOf } from '../laws/support/play.ts';
import { logsOf } from '../laws/support/wire.ts';
import { makeLoad } from './support/load.ts';
import { Random } from './support/random.ts';
import { modelOf } from './support/verify.ts';

/** Lives of a store, each looked at in several images of its files, as a kill at that moment would leave them. */
const LIVES = 20 * Number(process.env['HIVELOOP_RUNS'] ?? 1);
const SEED = Number(process.env['HIVELOOP_SEED'] ?? Date.now() % 1_000_000);
const MESSAGES = 150;
const NOW = BigInt(Date.now()) * 1_000_000n;

const folder = mkdtempSync(join(tmpdir(), 'hiveloop-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Image {
  readonly path: string;
  /** Events that were acknowledged before. */
  readonly acknowledged: number;
  /** Events of requests that had begun. */
  readonly begun: number;
}

async function commit(store: Store, messages: readonly Message[]): Promise<void> {
  const { events } = takeLogs(logsOf(messages), { arrival: NOW, windowNanos: WINDOW });
  const request = { events, keys: [] };
  const counted = new Map([['received', events.length]]);
  await store.commit(request, decideRequest(request, { windowNanos: WINDOW, now: NOW, hasSink: true, counted }));
}

async function statesIn(store: Store): Promise<ReadonlyMap<string, object>> {
  const records = await store.issues('', 1000);
  return statesOf(records.flatMap((record) => viewIssue(record) ?? []));
}

/** Requests of one to eight messages, several of them under way at once, and images between them. */
async function live(seed: number, messages: readonly Message[]): Promise<readonly Image[]> {
  const random = new Random(seed);
  const home = join(folder, String(seed));
  mkdirSync(home);
  const path = join(home, 'hiveloop.db');
  const store = openSqliteStore(path, NOW, { checkpointEvents: 1 + random.below(40) });
  const images: Image[] = [];
  const underWay: Promise<void>[] = [];
  let [acknowledged, begun] = [0, 0];
  while (begun < messages.length) {
    const request = messages.slice(begun, begun + 1 + random.below(8));
    begun += request.length;
    underWay.push(commit(store, request).then(() => void (acknowledged += request.length)));
    for (let turns = random.below(4); turns > 0; turns--) await turn();
    if (random.below(6) === 0) images.push({ path: copyStore(path, images.length), acknowledged, begun });
  }
  await Promise.all(underWay);
  await store.close();
  return images;
}

/** The files as they are: nothing runs in between, so it is one moment. */
function copyStore(path: string, number: number): string {
  const target = `${path}.${String(number)}`;
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, target + suffix);
  return target;
}

it(`law 4, acknowledged is durable: the files of ${String(LIVES)} lives, at any moment of commits and checkpoints, hold what was acknowledged`, async () => {
  const seen = { images: 0, partly: 0 };
  for (let life = 0; life < LIVES; life++) {
    const seed = SEED + life;
    const [all = []] = makeLoad(new Random(seed), { clients: 1, messagesEach: MESSAGES, from: Date.now() - 60_000 });
    const messages = all.filter(({ flaw }) => flaw === 'none');
    const expected = modelStates(modelOf(messages));
    const replay = `play it again with HIVELOOP_SEED=${String(seed)}`;
    for (const { path, acknowledged, begun } of await live(seed, messages)) {
      expect((await checkStore(path)).problems, replay).toEqual([]);
      const store = openSqliteStore(path, NOW, { checkpointEvents: 20 });
      const held = (await store.counters()).get('received') ?? 0;
      expect(held, replay).toBeGreaterThanOrEqual(acknowledged);
      expect(held, replay).toBeLessThanOrEqual(begun);
      expect(await statesIn(store), replay).toEqual(modelStates(modelOf(messages.slice(0, held))));

      for (let from = 0; from < messages.length; from += 7) await commit(store, messages.slice(from, from + 7));
      expect(await statesIn(store), replay).toEqual(expected);
      const counters = await store.counters();
      const unique = new Set(messages.map(({ agent, uid }) => `${agent} ${uid}`)).size;
      expect(counters.get('applied'), replay).toBe(unique);
      expect(counters.get('received'), replay).toBe(held + messages.length);
      expect(counters.get('duplicate'), replay).toBe(held + messages.length - unique);
      await store.close();
      seen.images++;
      if (held < messages.length) seen.partly++;
    }
  }
  console.log(`crash images: ${String(seen.images)} of ${String(LIVES)} lives, seed ${String(SEED)}`);
  expect(seen.partly).toBeGreaterThan(LIVES);
}, 240_000);
