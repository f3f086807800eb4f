import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideRequest } from '../../../src/translator/emit/decide.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { openStore, type StoreUrl } from '../../../src/translator/store/open-store.ts';
import type { CommitRequest, Store } from '../../../src/translator/store/store.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';

const WINDOW = 900n * SECOND;
const NOW = START + 100n * SECOND;
const DAY = 86_400n * SECOND;

let folder = '';
let opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-store-'));
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
  rmSync(folder, { recursive: true });
});

function open(url: StoreUrl): Store {
  const store = openStore(url, NOW);
  opened.push(store);
  return store;
}

async function reopen(store: Store, url: StoreUrl): Promise<Store> {
  opened = opened.filter((other) => other !== store);
  await store.close();
  return open(url);
}

function sqliteUrl(): StoreUrl {
  return `sqlite:${join(folder, 'hiveloop.db')}`;
}

function requestOf(...records: readonly ReturnType<typeof issueLog>[]): CommitRequest {
  return { events: takeLogs(logBatch(...records), { arrival: NOW, windowNanos: WINDOW }).events, keys: [] };
}

async function take(store: Store, ...records: readonly ReturnType<typeof issueLog>[]): Promise<void> {
  const request = requestOf(...records);
  const options = { windowNanos: WINDOW, now: NOW, hasSink: true, counted: new Map([['received', records.length]]) };
  await store.commit(request, decideRequest(request, options));
}

async function stateOf(store: Store): Promise<unknown> {
  return {
    issues: await store.issues('', 10),
    active: await store.activeIssues(),
    counters: new Map([...(await store.counters())].sort()),
    logs: await store.nextOutgoing('logs', 10),
    traces: await store.nextOutgoing('traces', 10),
    due: await store.dueIssues(NOW + 2n * WINDOW, 10),
  };
}

describe.each(['memory', 'sqlite'])('a %s store', (engine) => {
  const url = (): StoreUrl => (engine === 'memory' ? 'memory:' : sqliteUrl());

  it('gives only events whose uid is new, also within one request', async () => {
    const store = open(url());
    await take(store, issueLog('report', 1), issueLog('report', 1));
    await take(store, issueLog('report', 1), issueLog('report', 2));
    const counters = await store.counters();
    expect([counters.get('received'), counters.get('applied'), counters.get('duplicate')]).toEqual([4, 2, 2]);
  });

  it('changes nothing when deciding fails', async () => {
    const store = open(url());
    await take(store, issueLog('report', 1));
    const before = await stateOf(store);
    const failing = store.commit(requestOf(issueLog('resolve', 2)), () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
    expect(await stateOf(store)).toEqual(before);
    await take(store, issueLog('resolve', 2));
    expect((await store.counters()).get('applied')).toBe(2);
  });

  it('keeps telemetry in order until it is acknowledged or set aside', async () => {
    const store = open(url());
    await take(store, issueLog('report', 1), issueLog('resolve', 2), issueLog('report', 3));
    const rows = await store.nextOutgoing('logs', 10);
    expect(rows.map(({ sequence }) => sequence)).toEqual(
      [...rows.map(({ sequence }) => sequence)].sort((a, b) => a - b),
    );
    const [first, second, third] = rows;
    if (first === undefined || second === undefined) throw new Error('rows are missing');
    await store.acknowledge([first]);
    await store.park(second, 'refused');
    expect(await store.nextOutgoing('logs', 10)).toEqual([third]);
    expect((await store.nextOutgoing('traces', 10)).length).toBe(3);
  });

  it('counts open issues by what labels a metric', async () => {
    const store = open(url());
    await take(store, issueLog('report', 1));
    expect(await store.activeIssues()).toMatchObject([{ severity: 'high', category: 'permissions', open: 1 }]);
    await take(store, issueLog('resolve', 2));
    expect(await store.activeIssues()).toMatchObject([{ open: 0 }]);
  });

  it('finds issues with a closer that waits for its report', async () => {
    const store = open(url());
    await take(store, issueLog('resolve', 2));
    expect(await store.dueIssues(NOW + WINDOW - 1n, 10)).toEqual([]);
    expect(await store.dueIssues(NOW + WINDOW, 10)).toHaveLength(1);
  });

  it('forgets uids of events taken before a time', async () => {
    const store = open(url());
    await take(store, issueLog('report', 1));
    await store.forgetUids(NOW);
    await take(store, issueLog('report', 1));
    expect((await store.counters()).get('duplicate')).toBe(1);
    await store.forgetUids(NOW + DAY);
    await take(store, issueLog('report', 1));
    expect((await store.counters()).get('duplicate')).toBe(1);
  });
});

describe('a sqlite store', () => {
  it('has everything after it was closed and opened again, its identity and dedup too', async () => {
    const store = open(sqliteUrl());
    await take(store, issueLog('report', 1), issueLog('report', 4), issueLog('resolve', 9), issueLog('resolve', 8));
    const before = await stateOf(store);
    const again = await reopen(store, sqliteUrl());
    expect(await stateOf(again)).toEqual(before);
    expect(again.identity).toEqual(store.identity);
    await take(again, issueLog('report', 4));
    expect((await again.counters()).get('duplicate')).toBe(1);
  });

  it('writes ahead and syncs in full', () => {
    open(sqliteUrl());
    const database = new DatabaseSync(join(folder, 'hiveloop.db'));
    expect(database.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    database.close();
  });

  it('undoes the uids of a request that failed in the middle of its transaction', async () => {
    const store = open(sqliteUrl());
    const record = { ...issueLog('report', 1) };
    const request = requestOf(record);
    // A count of no integer breaks a constraint after the issue and the outbox were written.
    const broken = store.commit(request, (fresh, records) => ({
      ...decideRequest(request, { windowNanos: WINDOW, now: NOW, hasSink: true, counted: new Map() })(fresh, records),
      counted: new Map([['received', NaN]]),
    }));
    await expect(broken).rejects.toThrow();
    expect(await store.issues('', 10)).toEqual([]);
    expect(await store.nextOutgoing('logs', 10)).toEqual([]);
    await take(store, record);
    expect((await store.counters()).get('applied')).toBe(1);
  });

  it('in a folder that does not exist is refused in one sentence', () => {
    expect(() => openStore(`sqlite:${join(folder, 'none', 'x.db')}`, NOW)).toThrow(/cannot be opened/);
  });
});

it('a store of no known kind is refused', () => {
  expect(() => openStore('redis:x' as StoreUrl, NOW)).toThrow(/memory: or sqlite:PATH/);
});
