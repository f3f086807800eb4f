import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pointAttributes } from '../../collector/grafana/src/names/metric-labels.ts';
import { logs } from '../../collector/grafana/src/names/logql.ts';
import { labelName, prometheusName } from '../../collector/grafana/src/names/prometheus-name.ts';
import { series } from '../../collector/grafana/src/names/promql.ts';
import { init } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { allMetrics } from './semconv-names.ts';

describe('names', () => {
  test('a metric gets the name that Prometheus gives it', () => {
    expect(prometheusName(semconv.METRIC_TASK_DURATION)).toBe('gen_ai_invoke_agent_duration_seconds');
    expect(prometheusName(semconv.METRIC_LLM_COST)).toBe('hiveloop_llm_cost_total');
    expect(prometheusName(semconv.METRIC_RETRY_BACKOFF)).toBe('hiveloop_retry_backoff_seconds_total');
    expect(prometheusName(semconv.METRIC_QUEUE_DEPTH)).toBe('hiveloop_queue_depth');
    const gauge = { kind: 'gauge', description: '' } as const;
    expect(prometheusName({ ...gauge, name: 'queue.fill', unit: '1' })).toBe('queue_fill_ratio');
    expect(prometheusName({ ...gauge, name: 'a.seconds', unit: 's' })).toBe('a_seconds');
    expect(labelName('hiveloop.agent.stuck_threshold')).toBe('hiveloop_agent_stuck_threshold');
  });

  test('a unit whose word is not known is a mistake, not a guess', () => {
    expect(() => prometheusName({ name: 'a', unit: 'Cel', kind: 'gauge', description: '' })).toThrow('unit Cel');
  });

  test('a query for a label that the metric does not have cannot be written', () => {
    expect(() => series(semconv.METRIC_QUEUE_DEPTH, { [semconv.ATTR_TASK_ID]: '="x"' })).toThrow('has no label');
    expect(() => logs({ [semconv.ATTR_AGENT_ID]: '="x"' })).toThrow('no index label');
    expect(() => series(semconv.METRIC_TASK_DURATION)).toThrow('is a histogram');
  });

  test('every metric has its labels written down', () => {
    for (const metric of allMetrics()) expect(() => pointAttributes(metric)).not.toThrow();
  });
});

describe('labels of the instrumentation', () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
  const provider = new MeterProvider({ readers: [reader] });

  beforeAll(async () => {
    metrics.setGlobalMeterProvider(provider);
    const hive = init({ environment: 'test' });
    const agent = hive.agent('lead-qualifier', { type: 'sales', heartbeatIntervalSeconds: 0 });
    await agent.task('lead-1', { type: 'lead' }, async (task) => {
      task.planStep(0, 'started');
      task.retry('again', { attempt: 1, backoffSeconds: 2 });
      task.escalate('too hard', { assignedTo: 'sales' });
      task.requestApproval('may I', { approvalId: 'a' });
      task.approvalReceived('yes', { approvalId: 'a', approvedBy: 'b', decision: 'approved' });
      task.llmCall('turn', { model: 'm', tokensIn: 1, tokensOut: 1, cost: 1 });
      await agent.trackContext('search', () => Promise.reject(new TypeError('no'))).catch(() => undefined);
      agent.reportIssue({ summary: 'it broke', severity: 'high', category: 'other' });
      agent.queueSnapshot({ depth: 1, oldestAgeSeconds: 2 });
    });
    agent.stop();
    await reader.forceFlush();
  });
  afterAll(async () => {
    await provider.shutdown();
    metrics.disable();
  });

  test('no point carries another attribute than is written down for its metric', () => {
    const sent = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    expect(sent.length).toBeGreaterThan(15);
    for (const { descriptor, dataPoints } of sent) {
      const metric = allMetrics().find(({ name }) => name === descriptor.name);
      expect(metric, descriptor.name).toBeDefined();
      if (metric === undefined) continue;
      for (const { attributes } of dataPoints) {
        expect(pointAttributes(metric), descriptor.name).toEqual(expect.arrayContaining(Object.keys(attributes)));
      }
    }
  });
});
