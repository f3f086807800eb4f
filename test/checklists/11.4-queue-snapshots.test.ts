/*
 * HiveLoop manual, §11.4, read from what arrives over OTLP.
 *
 * | Box                            | Signal                        | Attribute and value                                     |
 * |--------------------------------|-------------------------------|---------------------------------------------------------|
 * | register `queue_provider`      | log event                     | `hiveloop.queue.snapshot` after each heartbeat          |
 * | wait one heartbeat cycle       | log event                     | `hiveloop.agent.heartbeat` (here each 0.2 s; default 30 s, shown with a fake clock) |
 * | queue badge ("Q:3")            | gauge                         | `hiveloop.queue.depth` = 3 for `hiveloop.agent.id`      |
 * | the Pipeline tab's items       | log event, category `pipeline` | `hiveloop.queue.items` (JSON), `hiveloop.queue.processing` |
 * | the count increases            | gauge and next log event      | `hiveloop.queue.depth` = 5                              |
 */
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { init } from '../../src/index.ts';
import { EVENT_AGENT_HEARTBEAT, EVENT_QUEUE_SNAPSHOT } from '../../src/semconv.ts';
import { openCollector, type Arrived, type Collector } from '../support/collector.ts';
import { lastValues } from '../support/metric-points.ts';
import { startService } from '../support/service.ts';
import { activityStream, eventsNamed } from '../support/story.ts';
import { textOf } from '../support/text.ts';

const AGENT = 'hiveloop.agent.id=my-agent hiveloop.agent.type=processor';
let collector: Collector;
let badgeBefore: Readonly<Record<string, number>>;
let ageBefore: Readonly<Record<string, number>>;
let badgeAfter: Readonly<Record<string, number>>;

function badge({ points }: Arrived): Readonly<Record<string, number>> {
  return lastValues(points, 'hiveloop.queue.depth');
}

beforeAll(async () => {
  collector = await openCollector();
  const { arrived } = collector;
  const service = startService('queue-service', collector);
  await collector.until('two heartbeats and a badge', () => {
    return eventsNamed(arrived, EVENT_AGENT_HEARTBEAT).length >= 2 && badge(arrived)[AGENT] !== undefined;
  });
  badgeBefore = badge(arrived);
  ageBefore = lastValues(arrived.points, 'hiveloop.queue.oldest_item_age');
  service.tell('add two');
  await service.says('added');
  await collector.until('the badge of the next heartbeat', () => badge(arrived)[AGENT] !== badgeBefore[AGENT]);
  badgeAfter = badge(arrived);
  service.tell('stop');
  await service.ended;
});

afterAll(() => collector.close());

describe('manual §11.4, queue snapshots', () => {
  test('register a queue provider: each heartbeat is followed by a snapshot', () => {
    const names = activityStream(collector.arrived, 'pipeline').map(({ eventName }) => eventName);

    expect(names.slice(0, 4)).toEqual([
      EVENT_AGENT_HEARTBEAT,
      EVENT_QUEUE_SNAPSHOT,
      EVENT_AGENT_HEARTBEAT,
      EVENT_QUEUE_SNAPSHOT,
    ]);
  });

  test('wait 30 seconds: that is one heartbeat cycle by default', async () => {
    vi.useFakeTimers();
    const exporter = new InMemoryLogRecordExporter();
    const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    const names = (): unknown => exporter.getFinishedLogRecords().map(({ eventName }) => eventName);
    const agent = init({ loggerProvider }).agent('patient', { queueProvider: () => ({ depth: 3 }) });
    try {
      await vi.advanceTimersByTimeAsync(29_999);
      expect(names()).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(names()).toEqual([EVENT_AGENT_HEARTBEAT, EVENT_QUEUE_SNAPSHOT]);
    } finally {
      agent.stop();
      vi.useRealTimers();
      await loggerProvider.shutdown();
    }
  });

  test('agent card: the queue badge appears', () => {
    expect(badgeBefore).toEqual({ [AGENT]: 3 });
    expect(ageBefore).toEqual({ [AGENT]: 120 });
  });

  test("pipeline tab: the queue's items and what is being processed are shown", () => {
    const [snapshot] = eventsNamed(collector.arrived, EVENT_QUEUE_SNAPSHOT);

    expect(snapshot?.body).toBe('Queue: 3 items, oldest 120s');
    expect(JSON.parse(textOf(snapshot?.attributes['hiveloop.queue.items']))).toEqual([
      {
        id: 'job-001',
        priority: 'high',
        source: 'human',
        summary: 'Review contract',
        queued_at: '2026-02-12T14:28:00Z',
      },
      {
        id: 'job-002',
        priority: 'normal',
        source: 'webhook',
        summary: 'Process CRM update',
        queued_at: '2026-02-12T14:28:00Z',
      },
      { id: 'job-003', priority: 'low', source: 'scheduled', summary: 'Clean up', queued_at: '2026-02-12T14:28:00Z' },
    ]);
    expect(JSON.parse(textOf(snapshot?.attributes['hiveloop.queue.processing']))).toEqual({
      id: 'job-000',
      summary: 'Sending email',
      started_at: '2026-02-12T14:28:00Z',
      elapsed_ms: 4500,
    });
  });

  test('items added to the queue raise the badge at the next heartbeat', () => {
    expect(badgeAfter).toEqual({ [AGENT]: 5 });
    const depths = eventsNamed(collector.arrived, EVENT_QUEUE_SNAPSHOT).map(
      ({ attributes }) => attributes['hiveloop.queue.depth'],
    );
    expect([...new Set(depths)]).toEqual([3, 5]);
  });
});
