import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { takeEvent, agentOf, type IssueRecord } from '../../../src/lifecycle/issue.ts';
import { ToldList } from '../../../src/lifecycle/told-list.ts';
import { lifecycleLog } from '../../../src/translator/emit/lifecycle-log.ts';
import { describeTold } from '../../../src/translator/emit/lifecycle-span.ts';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { ATTR_ISSUE_ID } from '../../../src/semconv.ts';
import { checkStore } from '../../../src/translator/store/check-store.ts';
import { encodeRow } from '../../../src/translator/store/encoding.ts';
import { migration000001 } from '../../../src/translator/store/migrations/000001.ts';
import { issueLog, logBatch } from '../issue-batches.ts';
import { writeVersion4 } from './old-rows.ts';
import { crashCopy, NOW, openAt, pathOf, stateOf, take, WINDOW } from './store-files.ts';

const ID = '3b1f8c52-7f0e-4f7c-9f52-0f1b6a0a4f11';

/** A store as the first version left it: an open issue that recurred, its uids and counters, and telemetry that waits. */
function writeVersion1(path: string, remembers: 'nothing' | 'told'): IssueRecord {
  const { events } = takeLogs(logBatch(issueLog('report', 1), issueLog('report', 4)), {
    arrival: NOW,
    windowNanos: WINDOW,
  });
  const database = new DatabaseSync(path);
  database.exec('create table store (schema_version integer not null, id text not null, created_at text not null)');
  database.prepare('insert into store values (1, ?, ?)').run(ID, '1790000000000000000');
  migration000001.apply(database);
  let record: IssueRecord | undefined;
  const rememberUid = database.prepare('insert into event_uid values (?, ?, ?)');
  const enqueue = database.prepare('insert into outbox (signal, outgoing) values (?, ?)');
  for (const addressed of events) {
    const update = takeEvent(record, addressed, WINDOW);
    record = update.record;
    rememberUid.run(agentOf(addressed), addressed.event.uid, addressed.event.takenAt);
    if (record === undefined) throw new Error('the event was not taken');
    for (const told of update.told) {
      const [batch] = decodeLogs(encodeLogs([lifecycleLog(describeTold(record, told), told, NOW)]), 'protobuf');
      enqueue.run('logs', encodeRow({ signal: 'logs', batch }));
    }
  }
  if (record === undefined) throw new Error('there are no events');
  const { turns, severity, recurredAt, spanFrom, spanTo, waiting } = record.story;
  const recent = remembers === 'told' && { recent: [...record.story.recent] };
  const story = { turns, severity, recurredAt, spanFrom, spanTo, waiting, ...recent };
  database
    .prepare('insert into issue (key, active_group, is_open, due_at, record) values (?, ?, 1, null, ?)')
    .run(
      record.key,
      'group',
      encodeRow({ ...record, history: { ...record.history, tail: [...record.history.tail] }, story }),
    );
  const count = database.prepare('insert into counter values (?, ?)');
  count.run('received', 2);
  count.run('applied', 2);
  database.close();
  return remembers === 'told' ? record : { ...record, story: { ...record.story, recent: ToldList.EMPTY } };
}

/** The journal of a store as version 3 of the schema left it: its text and nothing else. */
function writeVersion3(path: string): void {
  const database = new DatabaseSync(path);
  const save = database.prepare('update journal set entry = ?, crc = ? where sequence = ?');
  for (const { sequence, entry } of database.prepare('select sequence, entry from journal').all()) {
    if (!(entry instanceof Uint8Array)) throw new Error('there is no journal');
    const text = entry.subarray(5);
    save.run(text, crc32(text, Number(sequence)), Number(sequence));
  }
  database.exec('update store set schema_version = 3');
  database.close();
}

it('a store of version 3 that crashed is migrated with what only its journal has', async () => {
  const store = openAt();
  const records = [issueLog('report', 1), issueLog('report', 4), issueLog('resolve', 9)];
  for (const record of records) await take(store, [record]);
  const crashed = crashCopy();
  writeVersion3(crashed);
  const migrated = openAt(crashed);
  expect(await stateOf(migrated)).toEqual(await stateOf(store));
  await take(migrated, records);
  expect((await migrated.counters()).get('duplicate')).toBe(3);
});

it('a store of version 4 is migrated: what was told of its issues is read as text, and is bytes once they change', async () => {
  const store = openAt();
  const quiet = { [ATTR_ISSUE_ID]: 'quiet' };
  await take(store, [issueLog('report', 1), issueLog('report', 4), issueLog('report', 5, quiet)]);
  await take(store, [issueLog('resolve', 9), issueLog('resolve', 9, quiet)]);
  const before = await stateOf(store);
  const issues = await store.issues('', 10);
  await store.close();
  writeVersion4(pathOf(), issues);

  const migrated = openAt();
  expect(await stateOf(migrated)).toEqual(before);
  await take(migrated, [issueLog('report', 12)]);
  const [changed, unchanged] = await Promise.all(issues.map(({ key }) => migrated.issue(key)));
  await migrated.close();
  expect(await checkStore(pathOf())).toMatchObject({ problems: [], schemaVersion: 5, issues: 2 });
  const again = openAt();
  expect(await Promise.all(issues.map(({ key }) => again.issue(key)))).toEqual([changed, unchanged]);
  const database = new DatabaseSync(pathOf(), { readOnly: true });
  const kinds = database.prepare('select typeof(recent) as kind from issue order by kind').all();
  database.close();
  expect(kinds.map(({ kind }) => kind)).toEqual(['blob', 'null']);
});

it('a store of version 1 is migrated whole: issues, uids, counters and what waits to be sent', async () => {
  const record = writeVersion1(pathOf(), 'nothing');
  const store = openAt();
  expect(store.identity).toEqual({ id: ID, createdAt: 1_790_000_000_000_000_000n });
  expect(await store.issues('', 10)).toEqual([record]);
  expect(await store.activeIssues()).toMatchObject([
    { severity: 'high', open: 1, oldestOpenedAt: record.history.head.openedAt },
  ]);
  expect(store.newestEventTime()).toBe(record.history.head.lastSeen);
  const logs = await store.nextOutgoing('logs', 10);
  expect(logs.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(logs.every(({ outgoing: { body } }) => Buffer.compare(body, encodeLogs([])) !== 0)).toBe(true);

  await take(store, [issueLog('report', 1), issueLog('report', 4), issueLog('resolve', 9)]);
  const counters = await store.counters();
  expect([counters.get('received'), counters.get('applied'), counters.get('duplicate')]).toEqual([5, 3, 2]);
  await store.close();
  expect(await checkStore(pathOf())).toMatchObject({ problems: [], schemaVersion: 5, issues: 1 });
});

it('a store of version 1 that remembers what it told is migrated with that', async () => {
  const record = writeVersion1(pathOf(), 'told');
  expect(record.story.recent).toHaveLength(2);
  expect(await openAt().issues('', 10)).toEqual([record]);
});
