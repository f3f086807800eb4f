import { metrics, type Attributes, type Counter, type Histogram } from '@opentelemetry/api';
import * as semconv from '../../src/semconv.ts';
import { SCOPE, SCOPE_VERSION } from './by-hand.ts';

/** The metrics of the run, as a user makes them once at the start. */
export interface Metrics {
  readonly taskDuration: Histogram;
  readonly toolDuration: Histogram;
  readonly llmDuration: Histogram;
  readonly tokenUsage: Histogram;
  readonly planSteps: Counter;
  readonly retries: Counter;
  readonly backoff: Counter;
  readonly escalations: Counter;
  readonly state: { running: number };
}

const AGENT: Attributes = { 'hiveloop.agent.id': 'lead-qualifier', 'hiveloop.agent.type': 'sales' };

export function openMetrics(): Metrics {
  const meter = metrics.getMeter(SCOPE, SCOPE_VERSION);
  const state = { running: 0 };
  const histogram = ({ name, unit, description, boundaries = [] }: semconv.MetricDefinition): Histogram =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...boundaries] } });
  const counter = ({ name, unit, description }: semconv.MetricDefinition): Counter =>
    meter.createCounter(name, { unit, description });
  const gauge = ({ name, unit, description }: semconv.MetricDefinition, read: () => number): void =>
    meter.createObservableGauge(name, { unit, description }).addCallback((result) => result.observe(read(), AGENT));
  gauge(semconv.METRIC_TASK_ACTIVE, () => state.running);
  gauge(semconv.METRIC_APPROVAL_PENDING, () => 0);
  gauge(semconv.METRIC_APPROVAL_OLDEST_AGE, () => 0);
  gauge(semconv.METRIC_STUCK_THRESHOLD, () => 300);
  return {
    taskDuration: histogram(semconv.METRIC_TASK_DURATION),
    toolDuration: histogram(semconv.METRIC_TOOL_DURATION),
    llmDuration: histogram(semconv.METRIC_LLM_DURATION),
    tokenUsage: histogram(semconv.METRIC_TOKEN_USAGE),
    planSteps: counter(semconv.METRIC_PLAN_STEPS),
    retries: counter(semconv.METRIC_RETRY_COUNT),
    backoff: counter(semconv.METRIC_RETRY_BACKOFF),
    escalations: counter(semconv.METRIC_ESCALATION_COUNT),
    state,
  };
}
