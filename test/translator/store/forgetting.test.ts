import { describe, expect, it } from 'vitest';
import { TAIL_EVENTS_MAX } from '../../../src/lifecycle/history.ts';
import { ATTR_ISSUE_ID } from '../../../src/semconv.ts';
import { openStore } from '../../../src/translator/store/open-store.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { issueLog, SECOND } from '../issue-batches.ts';
import { crashCopy, NOW, openAt, pathOf, stateOf, take } from './store-files.ts';

const DAY = 86_400n * SECOND;

describe('law 5: uids', () => {
  it('are known over restarts and checkpoints, on every day of the horizon', async () => {
    for (let day = 0; day < 9; day++) {
      const store = openAt(pathOf(), { checkpointEvents: 1 });
      const records = Array.from({ length: 50 }, (_, n) =>
        issueLog('report', n, { 'log.record.uid': `d${String(day)}-${String(n)}` }),
      );
      await take(store, records, NOW + BigInt(day) * DAY);
      await store.close();
    }
    const store = openAt();
    const again = Array.from({ length: 9 * 50 }, (_, n) =>
      issueLog('report', n % 50, { 'log.record.uid': `d${String(Math.floor(n / 50))}-${String(n % 50)}` }),
    );
    await take(store, again, NOW + 9n * DAY);
    expect((await store.counters()).get('duplicate')).toBe(450);
  });

  it('are forgotten by the day, and only whole days', async () => {
    const store = openAt();
    await take(store, [issueLog('report', 1, { 'log.record.uid': 'old' })]);
    await store.forgetUids(NOW + 3600n * SECOND);
    await take(store, [issueLog('report', 1, { 'log.record.uid': 'old' })]);
    expect((await store.counters()).get('duplicate')).toBe(1);
    await store.forgetUids(NOW + DAY);
    await take(store, [issueLog('report', 1, { 'log.record.uid': 'old' })], NOW + 2n * DAY);
    expect((await store.counters()).get('duplicate')).toBe(1);
  });

  it('beyond the cap drop whole days, the oldest first, and it is counted', async () => {
    const store = openAt(pathOf(), { checkpointEvents: 1_000_000, uidsMax: 15 });
    for (let day = 0n; day < 3n; day++) {
      const records = Array.from({ length: 10 }, (_, n) =>
        issueLog('report', n, { 'log.record.uid': `${String(day)}-${String(n)}` }),
      );
      await take(store, records, NOW + day * DAY);
      await store.forgetUids(0n); // writes what is in memory
    }
    await store.forgetUids(0n);
    expect((await store.counters()).get('uidDaysDropped')).toBe(2);
    await take(store, [issueLog('report', 1, { 'log.record.uid': '2-1' })], NOW + 2n * DAY);
    expect((await store.counters()).get('duplicate')).toBe(1);
    await take(store, [issueLog('report', 1, { 'log.record.uid': '0-1' })], NOW + 2n * DAY);
    expect((await store.counters()).get('duplicate')).toBe(1);
  });
});

describe.each(['memory', 'sqlite'])('retention in a %s store', (engine) => {
  const open = (): Store => (engine === 'memory' ? openStore('memory:', NOW) : openAt());
  const issue = (id: string): Record<string, string> => ({ [ATTR_ISSUE_ID]: id, 'log.record.uid': '' });

  it('forgets closed issues and such as have only closers, by when they were last heard of, and never an open one', async () => {
    const store = open();
    const uid = (id: string, n: number): Record<string, string> => ({
      ...issue(id),
      'log.record.uid': `${id}-${String(n)}`,
    });
    await take(store, [issueLog('report', 1, uid('closed', 1)), issueLog('resolve', 2, uid('closed', 2))]);
    await take(store, [issueLog('report', 1, uid('open', 1)), issueLog('resolve', 2, uid('only-closers', 1))]);
    await store.forgetUids(0n);
    const later = NOW + 5n * DAY;
    await take(store, [issueLog('report', 3, uid('young', 1)), issueLog('resolve', 4, uid('young', 2))], later);
    const ids = async (): Promise<readonly string[]> =>
      (await store.issues('', 10)).map(({ identity }) => identity.issueId).sort();

    expect(await store.forgetIssues({ closedBefore: NOW, unseenBefore: NOW, limit: 10 })).toBe(0);
    expect(await store.forgetIssues({ closedBefore: NOW, unseenBefore: NOW + DAY, limit: 10 })).toBe(1);
    expect(await ids()).toEqual(['closed', 'open', 'young']);
    expect(await store.forgetIssues({ closedBefore: NOW + DAY, unseenBefore: NOW + DAY, limit: 10 })).toBe(1);
    expect(await ids()).toEqual(['open', 'young']);
    expect((await store.activeIssues()).reduce((sum, { open: count }) => sum + count, 0)).toBe(1);
    await store.close();
  });
});

it('an issue that is heard of again in the turn that would forget it stays, also after a crash', async () => {
  const store = openAt();
  await take(store, [issueLog('report', 1), issueLog('resolve', 2)]);
  await store.forgetUids(0n);
  const later = NOW + 5n * DAY;
  const limits = { closedBefore: NOW + DAY, unseenBefore: NOW + DAY, limit: 10 };
  const report = issueLog('report', 3, { 'log.record.uid': 'later' });
  const [forgotten] = await Promise.all([store.forgetIssues(limits), take(store, [report], later)]);
  expect(forgotten).toBe(0);
  expect(await store.issues('', 10)).toMatchObject([{ history: { head: { status: 'open', episode: 2 } } }]);
  expect(await store.activeIssues()).toMatchObject([{ open: 1 }]);
  expect(await stateOf(openAt(crashCopy()))).toEqual(await stateOf(store));
});

it('a counter that counts in the turn that would forget it counts on', async () => {
  const store = openAt();
  await store.count(new Map([['series', 2]]));
  const counted = store.commit({ events: [], keys: [] }, () => ({
    records: [],
    outgoing: [],
    counted: new Map([['series', 1]]),
  }));
  await Promise.all([store.forgetCounters(new Map([['series', 2]])), counted]);
  expect((await store.counters()).get('series')).toBe(3);
  expect(await stateOf(openAt(crashCopy()))).toEqual(await stateOf(store));
  await store.forgetCounters(new Map([['series', 3]]));
  expect((await store.counters()).has('series')).toBe(false);
});

it('an issue with a full tail keeps its size and its state over restarts, however many reports come', async () => {
  const count = 6000;
  let store = openAt(pathOf(), { checkpointEvents: 500 });
  for (let from = 0; from < count; from += 500) {
    const records = Array.from({ length: 500 }, (_, n) => ({
      ...issueLog('report', 1, { 'log.record.uid': `u${String(from + n)}` }),
      timeUnixNano: NOW - 60n * SECOND + BigInt(from + n) * 1_000_000n,
    }));
    await take(store, records);
  }
  const before = await stateOf(store);
  await store.close();
  store = openAt();
  expect(await stateOf(store)).toEqual(before);
  const [record] = await store.issues('', 10);
  expect(record?.history.tail).toHaveLength(TAIL_EVENTS_MAX);
  expect(record?.history.head.reports).toBe(count);
  expect((await store.counters()).get('windowShortened')).toBe(count - TAIL_EVENTS_MAX);
});
