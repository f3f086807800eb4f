import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTR_ISSUE_ID } from '../../../src/semconv.ts';
import type { LogRecord } from '../../../src/translator/otlp/model.ts';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { openStore } from '../../../src/translator/store/open-store.ts';
import { issueLog } from '../issue-batches.ts';
import { crashCopy, NOW, openAt, pathOf, stateOf, take } from './store-files.ts';

function rowsIn(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const count = Number(database.prepare(`select count(*) as count from ${table}`).get()?.['count']);
  database.close();
  return count;
}

const anyRecord = fc
  .record({ kind: fc.constantFrom('report' as const, 'resolve' as const), seconds: fc.nat(30), issue: fc.nat(4) })
  .map(({ kind, seconds, issue }) => issueLog(kind, seconds, { [ATTR_ISSUE_ID]: `issue-${String(issue)}` }));
const anyRequests = fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });

describe('group commit', () => {
  it('requests that wait in one turn of the event loop share one commit, and each is answered after it', async () => {
    const store = openAt();
    const requests = Array.from({ length: 40 }, (_, n) => take(store, [issueLog('report', n)]));
    await Promise.all(requests);
    expect(rowsIn(pathOf(), 'journal')).toBe(1);
    expect((await store.counters()).get('applied')).toBe(40);
  });

  it('a duplicate of a request in the same turn is one', async () => {
    const store = openAt();
    await Promise.all([take(store, [issueLog('report', 1)]), take(store, [issueLog('report', 1)])]);
    const counters = await store.counters();
    expect([counters.get('applied'), counters.get('duplicate')]).toEqual([1, 1]);
  });

  it('a request that fails by itself takes none of the others with it', async () => {
    const store = openAt();
    const failing = store.commit({ events: [], keys: [] }, () => {
      throw new Error('a bug');
    });
    const good = take(store, [issueLog('report', 1)]);
    await expect(failing).rejects.toThrow('a bug');
    await good;
    expect((await store.counters()).get('applied')).toBe(1);
  });
});

describe('law 4: acknowledged is durable', () => {
  it('what a crash leaves is what was acknowledged, whether written or only in the journal', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(anyRequests, fc.integer({ min: 1, max: 20 }), async (requests, checkpointEvents) => {
        const path = pathOf(`run-${String(++run)}.db`);
        const store = openAt(path, { checkpointEvents });
        const model = openStore('memory:', NOW);
        for (const records of requests) {
          await take(store, records);
          await take(model, records);
          const crashed = openAt(crashCopy(path));
          expect(await stateOf(crashed)).toEqual(await stateOf(store));
          await crashed.close();
        }
        expect((await stateOf(store)) as { issues: unknown }).toMatchObject({ issues: await model.issues('', 100) });
        await store.close();
        const again = openAt(path);
        for (const records of requests) await take(again, records);
        const counters = await again.counters();
        const received = requests.flat().length;
        expect(counters.get('applied')).toBe(new Set(requests.flat().map(uidOf)).size);
        expect(counters.get('duplicate')).toBe(2 * received - (counters.get('applied') ?? 0));
        await again.close();
        expect((await checkStore(path)).problems).toEqual([]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('a crash in the middle of a checkpoint is one as any other', async () => {
    const store = openAt(pathOf(), { checkpointEvents: 1200 });
    const records = Array.from({ length: 1300 }, (_, n) =>
      issueLog('report', n % 90, { [ATTR_ISSUE_ID]: `issue-${String(n % 1250)}`, 'log.record.uid': `u${String(n)}` }),
    );
    await take(store, records);
    const crashes: string[] = [];
    const seen = new Set<number>();
    // Each write of ours joins a turn of the checkpoint, so between two of them lies one slice.
    for (let turn = 0; turn < 6; turn++) {
      await take(store, [
        issueLog('report', turn, { [ATTR_ISSUE_ID]: `issue-${String(turn)}`, 'log.record.uid': `t${String(turn)}` }),
      ]);
      seen.add(rowsIn(pathOf(), 'issue'));
      crashes.push(crashCopy());
    }
    expect(seen.size).toBeGreaterThan(2);
    const last = openAt(crashCopy(crashes.at(-1)));
    expect(await stateOf(last)).toEqual(await stateOf(store));
    for (const [turn, path] of crashes.entries()) {
      const crashed = openAt(path);
      expect((await crashed.counters()).get('applied')).toBe(1300 + turn + 1);
      for (let later = turn + 1; later < 6; later++) {
        await take(crashed, [
          issueLog('report', later, {
            [ATTR_ISSUE_ID]: `issue-${String(later)}`,
            'log.record.uid': `t${String(later)}`,
          }),
        ]);
      }
      expect(await crashed.issues('', 2000)).toEqual(await store.issues('', 2000));
    }
  }, 30_000);
});

describe('a checkpoint', () => {
  it('leaves an empty journal and the same state', async () => {
    const store = openAt(pathOf(), { checkpointEvents: 1_000_000 });
    await take(store, [issueLog('report', 1), issueLog('report', 4), issueLog('resolve', 9), issueLog('resolve', 8)]);
    const before = await stateOf(store);
    expect(rowsIn(pathOf(), 'journal')).toBe(1);
    await store.close();
    expect(rowsIn(pathOf(), 'journal')).toBe(0);
    expect(await stateOf(openAt())).toEqual(before);
  });
});

function uidOf({ attributes }: LogRecord): unknown {
  return attributes['log.record.uid'];
}
