/** SQLite stores in a folder of their own, closed and removed after each test; and requests to fill them. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach } from 'vitest';
import { decideRequest } from '../../../src/translator/emit/decide.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { readWire } from '../../../src/translator/intake/read-wire.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import type { LogRecord } from '../../../src/translator/otlp/model.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../../src/translator/store/sqlite.ts';
import type { Store, WireRequest } from '../../../src/translator/store/store.ts';
import { logBatch, SECOND, START } from '../issue-batches.ts';

export const WINDOW = 900n * SECOND;
export const NOW: bigint = START + 100n * SECOND;

let folder = '';
let opened: Store[] = [];
let copies = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-store-'));
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
  rmSync(folder, { recursive: true });
});

export function pathOf(name = 'hiveloop.db'): string {
  return join(folder, name);
}

export function openAt(path: string = pathOf(), options: SqliteStoreOptions = {}): Store {
  const store = openSqliteStore(path, NOW, options);
  opened.push(store);
  return store;
}

/** The files of a store as a crash at this moment would leave them, under another name. */
export function crashCopy(path: string = pathOf()): string {
  const copy = pathOf(`crashed-${String(++copies)}.db`);
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  return copy;
}

/** One request, as the translator commits it. */
export function take(store: Store, records: readonly LogRecord[], now: bigint = NOW): Promise<void> {
  const { events } = takeLogs(logBatch(...records), { arrival: now, windowNanos: WINDOW });
  const request = { events, keys: [], now, windowNanos: WINDOW };
  const counted = new Map([['received', records.length]]);
  return store.commit(request, decideRequest(request, { windowNanos: WINDOW, now, hasSink: true, counted }));
}

/** The same request with what it was read from, as the HTTP edge hands it on. */
export function takeAsSent(store: Store, records: readonly LogRecord[], isGzip: boolean): Promise<void> {
  const plain = encodeLogs(logBatch(...records));
  const bytes = isGzip ? gzipSync(plain) : plain;
  const wire: WireRequest = {
    signal: 'logs',
    encoding: 'protobuf',
    isGzip,
    bytes,
    unpackedBytes: plain.byteLength,
    arrival: NOW,
  };
  const request = { events: readWire(wire, WINDOW), keys: [], now: NOW, windowNanos: WINDOW, wire };
  const counted = new Map([['received', records.length]]);
  return store.commit(request, decideRequest(request, { windowNanos: WINDOW, now: NOW, hasSink: true, counted }));
}

/** All that a store knows, for comparing two. */
export async function stateOf(store: Store): Promise<unknown> {
  const active = await store.activeIssues();
  return {
    issues: await store.issues('', 10_000),
    worst: await store.worstIssues(10_000),
    active: [...active].sort((a, b) =>
      JSON.stringify(a.agent) + a.severity < JSON.stringify(b.agent) + b.severity ? -1 : 1,
    ),
    counters: new Map([...(await store.counters())].sort()),
    logs: await store.nextOutgoing('logs', 10_000),
    traces: await store.nextOutgoing('traces', 10_000),
    due: await store.dueIssues(NOW + 2n * WINDOW, 10_000),
    newest: store.newestEventTime(),
  };
}
