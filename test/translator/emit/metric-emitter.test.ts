import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TRANSITION,
  ATTR_RESULT,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_INSTANCE_ID,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_OLDEST_AGE,
  METRIC_ISSUE_OPENED_AT,
  METRIC_ISSUE_OPENED_AT_OMITTED,
  METRIC_ISSUE_TIME_TO_RESOLVE,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_EVENTS_RECEIVED,
  METRIC_TRANSLATOR_SNAPSHOT_TIME,
  METRIC_TRANSLATOR_STORE_CREATED,
} from '../../../src/semconv.ts';
import { decideRequest } from '../../../src/translator/emit/decide.ts';
import { type MetricEmitter, openMetricEmitter } from '../../../src/translator/emit/metric-emitter.ts';
import { prometheusText } from '../../../src/translator/emit/prometheus-text.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { openMemoryStore } from '../../../src/translator/store/memory.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';
import { RecordingSink } from '../recording-sink.ts';
import { parsePrometheusText } from './parse-prometheus-text.ts';

const WINDOW = 900n * SECOND;
let store: Store;
let sink: RecordingSink;
let emitter: MetricEmitter;
let errors: string[];
let clock = START;

beforeEach(() => {
  vi.useFakeTimers();
  store = openMemoryStore(START);
  sink = new RecordingSink();
  errors = [];
  clock = START + 50n * SECOND;
  emitter = openEmitter(store);
});

afterEach(async () => {
  await emitter.close();
  vi.useRealTimers();
});

function openEmitter(from: Store): MetricEmitter {
  return openMetricEmitter({
    store: from,
    sink,
    intervalMillis: 30_000,
    now: () => clock,
    onError: ({ message }) => errors.push(message),
  });
}

/** As after a stop of the process: what it held in memory is gone. */
async function restart(from: Store = store): Promise<void> {
  await emitter.close();
  clock += 30n * SECOND;
  emitter = openEmitter(from);
}

async function take(...records: readonly ReturnType<typeof issueLog>[]): Promise<void> {
  const { events } = takeLogs(logBatch(...records), { arrival: START + 50n * SECOND, windowNanos: WINDOW });
  const request = { events, keys: [] };
  const counted = new Map([['received', records.length]]);
  const { exemplars } = emitter;
  const options = { windowNanos: WINDOW, now: START, hasSink: false, counted, exemplars };
  await store.commit(request, decideRequest(request, options));
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
    const instances = sink.lastSnapshot.map(({ resource }) => resource.attributes[ATTR_SERVICE_INSTANCE_ID]);
    expect(instances).toEqual([store.identity.id, store.identity.id]);
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
    expect(sink.snapshotTimes).toHaveLength(2);
    expect(sink.metric(METRIC_TRANSLATOR_SNAPSHOT_TIME.name)?.points).toHaveLength(1);
  });

  it('go out at each interval, and within a second of a change', async () => {
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sink.snapshotTimes).toHaveLength(1);
    emitter.touch();
    emitter.touch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sink.snapshotTimes).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(sink.snapshotTimes).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sink.snapshotTimes).toHaveLength(3);
  });
});

describe('an open issue', () => {
  it('is named with the time at which it opened, the most severe first, the rest counted', async () => {
    const reports = Array.from({ length: 205 }, (_, index) =>
      issueLog('report', 1, {
        [ATTR_ISSUE_ID]: `issue-${String(index)}`,
        [ATTR_LOG_RECORD_UID]: `u${String(index)}`,
        [ATTR_ISSUE_SEVERITY]: index < 5 ? 'critical' : 'low',
      }),
    );
    await take(...reports);
    await emitter.emit();
    const points = sink.metric(METRIC_ISSUE_OPENED_AT.name)?.points ?? [];
    expect(points).toHaveLength(200);
    expect(points[0]).toMatchObject({ value: Number(START / SECOND) + 1, attributes: { [ATTR_ISSUE_ID]: 'issue-0' } });
    const severities = points.map(({ attributes }) => attributes[ATTR_ISSUE_SEVERITY]);
    expect(severities.filter((severity) => severity === 'critical')).toHaveLength(5);
    expect(sink.metric(METRIC_ISSUE_OPENED_AT_OMITTED.name)?.points).toMatchObject([{ value: 5 }]);
  });

  it('ages, by agent, and a closed one does not', async () => {
    await take(issueLog('report', 1), issueLog('report', 20, { [ATTR_ISSUE_ID]: 'other' }));
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_OLDEST_AGE.name)?.points).toMatchObject([{ value: 49 }]);
    await take(issueLog('resolve', 30));
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_OLDEST_AGE.name)?.points[0]?.value).toBeCloseTo(30, 2);
  });

  it('that is closed ends its series without a 0, which would be the year 1970', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    await take(issueLog('resolve', 2));
    await emitter.emit();
    expect(values(METRIC_ISSUE_OPENED_AT.name, ATTR_ISSUE_ID)).toEqual([['crm-403', 0, true]]);
    await emitter.emit();
    expect(values(METRIC_ISSUE_OPENED_AT.name, ATTR_ISSUE_ID)).toEqual([]);
  });
});

describe('the time to resolve', () => {
  it('is a histogram since the store was made, with the span that closed it as an example, once', async () => {
    await take(issueLog('report', 1), issueLog('resolve', 13), issueLog('report', 20), issueLog('resolve', 45));
    await emitter.emit();
    const [point] = sink.metric(METRIC_ISSUE_TIME_TO_RESOLVE.name)?.points ?? [];
    expect(point).toMatchObject({
      value: 37,
      startTimeUnixNano: START,
      attributes: { [ATTR_ISSUE_SEVERITY]: 'high', [ATTR_ISSUE_TRANSITION]: 'resolved' },
      exemplars: [{ value: 25, traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }],
    });
    expect(point?.distribution?.bucketCounts.slice(0, 3)).toEqual([0, 2, 0]);
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_TIME_TO_RESOLVE.name)?.points[0]?.exemplars).toBeUndefined();
  });

  it('keeps its example until an export arrives', async () => {
    await take(issueLog('report', 1));
    sink.answerMetrics = () => ({ kind: 'retryable', reason: 'away', retryAfterMillis: undefined });
    await emitter.emit();
    sink.answerMetrics = () => ({ kind: 'accepted' });
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_OCCURRENCES.name)?.points).toMatchObject([{ value: 1, exemplars: [{ value: 1 }] }]);
    expect(errors).toHaveLength(1);
  });
});

describe('over a restart', () => {
  it('counters go on from the same start, and the store says when that was', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    await restart();
    await take(issueLog('report', 2));
    await emitter.emit();
    expect(sink.metric(METRIC_ISSUE_OCCURRENCES.name)?.points).toMatchObject([{ value: 2, startTimeUnixNano: START }]);
    expect(sink.metric(METRIC_TRANSLATOR_STORE_CREATED.name)?.points).toMatchObject([
      { value: Number(START / SECOND) },
    ]);
  });

  it('a series whose issues went while nothing ran says 0 and ends', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    await take(issueLog('report', 2, { [ATTR_ISSUE_SEVERITY]: 'low' }));
    await restart();
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toContainEqual(['high', 0, false]);
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toContainEqual(['high', 0, true]);
    await restart();
    await emitter.emit();
    expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([['low', 1, false]]);
  });

  it('an end that did not arrive is sent again', async () => {
    await take(issueLog('report', 1));
    await emitter.emit();
    await take(issueLog('resolve', 2));
    sink.answerMetrics = () => ({ kind: 'retryable', reason: 'away', retryAfterMillis: undefined });
    await emitter.emit();
    await restart();
    sink.answerMetrics = () => ({ kind: 'accepted' });
    await emitter.emit();
    expect(values(METRIC_ISSUE_OPENED_AT.name, ATTR_ISSUE_ID)).toEqual([['crm-403', 0, true]]);
  });
});

it('an agent that has no issue left ends all its series, and its counters are forgotten', async () => {
  await take(issueLog('report', 1), issueLog('resolve', 2));
  await emitter.emit();
  const emptied = { ...store, activeIssues: () => Promise.resolve([]), worstOpenIssues: () => Promise.resolve([]) };
  await restart(emptied);
  await emitter.emit();
  expect(values(METRIC_ISSUE_TRANSITIONS.name, ATTR_ISSUE_TRANSITION)).toEqual([
    ['opened', 0, true],
    ['resolved', 0, true],
  ]);
  expect(sink.metric(METRIC_ISSUE_TIME_TO_RESOLVE.name)?.points).toMatchObject([{ isEnd: true }]);
  expect(values(METRIC_ISSUE_ACTIVE.name, ATTR_ISSUE_SEVERITY)).toEqual([['high', 0, false]]);
  await emitter.emit();
  expect(await store.emittedSeries()).toEqual([]);
  expect([...(await store.counters()).keys()].filter((name) => name.startsWith('{'))).toEqual([]);
});

it('counters that a full disk did not let it forget are no metrics any more, and are forgotten when there is room', async () => {
  await take(issueLog('report', 1), issueLog('resolve', 2));
  await emitter.emit();
  let isFull = true;
  const emptied: Store = {
    ...store,
    activeIssues: () => Promise.resolve([]),
    worstOpenIssues: () => Promise.resolve([]),
    forgetCounters: (gone) => (isFull ? Promise.reject(new Error('the disk is full')) : store.forgetCounters(gone)),
  };
  await restart(emptied);
  for (let snapshots = 0; snapshots < 3; snapshots++) {
    await emitter.emit();
    expect(new Set(values(METRIC_ISSUE_TRANSITIONS.name, ATTR_ISSUE_TRANSITION).map(([, , isEnd]) => isEnd))).toEqual(
      new Set([true]),
    );
    expect((await emitter.read()).map(({ name }) => name)).not.toContain(METRIC_ISSUE_TRANSITIONS.name);
  }
  expect(errors).toHaveLength(3);
  isFull = false;
  await emitter.emit();
  expect(await store.emittedSeries()).toEqual([]);
  expect([...(await store.counters()).keys()].filter((name) => name.startsWith('{'))).toEqual([]);
});

it('an agent that changes its type goes on with the same series', async () => {
  await take(issueLog('report', 1, { [ATTR_AGENT_TYPE]: 'sales' }));
  await take(issueLog('report', 2, { [ATTR_ISSUE_ID]: 'other', [ATTR_AGENT_TYPE]: 'lead' }));
  await emitter.emit();
  expect(sink.metric(METRIC_ISSUE_ACTIVE.name)?.points).toMatchObject([{ value: 2 }]);
  expect(sink.metric(METRIC_ISSUE_OCCURRENCES.name)?.points).toMatchObject([{ value: 2 }]);
});

it('what is read for a scrape is what is sent, with the service among the labels', async () => {
  await take(issueLog('report', 1));
  await emitter.emit();
  const read = await emitter.read();
  const sent = new Set(sink.lastSnapshot.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  expect(new Set(read.map(({ name }) => name))).toEqual(sent);
  const families = parsePrometheusText(prometheusText(read));
  expect(families.get('hiveloop_issue_active')).toMatchObject({
    type: 'gauge',
    samples: [
      {
        value: 1,
        labels: {
          deployment_environment_name: 'production',
          hiveloop_agent_id: 'lead-qualifier',
          hiveloop_issue_category: 'permissions',
          hiveloop_issue_severity: 'high',
          service_name: 'sales-agents',
        },
      },
    ],
  });
  expect(families.get('hiveloop_issue_opened_at_seconds')?.samples).toHaveLength(1);
  expect(families.get('hiveloop_translator_outbox_parked_total')?.samples).toHaveLength(2);
});
