import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { SCHEMA_VERSION } from '../../../src/translator/store/migrate.ts';
import { createTranslator } from '../../../src/translator/translator.ts';
import { issueLog, logBatch } from '../issue-batches.ts';
import { fillDisk } from './full-disk.ts';
import { NOW, openAt, pathOf, take } from './store-files.ts';

describe('the lock', () => {
  it('a second opener is refused in one line while the first has the store, and not after', async () => {
    const store = openAt();
    expect(() => openAt()).toThrow(
      `the store sqlite:${pathOf()} is in use by another process; only one translator may have it open`,
    );
    await store.close();
    await take(openAt(), [issueLog('report', 1)]);
  });

  it('a check reads beside it', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1)]);
    expect(await checkStore(pathOf())).toMatchObject({ problems: [], issues: 1, journalEvents: 1 });
  });
});

describe('the schema', () => {
  it('of a newer version is refused in a plain sentence, and the file stays as it is', async () => {
    await openAt().close();
    const database = new DatabaseSync(pathOf());
    database.exec('update store set schema_version = 99');
    database.close();
    expect(() => openAt()).toThrow(
      `${pathOf()} was written by a newer version of hiveloop: its schema is 99, this version reads up to ${String(SCHEMA_VERSION)}. Use that version, or another file.`,
    );
  });

  it('a database of another program is refused', () => {
    const database = new DatabaseSync(pathOf());
    database.exec('create table customers (name text)');
    database.close();
    expect(() => openAt()).toThrow(`${pathOf()} is a database of another program`);
  });

  it('twenty starters at once make it once', async () => {
    const script = `
      const { workerData, parentPort } = require('node:worker_threads');
      const { DatabaseSync } = require('node:sqlite');
      import(workerData.migrate).then(({ migrate }) => {
        const database = new DatabaseSync(workerData.path, { timeout: 20000 });
        migrate(database, workerData.path, 1n);
        database.close();
        parentPort.postMessage('done');
      });`;
    const migrate = new URL('../../../src/translator/store/migrate.ts', import.meta.url).href;
    const path = pathOf();
    const done = await Promise.all(
      Array.from(
        { length: 20 },
        () =>
          new Promise((resolve, reject) => {
            const worker = new Worker(script, { eval: true, workerData: { migrate, path } });
            worker.once('message', resolve);
            worker.once('error', reject);
          }),
      ),
    );
    expect(done).toEqual(Array.from({ length: 20 }, () => 'done'));
    await take(openAt(), [issueLog('report', 1)]);
    const database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare('select schema_version from store').all()).toEqual([{ schema_version: SCHEMA_VERSION }]);
    database.close();
  }, 60_000);
});

describe('damage', () => {
  it('a file that is no database is refused, and told what to do', () => {
    writeFileSync(pathOf(), 'this is no database, but it is long enough to be looked at as if it were one'.repeat(20));
    expect(() => openAt()).toThrow(`the store ${pathOf()} is damaged: stop, keep a copy, and restore a backup`);
  });

  it('flipped bytes of an issue are found by a check and never answered as truth', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1)]);
    await store.close();
    flip(pathOf(), 'permissions', 'permiSSions');
    const { problems } = await checkStore(pathOf());
    expect(problems.join('\n')).toContain('an issue does not match its checksum: the file is damaged');
    const damaged = openAt();
    await expect(damaged.issues('', 10)).rejects.toThrow('is damaged: stop, keep a copy, and restore a backup');
    await expect(take(damaged, [issueLog('report', 2)])).rejects.toThrow('is damaged');
    expect((await damaged.counters()).get('applied')).toBe(1);
  });

  it('a changed byte of what was told of an issue is found by a check and never answered as truth', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1)]);
    await store.close();
    const database = new DatabaseSync(pathOf());
    const { recent } = database.prepare('select recent from issue').get() ?? {};
    if (!(recent instanceof Uint8Array)) throw new Error('nothing was told');
    recent[1] = (recent[1] ?? 0) ^ 1;
    database.prepare('update issue set recent = ?').run(recent);
    database.close();
    const { problems } = await checkStore(pathOf());
    expect(problems.join('\n')).toContain('an issue does not match its checksum: the file is damaged');
    await expect(openAt().issues('', 10)).rejects.toThrow('is damaged: stop, keep a copy, and restore a backup');
  });

  it('flipped bytes of the journal stop the start', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1)]);
    const database = new DatabaseSync(pathOf());
    const { entry } = database.prepare('select entry from journal').get() ?? {};
    if (!(entry instanceof Uint8Array)) throw new Error('there is no journal');
    const copy = pathOf('damaged.db');
    database.exec('pragma wal_checkpoint(truncate)');
    writeFileSync(copy, readFileSync(pathOf()));
    database.close();
    flip(copy, 'permissions', 'permiSSions');
    expect(() => openAt(copy)).toThrow('does not match its checksum');
    expect((await checkStore(copy)).problems.join()).toContain('row 1 of the journal does not match its checksum');
  });
});

describe('a full disk', () => {
  it('acknowledges nothing, says so in its health, and goes on when there is space', async () => {
    const errors: string[] = [];
    const path = pathOf();
    const translator = await createTranslator({
      store: `sqlite:${path}`,
      now: () => NOW,
      onError: ({ message }) => errors.push(message),
    });
    expect(await translator.health()).toEqual({ alive: true, ready: true, reasons: [] });
    const release = fillDisk();
    const batch = logBatch(
      ...Array.from({ length: 2000 }, (_, n) => issueLog('report', n % 90, { 'log.record.uid': `u${String(n)}` })),
    );
    expect(await translator.receiver.logs(batch)).toMatchObject({ kind: 'retryable' });
    expect(errors.join()).toContain(`the disk of the store ${path} is full: free space, and it goes on by itself`);
    expect(await translator.counters()).toMatchObject({ received: 0, applied: 0 });
    expect(await translator.issues()).toEqual([]);
    release();
    expect(await translator.receiver.logs(batch)).toMatchObject({ kind: 'accepted' });
    expect(await translator.counters()).toMatchObject({ received: 2000, applied: 2000 });
    expect((await translator.health()).ready).toBe(true);
    await translator.close();
    expect((await checkStore(path)).problems).toEqual([]);
  });
});

function flip(path: string, from: string, to: string): void {
  const bytes = readFileSync(path);
  let at = bytes.indexOf(from);
  if (at === -1 || !existsSync(path)) throw new Error(`${from} is not in the file`);
  const file = openSync(path, 'r+');
  for (; at !== -1; at = bytes.indexOf(from, at + 1)) writeSync(file, to, at);
  closeSync(file);
}

it('requests that come while it closes, or have to wait for a checkpoint then, are taken; later ones are told that it is closed', async () => {
  const store = openAt(pathOf(), { checkpointEvents: 1 });
  const many = Array.from({ length: 2000 }, (_, index) => issueLog('report', 1, { 'log.record.uid': `u${index}` }));
  await take(store, many);
  const waiting = [2, 3, 4].map((second) => take(store, [issueLog('report', second)]));
  const closed = store.close();
  const late = take(store, [issueLog('report', 9)]);
  expect((await Promise.allSettled([...waiting, late])).map(({ status }) => status)).toEqual(
    [...waiting, late].map(() => 'fulfilled'),
  );
  await closed;
  await expect(take(store, [issueLog('report', 10)])).rejects.toThrow(/is closed$/);
  expect(Object.fromEntries((await openAt().counters()).entries())).toMatchObject({ received: 2004, applied: 2004 });
});

it('requests wait while what earlier ones changed is written, so that the journal does not grow with a backlog', async () => {
  const store = openAt(pathOf(), { checkpointEvents: 1 });
  const issues = Array.from({ length: 3000 }, (_, index) =>
    issueLog('report', 1, { 'log.record.uid': `u${index}`, 'hiveloop.issue.id': `issue-${index}` }),
  );
  await take(store, issues);
  await take(store, [issueLog('report', 2)]);
  const reader = new DatabaseSync(pathOf(), { readOnly: true });
  const journal = reader.prepare('select count(*) as rows from journal').get();
  reader.close();
  expect(journal).toMatchObject({ rows: 1 });
});
