import { SpanKind, type Span } from '@opentelemetry/api';
import { freshAnchor, ticks } from '../otel/clock.ts';
import { activeContext, spanIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import type { Failure } from '../otel/failure.ts';
import { attempt, guard, readable } from '../otel/guard.ts';
import { KeptPayload, type Payload } from '../otel/payload.ts';
import { toOptionalText } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import { openTool, runUnderScope, trackTool } from './action.ts';
import type { AgentState } from './agent-state.ts';
import {
  recordApproval,
  recordApprovalRequest,
  type ApprovalReceivedOptions,
  type RequestApprovalOptions,
} from './approval.ts';
import { recordCustomEvent, type EventOptions } from './custom-event.ts';
import { forgiveDetached } from './detached.ts';
import { recordEscalation, type EscalateOptions } from './escalation.ts';
import type { Action, ActionOptions, Agent, LlmHandle, Task, TaskOptions } from './handles.ts';
import type { LlmCall, LlmCallOptions } from './llm-call.ts';
import { recordLlmCall, trackLlm } from './llm-scope.ts';
import { NO_TASK } from './nothing.ts';
import { recordPlan, recordPlanStep, type PlanOptions, type PlanStepAction, type PlanStepOptions } from './plan.ts';
import { recordRetry, type RetryOptions } from './retry.ts';
import { rollUps } from './roll-ups.ts';
import {
  failureAttributes,
  isSilentNow,
  Scope,
  NO_SPAN,
  sayEndedTwice,
  silentSpan,
  startSpan,
  type ScopeStart,
} from './scope.ts';
import { readTaskIdentity, taskLinks, type TaskStart } from './task-identity.ts';
import { TaskState } from './task-state.ts';
import { withoutContent } from './tool-payload.ts';

const STATUS_SUCCESS = 'success';
const STATUS_FAILURE = 'failure';
const STATUS_ABANDONED = 'abandoned';

/** A task: the root span, the plan and roll-ups that it carries at its end, and the door to all that happens inside it. */
export class TaskScope extends Scope implements Task {
  static {
    forgiveDetached(this.prototype, NO_TASK, 'task');
  }

  declare readonly id: string;
  declare readonly runId: string;
  declare readonly taskState: TaskState;
  #status: string | undefined;
  #runError: { readonly error: unknown } | undefined;

  constructor(start: ScopeStart, span: Span, identity: TaskStart) {
    super(start, span, undefined);
    this.id = identity.id;
    this.runId = identity.runId;
    this.taskState = new TaskState(start.state, {
      ...identity,
      span,
      context: this.context,
      anchor: start.anchor,
      startedAt: start.startedAt,
    });
    start.state.running.set(this.taskState, this);
  }

  get task(): Task {
    return this;
  }

  get action(): undefined {
    return undefined;
  }

  run<T>(fn: () => T): T {
    return runUnderScope(this, fn, (error) => (this.#runError = { error }));
  }

  trackContext<T>(name: string, second: ActionOptions | ((action: Action) => T), third?: (action: Action) => T): T {
    return trackTool(this.below(), name, second, third) as T;
  }

  startAction(toolName: string, options?: ActionOptions): Action {
    return openTool(this.below(), toolName, options);
  }

  plan(goal: string, steps: readonly string[], options?: PlanOptions): void {
    noteLate(this, 'plan');
    guard('task.plan', recordPlan, this.taskState, goal, steps, options, undefined);
  }

  planStep(stepIndex: number, action: PlanStepAction, summary?: string, options?: PlanStepOptions): void {
    noteLate(this, 'planStep');
    guard('task.planStep', recordPlanStep, this.taskState, stepIndex, action, summary, options);
  }

  retry(summary: string, options?: RetryOptions): void {
    noteLate(this, 'retry');
    guard('task.retry', recordRetry, this.taskState, summary, options, undefined, undefined);
  }

  escalate(summary: string, options?: EscalateOptions): void {
    noteLate(this, 'escalate');
    guard('task.escalate', recordEscalation, this.taskState, summary, options, undefined, undefined);
  }

  requestApproval(summary: string, options?: RequestApprovalOptions): void {
    noteLate(this, 'requestApproval');
    guard('task.requestApproval', recordApprovalRequest, this.taskState, summary, options, undefined, undefined);
  }

  approvalReceived(summary: string, options?: ApprovalReceivedOptions): void {
    noteLate(this, 'approvalReceived');
    guard('task.approvalReceived', recordApproval, this.taskState, summary, options, undefined, undefined);
  }

  llmCall(name: string, call: LlmCall): void {
    recordLlmCall(this.below(), name, call);
  }

  trackLlmCall<T>(name: string, options: LlmCallOptions, fn: (call: LlmHandle) => T): T {
    return trackLlm(this.below(), name, options, fn) as T;
  }

  setPayload(payload: Payload): void {
    guard('task.setPayload', setTaskPayload, this, payload, undefined, undefined, undefined);
  }

  event(name: string, payload?: Payload, options?: EventOptions): void {
    guard('task.event', recordCustomEvent, this.taskState, name, payload, options, undefined);
  }

  complete(options?: { readonly status?: string; readonly payload?: Payload }): void {
    if (this.isEnded) {
      sayEndedTwice('task');
      return;
    }
    guard('task.complete', prepareEnd, this, options, undefined, undefined, undefined);
    this.succeed();
  }

  fail(error?: unknown, options?: { readonly payload?: Payload }): void {
    if (this.isEnded) {
      sayEndedTwice('task');
      return;
    }
    guard('task.fail', prepareEnd, this, options, undefined, undefined, undefined);
    this.failWith(error ?? new Error(`Task ${this.id} failed`));
  }

  [Symbol.dispose](): void {
    if (this.isEnded) return;
    if (this.#runError === undefined) this.succeed();
    else this.failWith(this.#runError.error);
  }

  /** Ends a task that was left open: neither done nor failed by the caller's word, and told as such. */
  abandon(): void {
    if (this.isEnded) return;
    this.#status = STATUS_ABANDONED;
    this.failWith(new TaskAbandonedError(this.id));
  }

  setStatus(status: string): void {
    this.#status = status;
  }

  protected end(failure: Failure | undefined): void {
    const at = ticks();
    const { state, taskState } = this;
    const { signals, instruments } = state.core;
    const status = this.#status ?? (failure === undefined ? STATUS_SUCCESS : STATUS_FAILURE);
    state.running.delete(taskState);
    taskState.isEnded = true;
    taskState.pending.length = 0;
    if (this.isSilent && taskState.isSilent) return;
    if (this.span.isRecording()) describeEnd(this, status);
    const seconds = this.endSpan(failure, at);
    const operation = semconv.OPERATION_INVOKE_AGENT;
    instruments.taskDuration.record(seconds, state.id, state.displayName, taskState.type, failure?.type, operation);
    if (!signals.hasTwins) return;
    const attributes = { [semconv.ATTR_TASK_STATUS]: status, ...rollUps(taskState), [semconv.ATTR_DURATION]: seconds };
    if (failure !== undefined) Object.assign(attributes, failureAttributes(failure));
    const event = {
      name: failure === undefined ? semconv.EVENT_TASK_COMPLETED : semconv.EVENT_TASK_FAILED,
      severity: failure === undefined ? ('INFO' as const) : ('ERROR' as const),
      summary: failure === undefined ? `${this.id} completed` : `${this.id} failed: ${failure.message}`,
      attributes,
      kept: taskState.payload?.attributes,
    };
    signals.recordTwin(taskState, this.context, event, at, this.anchor);
  }
}

/** Opens a task without making it current. */
export function openTask(
  state: AgentState,
  agent: Agent,
  taskId: unknown,
  options: TaskOptions | undefined,
): TaskScope {
  const { signals } = state.core;
  const parent = activeContext();
  const isSilent = isSilentNow(state);
  const start: ScopeStart = { state, agent, parent, anchor: freshAnchor(), startedAt: ticks(), isSilent };
  const identity = readTaskIdentity(state, taskId, options);
  const active = spanIn(parent);
  const isRoot = signals.settings.taskParent === 'root' && active !== undefined;
  if (isSilent) return new TaskScope(start, isRoot ? NO_SPAN : silentSpan(start), identity);
  const links = attempt(
    'the links of a task',
    () => taskLinks(options, isRoot ? active : undefined, signals.settings),
    undefined,
  );
  const span = startSpan(start, {
    name:
      state.displayName === ''
        ? semconv.OPERATION_INVOKE_AGENT
        : `${semconv.OPERATION_INVOKE_AGENT} ${state.displayName}`,
    kind: SpanKind.INTERNAL,
    attributes: state.taskSpanAttributes,
    isRoot,
    links,
  });
  const scope = new TaskScope(start, span, identity);
  state.core.lastSpan = span;
  guard('describing a task', describeTask, scope, identity, undefined, undefined, undefined);
  tellStarted(scope);
  return scope;
}

/** Says what a task was left with when its process shut down. */
class TaskAbandonedError extends Error {
  override readonly name = 'TaskAbandoned';

  constructor(taskId: string) {
    super(`Task ${taskId} was still open at shutdown`);
    delete this.stack;
  }
}

function describeTask(scope: TaskScope, identity: TaskStart): void {
  const { span, state } = scope;
  if (!span.isRecording()) return;
  const put = (key: string, value: string | undefined): void => {
    if (value !== undefined) span.setAttribute(key, value);
  };
  state.describeSpan(span);
  put(semconv.ATTR_TASK_ID, identity.id);
  put(semconv.ATTR_TASK_RUN_ID, identity.runId);
  put(semconv.ATTR_TASK_TYPE, identity.type);
  put(semconv.ATTR_PROJECT_ID, identity.project);
  put(semconv.ATTR_CORRELATION_ID, identity.correlationId);
  put(semconv.ATTR_GEN_AI_CONVERSATION_ID, identity.conversationId);
  state.core.signals.put(span, semconv.ATTR_AGENT_VERSION, state.version);
  state.core.signals.put(span, semconv.ATTR_AGENT_FRAMEWORK, state.framework);
}

function describeEnd(scope: TaskScope, status: string): void {
  const { signals } = scope.state.core;
  signals.put(scope.span, semconv.ATTR_TASK_STATUS, status);
  const ends = rollUps(scope.taskState);
  for (const key in ends) signals.put(scope.span, key, ends[key]);
}

/** A call on a task that has ended still goes out as a log record; said once, since it is a mistake more often than not. */
function noteLate(scope: TaskScope, method: string): void {
  if (!scope.isEnded) return;
  sayOnce(
    'call on an ended task',
    `task.${method}() was called after the task ended: the event went out, but the task's span no longer shows it`,
  );
}

function tellStarted(scope: TaskScope): void {
  const { signals } = scope.state.core;
  signals.metrics.refresh();
  if (!signals.hasTwins) return;
  const event = { name: semconv.EVENT_TASK_STARTED, summary: `${scope.id} started`, attributes: {} };
  signals.recordTwin(scope.taskState, scope.context, event, scope.startedAt, scope.anchor);
}

function prepareEnd(
  scope: TaskScope,
  options: { readonly status?: string; readonly payload?: Payload } | undefined,
): void {
  const status = toOptionalText(options?.status, scope.state.core.signals.settings.limits.idLength);
  const payload = options?.payload;
  if (status !== undefined) scope.setStatus(status);
  if (payload !== undefined) setTaskPayload(scope, payload);
}

function setTaskPayload(scope: TaskScope, given: Payload): void {
  if (typeof given !== 'object' || (given as unknown) === null) {
    sayOnce('payload no object', 'setPayload() needs an object of fields; the payload was left out');
    return;
  }
  if (scope.isEnded) {
    sayOnce('payload after end', 'task.setPayload() was called after the task ended: the payload was left out');
    return;
  }
  const { signals } = scope.state.core;
  const { settings } = signals;
  const payload = readable(settings.captureContent ? given : withoutContent(given));
  if (!scope.span.isRecording() && !signals.hasTwins) return;
  scope.taskState.payload ??= new KeptPayload();
  const attributes = scope.taskState.payload.add(semconv.ATTR_PAYLOAD_PREFIX, payload, settings);
  if (scope.span.isRecording()) scope.span.setAttributes(attributes);
}
