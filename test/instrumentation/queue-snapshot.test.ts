import { expect, test } from 'vitest';
import type { QueueSnapshot } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host, textOf } from './host.ts';

const told = (host: Host): Readonly<Record<string, unknown>> => host.log(semconv.EVENT_QUEUE_SNAPSHOT).attributes;

test('a snapshot tells the depth, the oldest item and what is worked on, and sets the gauges', async () => {
  const host = openHost();
  host.agent('a1').queueSnapshot({
    depth: 2,
    oldestAgeSeconds: 90.5,
    items: [
      { id: 'q1', priority: 'high', source: 'webhook', summary: 'Lead', queuedAt: new Date(0) },
      { id: 'q2', queuedAt: '2026-01-01T00:00:00Z' },
    ],
    processing: { id: 'q0', summary: 'Now', startedAt: new Date(0), elapsedMs: 1500.7 },
  });

  expect(host.log(semconv.EVENT_QUEUE_SNAPSHOT).body).toBe('Queue: 2 items, oldest 91s');
  expect(told(host)).toMatchObject({ [semconv.ATTR_QUEUE_DEPTH]: 2, [semconv.ATTR_QUEUE_OLDEST_AGE]: 90.5 });
  expect(JSON.parse(textOf(told(host)[semconv.ATTR_QUEUE_ITEMS]))).toEqual([
    { id: 'q1', priority: 'high', source: 'webhook', summary: 'Lead', queued_at: '1970-01-01T00:00:00.000Z' },
    { id: 'q2', queued_at: '2026-01-01T00:00:00Z' },
  ]);
  expect(JSON.parse(textOf(told(host)[semconv.ATTR_QUEUE_PROCESSING]))).toEqual({
    id: 'q0',
    summary: 'Now',
    started_at: '1970-01-01T00:00:00.000Z',
    elapsed_ms: 1500,
  });
  expect((await host.points(semconv.METRIC_QUEUE_DEPTH))[0]?.value).toBe(2);
  expect((await host.points(semconv.METRIC_QUEUE_OLDEST_AGE))[0]?.value).toBe(90.5);
});

test('at most 10 items are told, the depth says how many there are', () => {
  const host = openHost();
  host.agent('a1').queueSnapshot({ depth: 25, items: Array.from({ length: 25 }, (_, index) => ({ id: `q${index}` })) });
  expect(JSON.parse(textOf(told(host)[semconv.ATTR_QUEUE_ITEMS]))).toHaveLength(10);
  expect(told(host)[semconv.ATTR_QUEUE_DEPTH]).toBe(25);
});

test('items that do not fit are left out whole: what is told is still JSON', () => {
  const host = openHost({ init: { limits: { idLength: 3000 } } });
  const item = { id: 'i'.repeat(3000), summary: '"'.repeat(500) };
  host.agent('a1').queueSnapshot({ depth: 10, items: Array.from({ length: 10 }, () => item) });
  const items = textOf(told(host)[semconv.ATTR_QUEUE_ITEMS]);
  expect(items.length).toBeLessThanOrEqual(16_384);
  expect((JSON.parse(items) as unknown[]).length).toBeGreaterThan(0);
});

test.each<readonly [string, unknown, unknown]>([
  ['a negative depth', { depth: -3 }, 0],
  ['a fraction', { depth: 2.7 }, 2],
  ['nothing to process', { depth: 1, processing: null, items: null }, 1],
  ['items that are no objects', { depth: 1, items: [null, 5, 'text'] }, 1],
])('%s is told as well as it can be', (_what, snapshot, depth) => {
  const host = openHost();
  host.agent('a1').queueSnapshot(snapshot as QueueSnapshot);
  expect(told(host)[semconv.ATTR_QUEUE_DEPTH]).toBe(depth);
});

test('a depth that is no number leaves the gauge as it was', async () => {
  const host = openHost();
  host.agent('a1').queueSnapshot({ depth: 5, oldestAgeSeconds: 7 });
  host.agent('a1').queueSnapshot({ depth: 'many' as never });
  expect((await host.points(semconv.METRIC_QUEUE_DEPTH))[0]?.value).toBe(5);
  expect(host.logsOf(semconv.EVENT_QUEUE_SNAPSHOT)[1]?.attributes).not.toHaveProperty(semconv.ATTR_QUEUE_DEPTH);
});

test('a queue that has drained has no oldest item any more: its age goes to 0, also where the snapshot leaves it out', async () => {
  const host = openHost();
  const agent = host.agent('a1');
  agent.queueSnapshot({ depth: 3, oldestAgeSeconds: 90 });
  expect(await host.points(semconv.METRIC_QUEUE_OLDEST_AGE)).toMatchObject([{ value: 90 }]);

  agent.queueSnapshot({ depth: 0 });
  expect(await host.points(semconv.METRIC_QUEUE_OLDEST_AGE)).toMatchObject([{ value: 0 }]);
  expect(host.logsOf(semconv.EVENT_QUEUE_SNAPSHOT)[1]?.attributes).not.toHaveProperty(semconv.ATTR_QUEUE_OLDEST_AGE);
});
