import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TRANSITION,
  ATTR_RESULT,
  ATTR_SERVICE_INSTANCE_ID,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_EVENTS_RECEIVED,
  METRIC_TRANSLATOR_SNAPSHOT_TIME,
} from '../../../src/semconv.ts';
import { decideRequest } from '../../../src/translator/emit/decide.ts';
import { type MetricEmitter, openMetricEmitter } from '../../../src/translator/emit/metric-emitter.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';
import { RecordingSink } from '../recording-sink.ts';

const WINDOW = 900n * SECOND;
let store: Store;
let sink: RecordingSink;
let emitter: MetricEmitter;

beforeEach(() => {
  vi.useFakeTimers();
  store = openMemoryStore(START);
  sink = new RecordingSink();
  emitter = openMetricEmitter({
    store,
    sink,
    intervalMillis: 30_000,
    now: () => START + 50n * SECOND,
    onError: (error) => {
      throw error;
    },
  });
});

afterEach(async () => {
  await emitter.close();
  vi.useRealTimers();
});

async function take(...records: readonly ReturnType<typeof issueLog>[]): Promise<void> {
  const { events } = takeLogs(logBatch(...records), { arrival: START + 50n * SECOND, windowNanos: WINDOW });
  const request = { events, keys: [] };
  const counted = new Map([['received', records.length]]);
  await store.commit(request, decideRequest(request, { windowNanos: WINDOW, now: START, hasSink: false, counted }));
}

function values(name: string, label: string): readonly (readonly unknown[])[] {
  return (sink.metric(name)?.points ?? []).map(({ attributes, value, isEnd }) => [attributes[label], value, isEnd]);
}

describe('the derived metrics', () => {
  it('count open issues by agent, severity and category, under the store as instance', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_ACTIVE.name)).toMatchObject({
      kind: 'gauge',
      unit: '{issue}',
      points: [
        {
          value: 1,
          attributes: {
            [ATTR_AGENT_ID]: 'lead-qualifier',
            [ATTR_ISSUE_SEVERITY]: 'high',
            [ATTR_ISSUE_CATEGORY]: 'permissions',
          },
        },
      ],
    });
    const resources = (sink.metricBatches.at(-1) ?? []).map(({ resource }) => resource.attributes);
    expect(resources.map((attributes) => attributes[ATTR_SERVICE_INSTANCE_ID])).toEqual([
      store.identity.id,
      store.identity.id,
    ]);
  });

  it('say 0 when the issue is resolved', async () => {
    await take(issueLog('report', 1), issueLog('resolve', 2));
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([['high', 0, false]]);
  });

  it('end a series that no issue is in any more, after one 0', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    await take(issueLog('report', 2, { [ATTR_ISSUE_SEVERITY]: 'low' }));
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([
      ['low', 1, false],
      ['high', 0, false],
    ]);
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([
      ['low', 1, false],
      ['high', 0, true],
    ]);
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([['low', 1, false]]);
  });

  it('count transitions, occurrences and events since the store was made', async () => {
    await take(issueLog('report', 1), issueLog('report', 2), issueLog('report', 2), issueLog('resolve', 3));
    await emitter.emit();
    expect(values(METRIC_ISSUE_TRANSITIONS.name, ATTR_ISSUE_TRANSITION)).toEqual([
      ['opened', 1, false],
      ['recurred', 1, false],
      ['resolved', 1, false],
    ]);
    expect(sink.metric(METRIC_ISSUE_OCCURRENCES.name)?.points).toMatchObject([{ value: 2, startTimeUnixNano: START }]);
    expect(sink.metric(METRIC_TRANSLATOR_EVENTS_RECEIVED.name)?.points).toMatchObject([{ value: 4 }]);
    expect(values(METRIC_TRANSLATOR_EVENTS.name, ATTR_RESULT)).toEqual([
      ['applied', 3, false],
      ['duplicate', 1, false],
      ['straggler', 0, false],
      ['rejected', 0, false],
    ]);
  });

  it('never carry the same time twice, even when the clock stands still', async () => {
    await emitter.emit();
    await emitter.emit();
    const times = sink.metricBatches.map((batch) => batch[0]?.metrics[0]?.points[0]?.timeUnixNano ?? 0n);
    expect(new Set(times).size).toBe(2);
    expect(sink.metric(METRIC_TRANSLATOR_SNAPSHOT_TIME.name)?.points).toHaveLength(1);
  });

  it('go out at each interval, and within a second of a change', async () => {
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sink.metricBatches).toHaveLength(1);
    emitter.touch();
    emitter.touch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sink.metricBatches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(sink.metricBatches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sink.metricBatches).toHaveLength(3);
  });
});
