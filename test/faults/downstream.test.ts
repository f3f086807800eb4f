/** The receiver of derived telemetry is in trouble: real HTTP, a real SQLite file, nothing in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_KEY,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
  ATTR_SIGNAL,
  METRIC_TRANSLATOR_OUTBOX_AGED_OUT,
  METRIC_TRANSLATOR_OUTBOX_PARKED,
  METRIC_TRANSLATOR_OUTBOX_ROWS,
  type MetricDefinition,
} from '../../src/semconv.ts';
import { encodeLogs } from '../../src/translator/otlp/encode.ts';
import type { LogRecord, Span } from '../../src/translator/otlp/model.ts';
import { openOtlpSink } from '../../src/translator/outbox/otlp-sink.ts';
import { openOutbox } from '../../src/translator/outbox/outbox.ts';
import { openStore } from '../../src/translator/store/open-store.ts';
import { createTranslator, type Translator, type TranslatorOptions } from '../../src/translator/translator.ts';
import { issueLog, logBatch, RESOURCE, SCOPE, SECOND, START } from '../translator/issue-batches.ts';
import { type Behaviour, FaultySink } from './support/faulty-sink.ts';

const TIMEOUT_MILLIS = 300;
const PATIENCE = { timeout: 10_000 };
/** Told of each issue of the load, in this order. */
const STORY = ['opened', 'recurred', 'resolved', 'reopened'] as const;

let folder = '';
let sink: FaultySink;
let opened: Translator[] = [];
let errors: string[] = [];
let clock = START;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-downstream-'));
  sink = await FaultySink.open();
  errors = [];
  clock = START + 100n * SECOND;
});

afterEach(async () => {
  await Promise.all(opened.map((translator) => translator.close()));
  opened = [];
  await sink.close();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<TranslatorOptions> = {}): Promise<Translator> {
  const translator = await createTranslator({
    store: `sqlite:${join(folder, 'hiveloop.db')}`,
    sink: openOtlpSink({ url: sink.url, timeoutMillis: TIMEOUT_MILLIS }),
    now: () => clock,
    onError: ({ message }) => errors.push(message),
    ...options,
  });
  opened.push(translator);
  return translator;
}

/** Four told transitions for each issue, in requests that hold a piece of every issue's story. */
async function load(translator: Translator, issues: number, name = 'issue'): Promise<void> {
  const kinds = ['report', 'report', 'resolve', 'report'] as const;
  for (const [second, kind] of kinds.entries()) {
    const records = Array.from({ length: issues }, (_, index) => {
      const id = `${name}-${String(index)}`;
      return issueLog(kind, second + 1, { [ATTR_ISSUE_ID]: id, [ATTR_LOG_RECORD_UID]: `${id}-${String(second)}` });
    });
    const receipt = await translator.receiver.logs(logBatch(...records));
    expect(receipt.kind).toBe('accepted');
  }
}

async function valueOf(translator: Translator, { name }: MetricDefinition, signal = 'logs'): Promise<number> {
  const metric = (await translator.metrics()).find((candidate) => candidate.name === name);
  return metric?.points.find(({ attributes }) => attributes[ATTR_SIGNAL] === signal)?.value ?? NaN;
}

/** Flushes until nothing waits, as time would. */
async function drain(translator: Translator): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    await translator.flush();
    const waiting = [
      await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_ROWS),
      await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_ROWS, 'traces'),
    ];
    if (waiting.every((rows) => rows === 0)) return;
  }
  throw new Error(`the outbox did not drain: ${errors.slice(-3).join('; ')}`);
}

/** The transitions of each issue in the order in which they first arrived. */
function storiesOf(logRecords: readonly LogRecord[]): ReadonlyMap<unknown, readonly unknown[]> {
  const seen = new Set<unknown>();
  const stories = new Map<unknown, unknown[]>();
  for (const { attributes } of logRecords) {
    if (seen.has(attributes[ATTR_LOG_RECORD_UID])) continue;
    seen.add(attributes[ATTR_LOG_RECORD_UID]);
    const key = attributes[ATTR_ISSUE_KEY];
    stories.set(key, [...(stories.get(key) ?? []), attributes[ATTR_ISSUE_TRANSITION]]);
  }
  return stories;
}

function expectEachStoryWhole(issues: number): void {
  const stories = storiesOf(sink.logRecords);
  expect(stories.size).toBe(issues);
  for (const story of stories.values()) expect(story).toEqual(STORY);
  // A transition is a span each, and the closing brings the episode's.
  expect(new Set(sink.spans.map(({ spanId }) => spanId)).size).toBe(issues * (STORY.length + 1));
}

function expectOneBodyPerId(): void {
  const bodies = new Map<unknown, string>();
  const check = (id: unknown, item: LogRecord | Span): void => {
    const body = JSON.stringify(item, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    expect(bodies.get(id) ?? body).toBe(body);
    bodies.set(id, body);
  };
  for (const record of sink.logRecords) check(record.attributes[ATTR_LOG_RECORD_UID], record);
  for (const span of sink.spans) check(`span ${span.spanId}`, span);
}

function parkedReasons(): readonly string[] {
  const database = new DatabaseSync(join(folder, 'hiveloop.db'), { readOnly: true });
  const rows = database.prepare('select reason from parked order by sequence').all();
  database.close();
  return rows.map(({ reason }) => String(reason));
}

const TROUBLE: readonly (readonly [string, Behaviour])[] = [
  ['answers 429', { kind: 'answer', status: 429, retryAfterSeconds: 1 }],
  ['answers 503', { kind: 'answer', status: 503, retryAfterSeconds: 1 }],
  ['answers 500', { kind: 'answer', status: 500 }],
  ['answers 401, as after a token was rotated', { kind: 'answer', status: 401 }],
  ['answers 404, as under a wrong path', { kind: 'answer', status: 404 }],
  ['hangs', { kind: 'hang' }],
  ['closes the connection', { kind: 'close' }],
  ['takes it and closes half-way', { kind: 'takeThenBreak' }],
];

describe('a receiver in trouble', () => {
  it.each(TROUBLE)(
    'that %s costs nothing: state untouched, all arrives in order when it is well',
    async (_, trouble) => {
      sink.behave = () => trouble;
      const translator = await open();
      await load(translator, 30);
      await translator.flush();
      expect((await translator.issues()).map(({ state, episode }) => [state, episode])).toEqual(
        Array.from({ length: 30 }, () => ['open', 2]),
      );
      expect(await translator.counters()).toMatchObject({ received: 120, applied: 120 });
      expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_ROWS)).toBe(120);

      sink.behave = () => ({ kind: 'take' });
      await drain(translator);
      expectEachStoryWhole(30);
      expectOneBodyPerId();
      expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_PARKED)).toBe(0);
    },
  );

  it('that says Retry-After is left alone for as long', async () => {
    sink.behave = ({ signal }) =>
      signal === 'logs' && sink.logAttempts.length === 1
        ? { kind: 'answer', status: 503, retryAfterSeconds: 1 }
        : { kind: 'take' };
    const translator = await open();
    await load(translator, 1);
    await vi.waitFor(() => expect(storiesOf(sink.logRecords).size).toBe(1), PATIENCE);
    const [first = 0, second = 0] = sink.logAttempts;
    expect(second - first).toBeGreaterThanOrEqual(990);
  });

  it('any mixture of troubles ends with every transition at the receiver, in order, under one body', async () => {
    const behaviours = fc.constantFrom<Behaviour>(
      ...TROUBLE.map(([, behaviour]) => behaviour).filter(({ kind }) => kind !== 'hang'),
      { kind: 'take' },
      { kind: 'take' },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(behaviours, { minLength: 1, maxLength: 40 }), async (plan) => {
        sink.logRecords.length = 0;
        sink.spans.length = 0;
        let request = 0;
        sink.behave = ({ signal }) => (signal === 'metrics' ? undefined : plan[request++]) ?? { kind: 'take' };
        const translator = await open({ store: `sqlite:${join(folder, `mix-${String(run++)}.db`)}` });
        await load(translator, 3);
        await drain(translator);
        expectEachStoryWhole(3);
        expectOneBodyPerId();
        await translator.close();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('a receiver that refuses', () => {
  it('one record among many gets all others, in order, and the one is parked with the reason, counted', async () => {
    const isBad = ({ attributes }: LogRecord): boolean =>
      attributes[ATTR_ISSUE_ID] === 'issue-17' && attributes[ATTR_ISSUE_TRANSITION] === 'resolved';
    sink.behave = ({ logRecords }) => (logRecords.some(isBad) ? { kind: 'answer', status: 400 } : { kind: 'take' });
    const translator = await open();
    await load(translator, 100);
    await drain(translator);

    const stories = [...storiesOf(sink.logRecords).values()];
    expect(stories.filter((story) => story.length === STORY.length)).toHaveLength(99);
    expect(stories.filter((story) => story.length < STORY.length)).toEqual([['opened', 'recurred', 'reopened']]);
    expect(parkedReasons()).toEqual([`${sink.url}/v1/logs answered 400: as told`]);
    expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_PARKED)).toBe(1);
    expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_PARKED, 'traces')).toBe(0);
    expect(errors.filter((message) => message.includes('set aside'))).toHaveLength(1);
  });

  it('everything does not stop the translator: all is parked and counted, and what comes later arrives', async () => {
    sink.behave = ({ signal }) => (signal === 'logs' ? { kind: 'answer', status: 400 } : { kind: 'take' });
    const translator = await open();
    await load(translator, 50, 'refused');
    await drain(translator);
    expect(sink.logRecords).toEqual([]);
    expect(parkedReasons()).toHaveLength(200);
    expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_PARKED)).toBe(200);
    expect((await translator.issues()).filter(({ state }) => state === 'open')).toHaveLength(50);

    sink.behave = () => ({ kind: 'take' });
    await load(translator, 5, 'later');
    await drain(translator);
    const stories = [...storiesOf(sink.logRecords).values()];
    expect(stories).toEqual(Array.from({ length: 5 }, () => STORY));
  });
});

describe('a receiver that is away for long', () => {
  it('gets, over a restart of both, every transition that waited', async () => {
    const { port } = sink;
    await sink.close();
    const first = await open();
    await load(first, 200);
    await first.close();
    sink = await FaultySink.open(port);
    await drain(await open());
    expectEachStoryWhole(200);
    expectOneBodyPerId();
    expect(sink.logRecords.at(-1)?.attributes[ATTR_ISSUE_EPISODE]).toBe(2);
  });

  it('costs the oldest telemetry beyond the limits, counted, and neither state nor metrics', async () => {
    sink.behave = () => ({ kind: 'answer', status: 503 });
    const translator = await open({ outbox: { maxRows: 1000, maxAgeMillis: 3_600_000 } });
    await load(translator, 100, 'old');
    clock += 7200n * SECOND;
    await translator.flush();
    await vi.waitFor(
      async () => expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_AGED_OUT)).toBe(400),
      PATIENCE,
    );

    await load(translator, 300, 'new');
    clock += 60n * SECOND;
    await translator.flush();
    await vi.waitFor(async () => expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_ROWS)).toBe(1000), PATIENCE);
    expect(await valueOf(translator, METRIC_TRANSLATOR_OUTBOX_AGED_OUT)).toBe(600);
    expect(errors.filter((message) => message.includes('derived logs waited for too long'))).toHaveLength(2);
    expect(await translator.issues()).toHaveLength(400);

    sink.behave = () => ({ kind: 'take' });
    await drain(translator);
    expect(sink.logRecords).toHaveLength(1000);
    const last = sink.logRecords.slice(-300).map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION]);
    expect(new Set(last)).toEqual(new Set(['reopened']));
  });

  it('costs disk and no memory, however much waits', async () => {
    const rows = 100_000;
    const store = openStore(`sqlite:${join(folder, 'backlog.db')}`, START);
    const bytes = await fill(store, rows);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const live = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return (heapUsed + arrayBuffers) / 2 ** 20;
    };
    const liveBefore = live();
    const rssBefore = process.memoryUsage.rss();
    let peakRss = rssBefore;
    const samples: number[] = [];
    sink.keeps = false;
    sink.onRequest(() => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
      if (sink.logAttempts.length % 30 === 0) samples.push(live());
    });
    let attempts = 0;
    sink.behave = () => (attempts++ < 3 ? { kind: 'answer', status: 503 } : { kind: 'take' });
    const outbox = openOutbox({
      store,
      sink: openOtlpSink({ url: sink.url }),
      now: () => START,
      onError: ({ message }) => errors.push(message),
    });
    while (sink.taken < rows) await outbox.flush();
    await outbox.close();
    await store.close();

    // The middle one: a collector that is behind for a moment says nothing about what is kept.
    const heapGrowth = (samples.sort((x, y) => x - y)[samples.length >> 1] ?? NaN) - liveBefore;
    const rssGrowth = (peakRss - rssBefore) / 2 ** 20;
    console.log(
      `backlog of ${String(rows)} rows, ${(bytes / 2 ** 20).toFixed(0)} MiB: RSS grew by ${rssGrowth.toFixed(0)} MiB ` +
        `at its peak, live memory by ${heapGrowth.toFixed(1)} MiB, client and receiver in one process`,
    );
    // Requests in flight of client and receiver are live too: −14 to 20 MiB were measured. A backlog in memory would be all of it.
    expect(heapGrowth).toBeLessThan(bytes / 2 ** 20 / 2);
    expect(rssGrowth).toBeLessThan(256); // 44 to 104 were measured: garbage that is not collected yet is part of it
  }, 120_000);
});

/** Rows of about a kilobyte, as a told transition is. */
async function fill(store: ReturnType<typeof openStore>, rows: number): Promise<number> {
  const record = issueLog('report', 1, { padding: 'x'.repeat(700) });
  const body = encodeLogs([{ resource: RESOURCE, scope: SCOPE, logRecords: [record] }]);
  const outgoing = Array.from({ length: 10_000 }, () => ({ signal: 'logs', body, queuedAt: START }) as const);
  for (let filled = 0; filled < rows; filled += outgoing.length) {
    await store.commit({ events: [], keys: [] }, () => ({ records: [], outgoing, counted: new Map() }));
  }
  return rows * body.length;
}
