import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type StoreUrl } from '../../../src/translator/store/open-store.ts';
import { AGED_ROWS_PER_COMMIT, outboxCounter, type Outgoing, type Store } from '../../../src/translator/store/store.ts';
import { SECOND, START } from '../issue-batches.ts';

let folder = '';
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-outbox-rows-'));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function row(signal: Outgoing['signal'], second: number): Outgoing {
  return { signal, body: Uint8Array.of(second % 256, 0, 255), queuedAt: START + BigInt(second) * SECOND };
}

async function enqueue(...outgoing: readonly Outgoing[]): Promise<void> {
  await store.commit({ events: [], keys: [] }, () => ({ records: [], outgoing, counted: new Map() }));
}

async function countOf(name: string): Promise<number> {
  return (await store.counters()).get(name) ?? 0;
}

describe.each<[string, () => StoreUrl]>([
  ['memory', () => 'memory:'],
  ['SQLite', () => `sqlite:${join(folder, 'hiveloop.db')}`],
])('the outbox in %s', (_, url) => {
  beforeEach(() => {
    store = openStore(url(), START);
  });

  it('keeps bytes and times exactly, each signal in its order', async () => {
    await enqueue(row('logs', 1), row('traces', 2), row('logs', 3));
    const logs = await store.nextOutgoing('logs', 10);
    expect(logs.map(({ outgoing }) => ({ ...outgoing, body: [...outgoing.body] }))).toEqual([
      { signal: 'logs', body: [1, 0, 255], queuedAt: START + SECOND },
      { signal: 'logs', body: [3, 0, 255], queuedAt: START + 3n * SECOND },
    ]);
    expect(await store.nextOutgoing('logs', 1)).toEqual(logs.slice(0, 1));
    expect(await store.outboxDepth()).toEqual({
      logs: { rows: 2, oldestQueuedAt: START + SECOND },
      traces: { rows: 1, oldestQueuedAt: START + 2n * SECOND },
    });
  });

  it('counts what is parked, once', async () => {
    await enqueue(row('logs', 1), row('logs', 2));
    const [first] = await store.nextOutgoing('logs', 1);
    if (first === undefined) throw new Error('nothing waits');
    await store.park(first, 'too old');
    await store.park(first, 'too old');
    expect(await countOf(outboxCounter('parked', 'logs'))).toBe(1);
    expect((await store.outboxDepth()).logs.rows).toBe(1);
  });

  it('drops what is too old and what is too much, the oldest first, counted, and of one signal only', async () => {
    await enqueue(...Array.from({ length: 10 }, (_, second) => row('logs', second)), row('traces', 0));
    expect(await store.ageOut('logs', { maxRows: 8, queuedBefore: START + 4n * SECOND })).toBe(4);
    expect(await store.ageOut('logs', { maxRows: 8, queuedBefore: START + 4n * SECOND })).toBe(0);
    expect(await store.ageOut('logs', { maxRows: 1, queuedBefore: 0n })).toBe(5);
    expect(await store.outboxDepth()).toMatchObject({
      logs: { rows: 1, oldestQueuedAt: START + 9n * SECOND },
      traces: { rows: 1 },
    });
    expect(await countOf(outboxCounter('agedOut', 'logs'))).toBe(9);
    expect(await countOf(outboxCounter('agedOut', 'traces'))).toBe(0);
  });

  it('drops a bounded number at a time', async () => {
    await enqueue(...Array.from({ length: AGED_ROWS_PER_COMMIT + 5 }, () => row('logs', 1)));
    expect(await store.ageOut('logs', { maxRows: 0, queuedBefore: 0n })).toBe(AGED_ROWS_PER_COMMIT);
    expect(await store.ageOut('logs', { maxRows: 0, queuedBefore: 0n })).toBe(5);
  });

  it('remembers the series that are alive', async () => {
    await store.saveEmittedSeries({ started: ['a', 'b'], ended: [] });
    await store.saveEmittedSeries({ started: ['b', 'c'], ended: ['a'] });
    expect([...(await store.emittedSeries())].sort()).toEqual(['b', 'c']);
  });

  it('forgets a counter only at the value that was read', async () => {
    await store.count(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    );
    const read = await store.counters();
    await store.count(new Map([['b', 1]]));
    await store.forgetCounters(read);
    expect(await countOf('a')).toBe(0);
    expect(await countOf('b')).toBe(2);
  });
});
