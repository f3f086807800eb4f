import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTR_ISSUE_ID } from '../../../src/semconv.ts';
import type { LogRecord } from '../../../src/translator/otlp/model.ts';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { openStore } from '../../../src/translator/store/open-store.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { issueLog } from '../issue-batches.ts';
import { crashCopy, NOW, openAt, pathOf, stateOf, take, takeAsSent } from './store-files.ts';

function rowsIn(path: string, table: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const count = Number(database.prepare(`select count(*) as count from ${table}`).get()?.['count']);
  database.close();
  return count;
}

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function entriesIn(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare('select entry from journal order by sequence').all();
  database.close();
  return rows.map(({ entry }) => (entry instanceof Uint8Array ? Buffer.from(entry).toString('latin1') : ''));
}

const anyRecord = fc
  .record({ kind: fc.constantFrom('report' as const, 'resolve' as const), seconds: fc.nat(30), issue: fc.nat(4) })
  .map(({ kind, seconds, issue }) => issueLog(kind, seconds, { [ATTR_ISSUE_ID]: `issue-${String(issue)}` }));
/** As an embedder hands it over, or with the body that it came in. */
const anySending = fc.constantFrom<Sending>('decoded', 'plain', 'gzip');
const anyRequest = fc.record({ records: fc.array(anyRecord, { minLength: 1, maxLength: 6 }), sending: anySending });
const anyRequests = fc.array(anyRequest, { minLength: 1, maxLength: 12 });

type Sending = 'decoded' | 'plain' | 'gzip';

function send(store: Store, records: readonly LogRecord[], sending: Sending): Promise<void> {
  return sending === 'decoded' ? take(store, records) : takeAsSent(store, records, sending === 'gzip');
}

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
        for (const { records, sending } of requests) {
          await send(store, records, sending);
          await take(model, records);
          const crashed = openAt(crashCopy(path));
          expect(await stateOf(crashed)).toEqual(await stateOf(store));
          await crashed.close();
        }
        expect((await stateOf(store)) as { issues: unknown }).toMatchObject({ issues: await model.issues('', 100) });
        await store.close();
        const again = openAt(path);
        for (const { records, sending } of requests) await send(again, records, sending);
        const counters = await again.counters();
        const all = requests.flatMap(({ records }) => records);
        expect(counters.get('applied')).toBe(new Set(all.map(uidOf)).size);
        expect(counters.get('duplicate')).toBe(2 * all.length - (counters.get('applied') ?? 0));
        await again.close();
        expect((await checkStore(path)).problems).toEqual([]);
      }),
      { numRuns: 30 },
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

describe('the journal', () => {
  it('keeps a request as it was sent, and as its events when it is mostly something else', async () => {
    const store = openAt();
    await takeAsSent(store, [issueLog('report', 1)], false);
    const padded = issueLog('report', 2, { padding: 'x'.repeat(4000), 'log.record.uid': 'padded' });
    await takeAsSent(store, [padded], false);
    // A start unpacks it again, and must not take as long as all that was ever sent took.
    await takeAsSent(store, [issueLog('report', 3, { padding: 'x'.repeat(100_000) })], true);
    const entries = entriesIn(pathOf());
    expect(entries.map((entry) => entry.includes('"wire"'))).toEqual([true, false, false]);
    expect(entries[1]?.includes('xxxx')).toBe(false);
    expect(await stateOf(openAt(crashCopy()))).toEqual(await stateOf(store));
  });

  it('says so when another version would read a request that it keeps otherwise', async () => {
    const store = openAt();
    await takeAsSent(store, [issueLog('report', 1)], false);
    const path = crashCopy();
    const database = new DatabaseSync(path);
    const entry = Buffer.from(entriesIn(path)[0] ?? '', 'latin1');
    entry.write(entry.toString('latin1').replace(',1,[]]}', ',2,[]]}'), 'latin1');
    database.prepare('update journal set entry = ?, crc = ?').run(entry, crc32(entry, 1));
    expect(() => openAt(path)).toThrow('another version wrote it');
    entry[0] = 2;
    database.prepare('update journal set entry = ?, crc = ?').run(entry, crc32(entry, 1));
    database.close();
    expect(() => openAt(path)).toThrow('row 1 of the journal is unknown: another version wrote it');
  });
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

  it('that failed and is tried again forgets no uid of what came between', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1)]);
    execute(pathOf(), `create trigger full before insert on uid_block begin select raise(abort, 'full'); end`);
    // To forget uids begins with a checkpoint; there are none so old.
    await expect(store.forgetUids(0n)).rejects.toThrow('full');
    execute(pathOf(), 'drop trigger full');
    await take(store, [issueLog('report', 2)]);
    await store.forgetUids(0n);
    expect(rowsIn(pathOf(), 'journal')).toBe(0);
    const crashed = openAt(crashCopy());
    await take(crashed, [issueLog('report', 1), issueLog('report', 2)]);
    const counters = await crashed.counters();
    expect([counters.get('applied'), counters.get('duplicate')]).toEqual([2, 2]);
  });
});

function uidOf({ attributes }: LogRecord): unknown {
  return attributes['log.record.uid'];
}
