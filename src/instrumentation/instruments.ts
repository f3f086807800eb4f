import { ticks, secondsBetween } from '../otel/clock.ts';
import type { Counter, DurationHistogram, Metrics, Observe } from '../otel/metrics.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';

/** What the gauges read of an agent while the SDK collects. */
export interface ObservedAgent {
  readonly metricAttributes: RecordAttributes;
  readonly stuckThresholdSeconds: number;
  /** Unix seconds; 0 after a stop, undefined before the first beat. */
  readonly heartbeatTime: number | undefined;
  readonly queueDepth: number | undefined;
  readonly queueOldestAgeSeconds: number | undefined;
  countTasks(): number;
  /** Start of each approval that waits, as a point of the monotonic clock. */
  pendingApprovals(): readonly number[];
}

const AGENT = { attribute: semconv.ATTR_AGENT_ID, factor: 10 } as const;
const AGENT_NAME = { attribute: semconv.ATTR_GEN_AI_AGENT_NAME, factor: 10, isCleared: true } as const;
const AGENT_TYPE = { attribute: semconv.ATTR_AGENT_TYPE } as const;
const OPERATION = { attribute: semconv.ATTR_GEN_AI_OPERATION_NAME } as const;
const TOOL = { attribute: semconv.ATTR_GEN_AI_TOOL_NAME, isCleared: true } as const;
const ERROR_TYPE = { attribute: semconv.ATTR_ERROR_TYPE, isCleared: true } as const;
const TASK_TYPE = { attribute: semconv.ATTR_TASK_TYPE, isCleared: true } as const;
const MODEL = { attribute: semconv.ATTR_GEN_AI_REQUEST_MODEL } as const;

/** Every metric of the instrumentation with its labels: the label budget of the design, in one table. */
export class Instruments {
  readonly taskDuration: DurationHistogram;
  readonly toolDuration: DurationHistogram;
  readonly llmDuration: DurationHistogram;
  readonly tokenUsage: DurationHistogram;
  readonly llmCost: Counter;
  readonly retries: Counter;
  readonly backoff: Counter;
  readonly escalations: Counter;
  readonly approvalWait: DurationHistogram;
  readonly planSteps: Counter;
  readonly issueReports: Counter;
  readonly #agents = new Set<ObservedAgent>();

  constructor(metrics: Metrics) {
    this.taskDuration = metrics.histogram(semconv.METRIC_TASK_DURATION, [
      AGENT,
      AGENT_NAME,
      TASK_TYPE,
      ERROR_TYPE,
      OPERATION,
    ]);
    this.toolDuration = metrics.histogram(semconv.METRIC_TOOL_DURATION, [
      AGENT,
      AGENT_NAME,
      TOOL,
      ERROR_TYPE,
      OPERATION,
    ]);
    this.llmDuration = metrics.histogram(semconv.METRIC_LLM_DURATION, [
      AGENT,
      AGENT_NAME,
      MODEL,
      ERROR_TYPE,
      OPERATION,
    ]);
    this.tokenUsage = metrics.histogram(semconv.METRIC_TOKEN_USAGE, [
      AGENT,
      AGENT_NAME,
      MODEL,
      { attribute: semconv.ATTR_GEN_AI_TOKEN_TYPE },
      OPERATION,
    ]);
    this.llmCost = metrics.counter(semconv.METRIC_LLM_COST, [AGENT, AGENT_TYPE, MODEL]);
    this.retries = metrics.counter(semconv.METRIC_RETRY_COUNT, [AGENT, AGENT_TYPE, TASK_TYPE]);
    this.backoff = metrics.counter(semconv.METRIC_RETRY_BACKOFF, [AGENT, AGENT_TYPE, TASK_TYPE]);
    this.escalations = metrics.counter(semconv.METRIC_ESCALATION_COUNT, [AGENT, AGENT_TYPE, TASK_TYPE]);
    this.approvalWait = metrics.histogram(semconv.METRIC_APPROVAL_WAIT, [
      AGENT,
      AGENT_TYPE,
      { attribute: semconv.ATTR_APPROVAL_DECISION },
    ]);
    this.planSteps = metrics.counter(semconv.METRIC_PLAN_STEPS, [
      AGENT,
      AGENT_TYPE,
      TASK_TYPE,
      { attribute: semconv.ATTR_OUTCOME },
    ]);
    this.issueReports = metrics.counter(semconv.METRIC_ISSUE_REPORTS, [
      AGENT,
      AGENT_TYPE,
      { attribute: semconv.ATTR_ISSUE_SEVERITY },
      { attribute: semconv.ATTR_ISSUE_CATEGORY },
    ]);
    this.#makeGauges(metrics);
  }

  /** Adds an agent to what the gauges read. */
  observe(agent: ObservedAgent): void {
    this.#agents.add(agent);
  }

  #makeGauges(metrics: Metrics): void {
    const gauge = (definition: semconv.MetricDefinition, read: (agent: ObservedAgent) => number | undefined): void =>
      metrics.gauge(definition, (observe) => this.#observeAgents(observe, read));
    gauge(semconv.METRIC_TASK_ACTIVE, (agent) => agent.countTasks());
    gauge(semconv.METRIC_APPROVAL_PENDING, (agent) => agent.pendingApprovals().length);
    gauge(semconv.METRIC_APPROVAL_OLDEST_AGE, (agent) => oldestAge(agent.pendingApprovals()));
    gauge(semconv.METRIC_QUEUE_DEPTH, (agent) => agent.queueDepth);
    gauge(semconv.METRIC_QUEUE_OLDEST_AGE, (agent) => agent.queueOldestAgeSeconds);
    gauge(semconv.METRIC_HEARTBEAT_TIME, (agent) => agent.heartbeatTime);
    gauge(semconv.METRIC_STUCK_THRESHOLD, (agent) => agent.stuckThresholdSeconds);
  }

  /** Stopped agents too: the SDK goes on sending the last value of a series that is left out, so its end must be told, as 0. */
  #observeAgents(observe: Observe, read: (agent: ObservedAgent) => number | undefined): void {
    for (const agent of this.#agents) {
      const value = read(agent);
      if (value !== undefined) observe(value, agent.metricAttributes);
    }
  }
}

function oldestAge(pendingSince: readonly number[]): number {
  return pendingSince.length === 0 ? 0 : secondsBetween(Math.min(...pendingSince), ticks());
}
