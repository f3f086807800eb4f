import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import type { Origin } from '../otel/signals.ts';
import { redacted } from '../otel/settings.ts';
import { toNumber, toOptionalText, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { Core } from './core.ts';
import type { ObservedAgent } from './instruments.ts';
import type { Payload } from '../otel/payload.ts';
import type { QueueSnapshot } from './queue.ts';

/** Options of `hive.agent`. Asked for again, an agent takes the options given and keeps the others. */
export interface AgentOptions {
  /** What kind of agent it is. Default `general`. */
  readonly type?: string;
  /** Version of the agent's own code. Default: left out. */
  readonly version?: string;
  /** The framework it is written with. Default `custom`. */
  readonly framework?: string;
  /** Seconds between two heartbeats; the first comes after one interval. 0 or less: none. Default 30. */
  readonly heartbeatIntervalSeconds?: number;
  /** Seconds of silence, or of a task without progress, after which the agent counts as stuck. Default 300. */
  readonly stuckThresholdSeconds?: number;
  /** Data for each heartbeat; given 5 s, never asked twice at once. Default: none. */
  readonly heartbeatPayload?: () => Payload | undefined | Promise<Payload | undefined>;
  /** State of the work queue, asked for after each heartbeat; given 5 s, never asked twice at once. Default: none. Manual §6.3. */
  readonly queueProvider?: () => QueueSnapshot | undefined | Promise<QueueSnapshot | undefined>;
}

/** A task that runs, as heartbeats and gauges see it. */
export interface RunningTask {
  readonly id: string;
  readonly runId: string;
  readonly startedAt: number;
  readonly progressAt: number;
  readonly startedAtText: string;
  /** Wall time of a point of the monotonic clock, as the task's anchor has it. */
  timeText(at: number): string;
  pendingSince(): readonly number[];
}

export interface Abandonable {
  abandon(): void;
}

/** An agent: who it is, what runs, and what it said last about its queue and its issues. */
export class AgentState implements Origin, ObservedAgent {
  readonly core: Core;
  readonly id: string;
  readonly defaultCategory = 'pipeline' as const;
  /** Tasks that run, with what ends one that is left open at shutdown. */
  readonly running: Map<RunningTask, Abandonable> = new Map<RunningTask, Abandonable>();
  type = 'general';
  version: string | undefined;
  framework = 'custom';
  heartbeatIntervalSeconds = 30;
  stuckThresholdSeconds = 300;
  heartbeatPayload: AgentOptions['heartbeatPayload'];
  queueProvider: AgentOptions['queueProvider'];
  commonAttributes: RecordAttributes = {};
  metricAttributes: RecordAttributes = {};
  #commonEntries: readonly (readonly [string, AttributeValue])[] = [];
  /** The agent's name on spans. */
  displayName: string;
  /** What samplers see of a span, by operation: one object for all spans of the agent. */
  taskSpanAttributes: Attributes = {};
  toolSpanAttributes: Attributes = {};
  heartbeatTime: number | undefined;
  queueDepth: number | undefined;
  queueOldestAgeSeconds: number | undefined;
  isStopped = false;
  /** Ids of issues reported and not resolved here, for the reminder at the end (manual §12.2); at most 100. */
  readonly openIssueIds: Set<string> = new Set<string>();

  constructor(core: Core, id: string) {
    this.core = core;
    this.id = id;
    this.displayName = id;
    this.refresh();
    core.instruments.observe(this);
  }

  /** Takes the options that are given; one that cannot be read or has the wrong type keeps its value. */
  update(options: AgentOptions): void {
    const { idLength } = this.core.signals.settings.limits;
    this.type = toOptionalText(options.type, idLength) ?? this.type;
    this.version = toOptionalText(options.version, idLength) ?? this.version;
    this.framework = toOptionalText(options.framework, idLength) ?? this.framework;
    this.heartbeatIntervalSeconds = toNumber(options.heartbeatIntervalSeconds) ?? this.heartbeatIntervalSeconds;
    this.stuckThresholdSeconds = toNumber(options.stuckThresholdSeconds) ?? this.stuckThresholdSeconds;
    if (typeof options.heartbeatPayload === 'function') this.heartbeatPayload = options.heartbeatPayload;
    if (typeof options.queueProvider === 'function') this.queueProvider = options.queueProvider;
    this.refresh();
  }

  /** Computes what stands on every record, after the agent's options or those of `init` changed. */
  refresh(): void {
    const { environment, group, redact, limits } = this.core.signals.settings;
    const common: RecordAttributes = {};
    const add = (key: string, value: string | undefined): void => {
      const cleared = redacted(redact, value, key);
      if (cleared !== undefined) common[key] = toText(cleared, limits.idLength);
    };
    add(semconv.ATTR_AGENT_ID, this.id);
    add(semconv.ATTR_AGENT_TYPE, this.type);
    add(semconv.ATTR_ENVIRONMENT, environment);
    add(semconv.ATTR_GROUP, group);
    this.commonAttributes = common;
    this.#commonEntries = Object.entries(common);
    this.metricAttributes = {};
    for (const key of [semconv.ATTR_AGENT_ID, semconv.ATTR_AGENT_TYPE]) {
      if (common[key] !== undefined) this.metricAttributes[key] = common[key];
    }
    this.displayName = toText(common[semconv.ATTR_AGENT_ID] ?? '', limits.idLength);
    const name = { [semconv.ATTR_GEN_AI_AGENT_NAME]: this.displayName };
    this.taskSpanAttributes = { [semconv.ATTR_GEN_AI_OPERATION_NAME]: semconv.OPERATION_INVOKE_AGENT, ...name };
    this.toolSpanAttributes = { [semconv.ATTR_GEN_AI_OPERATION_NAME]: semconv.OPERATION_EXECUTE_TOOL, ...name };
  }

  /** Sets what every span of the agent carries besides its operation and name. */
  describeSpan(span: Span): void {
    for (const [key, value] of this.#commonEntries) span.setAttribute(key, value);
  }

  countTasks(): number {
    return this.running.size;
  }

  pendingApprovals(): readonly number[] {
    const pending: number[] = [];
    for (const task of this.running.keys()) pending.push(...task.pendingSince());
    return pending;
  }
}
