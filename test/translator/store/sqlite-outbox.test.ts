import fc from 'fast-check';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DerivedSink } from '../../../src/translator/outbox/derived-sink.ts';
import { openOutbox } from '../../../src/translator/outbox/outbox.ts';
import type { Outgoing, OutgoingSignal, Store } from '../../../src/translator/store/store.ts';
import { ACCEPTED, AWAY } from '../recording-sink.ts';
import { NOW, openAt, pathOf } from './store-files.ts';

/** More than the outbox keeps in memory. */
const MANY = 2500;
const SIGNALS: readonly OutgoingSignal[] = ['logs', 'traces'];

afterEach(() => {
  vi.restoreAllMocks();
});

/** A row is known by its number, which is its body. */
function outgoing(signal: OutgoingSignal, number: number, bytes = 4): Outgoing {
  const body = Buffer.alloc(bytes);
  body.writeUInt32LE(number);
  return { signal, body, queuedAt: NOW };
}

function numbered(signal: OutgoingSignal, from: number, to: number): readonly Outgoing[] {
  return Array.from({ length: to - from + 1 }, (_, place) => outgoing(signal, from + place));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, place) => from + place);
}

async function enqueue(store: Store, rows: readonly Outgoing[]): Promise<void> {
  await store.commit({ events: [], keys: [] }, () => ({ records: [], outgoing: rows, counted: new Map() }));
}

async function waiting(store: Store, signal: OutgoingSignal, limit = 100_000): Promise<readonly number[]> {
  return (await store.nextOutgoing(signal, limit)).map(({ outgoing: { body } }) => Buffer.from(body).readUInt32LE());
}

/** The table itself, past the store. */
function inTable(signal: OutgoingSignal): readonly number[] {
  const database = new DatabaseSync(pathOf(), { readOnly: true });
  const rows = database.prepare('select body from outbox where signal = ? order by sequence').all(signal);
  database.close();
  return rows.map(({ body }) => (body instanceof Uint8Array ? Buffer.from(body).readUInt32LE() : -1));
}

/** Counts what the store reads from the table. */
function countReads(): { readonly reads: number } {
  const all: unknown = Reflect.get(DatabaseSync.prototype, 'prepare');
  if (typeof all !== 'function') throw new Error('the driver has changed');
  const counted = { reads: 0 };
  vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql: string) {
    const statement = Reflect.apply(all, this, [sql]) as ReturnType<DatabaseSync['prepare']>;
    if (!sql.startsWith('select sequence, signal, queued_at, body from outbox')) return statement;
    const read = statement.all.bind(statement) as (...values: unknown[]) => never[];
    statement.all = (...values: unknown[]) => {
      counted.reads++;
      return read(...values);
    };
    return statement;
  });
  return counted;
}

/** Commits fail while this is true. */
function failingCommits(): { isFailing: boolean } {
  const exec: unknown = Reflect.get(DatabaseSync.prototype, 'exec');
  if (typeof exec !== 'function') throw new Error('the driver has changed');
  const state = { isFailing: false };
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql: string) {
    if (sql === 'commit' && state.isFailing) throw new Error('disk I/O error');
    Reflect.apply(exec, this, [sql]);
  });
  return state;
}

/** A sink that takes bytes, and knows the rows in them again. */
class NumberSink implements DerivedSink {
  readonly got: Record<OutgoingSignal, number[]> = { logs: [], traces: [] };
  answer: (signal: OutgoingSignal, numbers: readonly number[]) => 'accepted' | 'away' | 'refused' = () => 'accepted';

  readonly logs = (): Promise<never> => Promise.reject(new Error('sent as bytes'));
  readonly traces = this.logs;
  readonly metrics = this.logs;

  encoded(signal: OutgoingSignal, body: Uint8Array): ReturnType<NonNullable<DerivedSink['encoded']>> {
    const bytes = Buffer.from(body);
    const numbers = Array.from({ length: bytes.length / 4 }, (_, place) => bytes.readUInt32LE(place * 4));
    const answer = this.answer(signal, numbers);
    if (answer === 'away') return Promise.resolve(AWAY);
    if (answer === 'refused') return Promise.resolve({ kind: 'refused', reason: 'too old' });
    this.got[signal].push(...numbers);
    return Promise.resolve(ACCEPTED);
  }
}

async function withSender(store: Store, act: (sink: NumberSink, flush: () => Promise<void>) => Promise<void>) {
  const sink = new NumberSink();
  const outbox = openOutbox({ store, sink, now: () => NOW, onError: () => undefined });
  try {
    await act(sink, () => outbox.flush());
  } finally {
    await outbox.close();
  }
}

describe('the outbox on disk', () => {
  it('reads what was just committed from memory, once it has seen the table empty', async () => {
    const counted = countReads();
    const store = openAt();
    expect(await waiting(store, 'logs', 10)).toEqual([]);
    await enqueue(store, numbered('logs', 1, 300));
    for (let sent = 0; sent < 300; sent += 100) {
      const rows = await store.nextOutgoing('logs', 100);
      expect(rows).toHaveLength(100);
      await store.acknowledge(rows);
    }
    expect(await waiting(store, 'logs', 10)).toEqual([]);
    expect(inTable('logs')).toEqual([]);
    expect(counted.reads).toBe(1);
  });

  it('sends what an earlier process left before what is new', async () => {
    const earlier = openAt();
    await enqueue(earlier, [...numbered('logs', 1, 300), ...numbered('traces', 1, 3)]);
    await earlier.close();
    const store = openAt();
    await enqueue(store, [...numbered('logs', 301, 310), ...numbered('traces', 4, 5)]);
    await withSender(store, async (sink, flush) => {
      await flush();
      await enqueue(store, numbered('logs', 311, 320));
      await flush();
      expect(sink.got).toEqual({ logs: range(1, 320), traces: range(1, 5) });
    });
    expect([inTable('logs'), inTable('traces')]).toEqual([[], []]);
  });

  it('sends all and each once, in order, when more piled up than memory keeps while the sink was away', async () => {
    const store = openAt();
    await withSender(store, async (sink, flush) => {
      await flush();
      sink.answer = () => 'away';
      for (let at = 0; at < MANY; at += 500) {
        await enqueue(store, [...numbered('logs', at + 1, at + 500), outgoing('traces', at)]);
        await flush();
      }
      expect(sink.got).toEqual({ logs: [], traces: [] });
      expect(inTable('logs')).toEqual(range(1, MANY));
      sink.answer = () => 'accepted';
      await flush();
      await enqueue(store, numbered('logs', MANY + 1, MANY + 10));
      await flush();
      expect(sink.got.logs).toEqual(range(1, MANY + 10));
      expect(inTable('logs')).toEqual([]);
    });
  });

  it('sends all when rows come while a batch is on its way', async () => {
    const store = openAt();
    await withSender(store, async (sink, flush) => {
      let number = 0;
      const more: Promise<void>[] = [];
      sink.answer = () => {
        if (number < MANY) more.push(enqueue(store, numbered('logs', number + 1, (number += 100))));
        return 'accepted';
      };
      await enqueue(store, numbered('logs', 1, (number += 10)));
      while (sink.got.logs.length < MANY) {
        await Promise.all(more);
        await flush();
      }
      expect(sink.got.logs).toEqual(range(1, number));
    });
  });

  it('sets aside a row in the middle of a batch, and the others arrive in order', async () => {
    const store = openAt();
    await withSender(store, async (sink, flush) => {
      await flush();
      sink.answer = (signal, numbers) => (signal === 'logs' && numbers.includes(77) ? 'refused' : 'accepted');
      await enqueue(store, [...numbered('logs', 1, 100), ...numbered('traces', 1, 100)]);
      await flush();
      await enqueue(store, numbered('logs', 101, 110));
      await flush();
      expect(sink.got).toEqual({ logs: range(1, 110).filter((number) => number !== 77), traces: range(1, 100) });
    });
    expect([inTable('logs'), inTable('traces')]).toEqual([[], []]);
  });

  it('sends no row whose commit failed, and no other twice', async () => {
    const commits = failingCommits();
    const store = openAt();
    await withSender(store, async (sink, flush) => {
      await flush();
      await enqueue(store, numbered('logs', 1, 10));
      commits.isFailing = true;
      await expect(enqueue(store, numbered('logs', 666, 670))).rejects.toThrow('disk I/O error');
      expect(await waiting(store, 'logs')).toEqual(range(1, 10));
      commits.isFailing = false;
      await enqueue(store, numbered('logs', 11, 20));
      await flush();
      expect(sink.got.logs).toEqual(range(1, 20));
    });
  });

  it('keeps what was sent when it cannot let go of it: the sink has it twice, and it is not lost', async () => {
    const commits = failingCommits();
    const store = openAt();
    await enqueue(store, numbered('logs', 1, 3));
    const rows = await store.nextOutgoing('logs', 10);
    commits.isFailing = true;
    await expect(store.acknowledge(rows)).rejects.toThrow('disk I/O error');
    commits.isFailing = false;
    expect(await waiting(store, 'logs')).toEqual([1, 2, 3]);
    await store.acknowledge(rows);
    expect(await waiting(store, 'logs')).toEqual([]);
    expect(inTable('logs')).toEqual([]);
  });

  it('lets go of exactly the rows that are named, also when others lie between them', async () => {
    const store = openAt();
    await enqueue(store, [...numbered('logs', 1, 3), ...numbered('traces', 1, 3), ...numbered('logs', 4, 6)]);
    const rows = await store.nextOutgoing('logs', 10);
    await store.acknowledge(rows.filter((_, place) => place % 2 === 1));
    expect(await waiting(store, 'logs')).toEqual([1, 3, 5]);
    await store.acknowledge(rows.slice(4));
    await store.acknowledge([]);
    expect(await waiting(store, 'logs')).toEqual([1, 3]);
    expect(inTable('logs')).toEqual([1, 3]);
    expect(inTable('traces')).toEqual([1, 2, 3]);
  });

  it('is the table, whatever happens and in whatever order', async () => {
    const signal = fc.constantFrom(...SIGNALS);
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('enqueue' as const), signal, count: fc.nat(8) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('enqueueLarge' as const), signal }) },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('send' as const), signal, limit: fc.integer({ min: 1, max: 6 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('park' as const), signal, place: fc.nat(3) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('ageOut' as const), signal, maxRows: fc.integer({ min: 0, max: 6 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('failedEnqueue' as const), signal }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeatedAcknowledge' as const), signal }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    );
    const commits = failingCommits();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const path = pathOf(`run-${String(++run)}.db`);
        let store = openAt(path);
        const table: Record<OutgoingSignal, number[]> = { logs: [], traces: [] };
        let number = 0;
        for (const what of steps) {
          switch (what.kind) {
            case 'enqueue': {
              const rows = Array.from({ length: what.count }, () => outgoing(what.signal, ++number));
              table[what.signal].push(...rows.map(({ body }) => Buffer.from(body).readUInt32LE()));
              await enqueue(store, rows);
              break;
            }
            case 'enqueueLarge':
              table[what.signal].push(++number);
              await enqueue(store, [outgoing(what.signal, number, 1_500_000)]);
              break;
            case 'send': {
              const rows = await store.nextOutgoing(what.signal, what.limit);
              const sent = table[what.signal].splice(0, what.limit);
              expect(rows.map(({ outgoing: { body } }) => Buffer.from(body).readUInt32LE())).toEqual(sent);
              await store.acknowledge(rows);
              break;
            }
            case 'park': {
              const row = (await store.nextOutgoing(what.signal, 10))[what.place];
              if (row === undefined) break;
              table[what.signal].splice(what.place, 1);
              await store.park(row, 'refused');
              break;
            }
            case 'ageOut': {
              const excess = Math.max(0, table[what.signal].length - what.maxRows);
              table[what.signal].splice(0, excess);
              expect(await store.ageOut(what.signal, { maxRows: what.maxRows, queuedBefore: 0n })).toBe(excess);
              break;
            }
            case 'failedEnqueue':
              commits.isFailing = true;
              await expect(enqueue(store, [outgoing(what.signal, 4_000_000_000)])).rejects.toThrow();
              commits.isFailing = false;
              break;
            case 'repeatedAcknowledge': {
              const rows = await store.nextOutgoing(what.signal, 2);
              table[what.signal].splice(0, 2);
              await Promise.all([store.acknowledge(rows), store.acknowledge(rows)]);
              await store.acknowledge(rows);
              break;
            }
            case 'restart':
              await store.close();
              store = openAt(path);
          }
        }
        for (const each of SIGNALS) expect(await waiting(store, each)).toEqual(table[each]);
        await store.close();
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
