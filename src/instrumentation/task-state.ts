import type { Context, HrTime, Span } from '@opentelemetry/api';
import { rfc3339, ticks, timeOf, type Anchor } from '../otel/clock.ts';
import { activeContext, scopeIn, type ActiveScope } from '../otel/context.ts';
import type { KeptPayload } from '../otel/payload.ts';
import type { Carriers, StoryEvent, TaskOrigin } from '../otel/signals.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState, RunningTask } from './agent-state.ts';
import type { Core } from './core.ts';

/** An approval that was asked for and not answered. */
export interface PendingApproval {
  readonly id: string | undefined;
  readonly since: number;
}

/** The plan as it stands: the latest revision, and what became of its steps. */
export interface PlanState {
  readonly goal: string;
  /** The first 1 000. */
  readonly steps: readonly string[];
  /** As many as the plan has. */
  readonly total: number;
  readonly revision: number;
  readonly states: string[];
}

/** A scope that belongs to a task: the task itself, its actions and LLM calls. */
export interface TaskBound extends ActiveScope {
  readonly taskState: TaskState | undefined;
}

/** What a task remembers while it runs: the plan, the roll-ups that its span gets at the end, the approvals that wait. */
export class TaskState implements TaskOrigin, RunningTask {
  readonly agent: AgentState;
  readonly core: Core;
  readonly defaultCategory = 'task' as const;
  readonly id: string;
  readonly runId: string;
  readonly type: string | undefined;
  readonly conversationId: string | undefined;
  readonly span: Span;
  readonly context: Context;
  readonly anchor: Anchor;
  readonly startedAt: number;
  readonly project: string | undefined;
  readonly correlationId: string | undefined;
  progressAt: number;
  isEnded = false;
  plan: PlanState | undefined;
  payload: KeptPayload | undefined;
  retries = 0;
  backoffSeconds = 0;
  escalations = 0;
  approvals = 0;
  issues = 0;
  readonly pending: PendingApproval[] = [];
  #commonAttributes: RecordAttributes | undefined;

  constructor(agent: AgentState, fields: TaskFields) {
    this.agent = agent;
    this.core = agent.core;
    this.id = fields.id;
    this.runId = fields.runId;
    this.type = fields.type;
    this.conversationId = fields.conversationId;
    this.span = fields.span;
    this.context = fields.context;
    this.anchor = fields.anchor;
    this.startedAt = fields.startedAt;
    this.progressAt = fields.startedAt;
    this.project = fields.project;
    this.correlationId = fields.correlationId;
  }

  /**
   * Looks at the host's providers: whether it has no signal at all, so that an event of this task needs no more than to be
   * remembered. Asked first in each event.
   */
  get isSilent(): boolean {
    const { providers } = this.core.signals;
    providers.look();
    return providers.isSilent;
  }

  /** The attributes that stand on every log record of the task; made when the first one is emitted. */
  get commonAttributes(): RecordAttributes {
    return (this.#commonAttributes ??= taskAttributes(this.agent, this));
  }

  /** Notes progress, and says which signals would carry an event of this task now; `NOBODY`: do not build it. */
  carriers(): Carriers {
    this.progressAt = ticks();
    return this.core.signals.carriersFor(this);
  }

  /** Emits a narrative event of this task, at the time that `carriers()` noted. */
  emit(carriers: Carriers, event: StoryEvent): void {
    this.core.signals.recordTaskEvent(this, carriers, event, this.progressAt);
  }

  /** The active context inside this task, the task's own elsewhere. */
  currentContext(): Context {
    const active = activeContext();
    return (scopeIn(active) as TaskBound | undefined)?.taskState === this ? active : this.context;
  }

  get startedAtText(): string {
    return this.timeText(this.startedAt);
  }

  timeText(at: number): string {
    return rfc3339(this.timeOf(at));
  }

  timeOf(at: number): HrTime {
    return timeOf(at, this.anchor);
  }

  pendingSince(): readonly number[] {
    return this.pending.map((approval) => approval.since);
  }
}

/**
 * Who tells an agent-level event: the task that it is called in, so that its record says which task raised it, else the
 * agent. A task of another agent does not count: the event belongs to the agent that it was called on.
 */
export function originOf(agent: AgentState): AgentState | TaskState {
  const task = (scopeIn(activeContext()) as TaskBound | undefined)?.taskState;
  return task?.agent === agent && !task.isEnded ? task : agent;
}

export interface TaskFields extends TaskIdentity {
  readonly conversationId: string | undefined;
  readonly span: Span;
  readonly context: Context;
  readonly anchor: Anchor;
  readonly startedAt: number;
}

function taskAttributes(agent: AgentState, task: TaskIdentity): RecordAttributes {
  const attributes: RecordAttributes = { ...agent.commonAttributes };
  attributes[semconv.ATTR_TASK_ID] = task.id;
  attributes[semconv.ATTR_TASK_RUN_ID] = task.runId;
  if (task.type !== undefined) attributes[semconv.ATTR_TASK_TYPE] = task.type;
  if (task.project !== undefined) attributes[semconv.ATTR_PROJECT_ID] = task.project;
  if (task.correlationId !== undefined) attributes[semconv.ATTR_CORRELATION_ID] = task.correlationId;
  return attributes;
}

export interface TaskIdentity {
  readonly id: string;
  readonly runId: string;
  readonly type: string | undefined;
  readonly project: string | undefined;
  readonly correlationId: string | undefined;
}
