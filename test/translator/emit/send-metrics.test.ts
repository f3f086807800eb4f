import { expect, it } from 'vitest';
import { sendMetrics } from '../../../src/translator/emit/send-metrics.ts';
import type { MetricData, ScopeMetricData } from '../../../src/translator/otlp/model.ts';
import { ACCEPTED, AWAY, RecordingSink } from '../recording-sink.ts';
import { SCOPE } from '../issue-batches.ts';

function metric(name: string, points = 1): MetricData {
  const point = { attributes: {}, timeUnixNano: 1n, startTimeUnixNano: 0n, value: 1, isEnd: false };
  return { name, unit: '', description: '', kind: 'gauge', points: Array.from({ length: points }, () => point) };
}

function scope(service: string, ...metrics: readonly MetricData[]): ScopeMetricData {
  return { resource: { attributes: { service } }, scope: SCOPE, metrics };
}

const namesIn = (sink: RecordingSink): readonly string[] =>
  sink.metricBatches.flat().flatMap(({ metrics }) => metrics.map(({ name }) => name));

it('a request that is refused costs only the metric that is wrong', async () => {
  const sink = new RecordingSink();
  sink.answerMetrics = (batch) =>
    batch.some(({ metrics }) => metrics.some(({ name }) => name === 'bad'))
      ? { kind: 'refused', reason: 'too old' }
      : ACCEPTED;
  const scopes = [
    scope('a', metric('one')),
    scope('b', metric('two'), metric('bad'), metric('three')),
    scope('c', metric('four')),
  ];
  await expect(sendMetrics(sink, scopes)).rejects.toThrow(/the next snapshot repeats them: too old$/);
  expect(namesIn(sink)).toEqual(['one', 'two', 'three', 'four']);
});

it('requests are bounded', async () => {
  const sink = new RecordingSink();
  await sendMetrics(
    sink,
    Array.from({ length: 2500 }, (_, index) => scope(`s${String(index)}`, metric('m'))),
  );
  expect(sink.metricBatches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
});

it('a receiver that is away is said, and points that it rejects are', async () => {
  const sink = new RecordingSink();
  sink.answerMetrics = () => AWAY;
  await expect(sendMetrics(sink, [scope('a', metric('m'))])).rejects.toThrow(/: away$/);
  sink.answerMetrics = () => ({ kind: 'accepted', rejected: 1, reason: 'delta' });
  await expect(sendMetrics(sink, [scope('a', metric('m'))])).rejects.toThrow(/: 1 points rejected: delta$/);
});
