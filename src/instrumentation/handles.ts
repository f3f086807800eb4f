import type { Link, Span } from '@opentelemetry/api';
import type { Payload } from '../otel/payload.ts';
import type { ApprovalReceivedOptions, RequestApprovalOptions } from './approval.ts';
import type { EventOptions } from './custom-event.ts';
import type { EscalateOptions } from './escalation.ts';
import type { IssueReport } from './issue.ts';
import type { LlmCall, LlmCallOptions } from './llm-call.ts';
import type { Open } from './open.ts';
import type { PlanOptions, PlanStepAction, PlanStepOptions } from './plan.ts';
import type { QueueSnapshot } from './queue.ts';
import type { RetryOptions } from './retry.ts';
import type { ScheduledItem } from './scheduled.ts';
import type { TodoAction, TodoOptions } from './todo.ts';

/*
 * The handles that a caller holds. They are interfaces: a class with private members would be two types, one for ESM
 * and one for CJS. No method of theirs throws, whatever it is given; the caller's own results and errors pass through. One
 * that is taken off its object (`const { retry } = task`) records nothing and says so once.
 */

/** Options of `agent.task` and `agent.startTask`. */
export interface TaskOptions {
  /** Project that the task belongs to. Default: left out. */
  readonly project?: string;
  /** Kind of task, a label of metrics. Default: left out. */
  readonly type?: string;
  /** Id of this run of the task. Default: a random UUID. */
  readonly taskRunId?: string;
  /** Ties work of several agents together. Default: left out. */
  readonly correlationId?: string;
  /** The conversation that the task serves; on the task's span and all below it. Default: left out. */
  readonly conversationId?: string;
  /** Links to other spans, beside the one to the span that was active. Default: none. */
  readonly links?: readonly Link[];
}

/** Options of a tool call. */
export interface ActionOptions {
  /** Id of the call as the model gave it. Default: left out. */
  readonly callId?: string;
  /** Kind of tool. Default: left out. */
  readonly type?: Open<'function' | 'extension' | 'datastore'>;
  /** Data known at the start. Default: none. */
  readonly payload?: Payload;
}

/** Runs `fn` as a tool: a child span `execute_tool {toolName}` that is active below it. Manual §8. */
export interface TrackContext {
  /** A synchronous result stays synchronous; a promise or a generator is followed to its end. */
  <T>(toolName: string, fn: (action: Action) => T): T;
  <T>(toolName: string, options: ActionOptions, fn: (action: Action) => T): T;
}

/** An agent: who reports, and the door to its tasks. */
export interface Agent extends Disposable {
  readonly id: string;
  /** Runs `fn` as a task: a root span `invoke_agent {agent}` with a link to the active span. A synchronous result stays
   * synchronous; a promise or a generator is followed to its end; what it throws ends the task as failed and is thrown on. */
  task<T>(taskId: string, fn: (task: Task) => T): T;
  task<T>(taskId: string, options: TaskOptions, fn: (task: Task) => T): T;
  /** Starts a task that is not made current; `using`, `complete()` or `fail()` ends it, `task.run(fn)` makes it current. */
  startTask(taskId: string, options?: TaskOptions): Task;
  readonly trackContext: TrackContext;
  /** Starts a tool call that is not made current; `using`, `complete()` or `fail()` ends it. */
  startAction(toolName: string, options?: ActionOptions): Action;
  /** Wraps a function so that each call is an action; keeps `this`, arguments, name, length, sync or async or generator. */
  track<F extends (...args: never[]) => unknown>(actionName: string, fn: F): F;
  /** Records a model call that is over: a span that ends now and began `durationMs` ago. Manual §8.4. */
  llmCall(name: string, call: LlmCall): void;
  /** Runs a model call: a span that is active below `fn`, so that its HTTP spans nest. */
  trackLlmCall<T>(name: string, options: LlmCallOptions, fn: (call: LlmHandle) => T): T;
  /** Reports a persistent problem; works with no task. Manual §5. */
  reportIssue(issue: IssueReport): IssueHandle;
  /** Says that the problem with this id is gone. Manual §5. */
  resolveIssue(summary: string, options?: { readonly issueId?: string }): void;
  /** Reports the state of the work queue; better is a `queueProvider`. Manual §6. */
  queueSnapshot(snapshot: QueueSnapshot): void;
  /** Reports a to-do of the agent. */
  todo(todoId: string, action: TodoAction, summary: string, options?: TodoOptions): void;
  /** Reports what the agent has scheduled. */
  scheduled(items: readonly ScheduledItem[]): void;
  /** Emits an event of your own, agent-level. */
  event(name: string, payload?: Payload, options?: EventOptions): void;
  /** Ends the heartbeat and says `hiveloop.agent.stopped`. Running tasks go on and end as usual. */
  stop(): void;
}

/** One run of a task. Disposing completes it, unless it was failed or the block threw inside `run()`. */
export interface Task extends Disposable {
  readonly id: string;
  readonly runId: string;
  readonly agent: Agent;
  readonly span: Span;
  /** False when the host's sampler dropped the task's span, or no SDK is registered. */
  readonly isRecording: boolean;
  /** Makes the task current below `fn`; does not end it. */
  run<T>(fn: () => T): T;
  /** As the agent's, under this task also where it is not current. */
  readonly trackContext: TrackContext;
  startAction(toolName: string, options?: ActionOptions): Action;
  /** Declares the plan, or its next revision. Manual §3.2, §3.5. */
  plan(goal: string, steps: readonly string[], options?: PlanOptions): void;
  /** Says what became of a step; `stepIndex` counts from 0. Manual §3.2. */
  planStep(stepIndex: number, action: PlanStepAction, summary?: string, options?: PlanStepOptions): void;
  /** Says that the agent tries again. Manual §7.2. */
  retry(summary: string, options?: RetryOptions): void;
  /** Says that the agent hands the work off and moves on. Manual §4.2. */
  escalate(summary: string, options?: EscalateOptions): void;
  /** Says that the agent stops and waits for permission. Manual §4.6. */
  requestApproval(summary: string, options?: RequestApprovalOptions): void;
  /** Says what the answer was. Manual §4.6. */
  approvalReceived(summary: string, options?: ApprovalReceivedOptions): void;
  llmCall(name: string, call: LlmCall): void;
  trackLlmCall<T>(name: string, options: LlmCallOptions, fn: (call: LlmHandle) => T): T;
  /** Data of the task, on its span and its end; later keys win. */
  setPayload(payload: Payload): void;
  event(name: string, payload?: Payload, options?: EventOptions): void;
  /** Ends the task well; the first of complete and fail wins. `status` default `success`. */
  complete(options?: { readonly status?: string; readonly payload?: Payload }): void;
  /** Ends the task as failed: status ERROR, `error.type`, an `exception` event. */
  fail(error?: unknown, options?: { readonly payload?: Payload }): void;
}

/** A tool call, or a tracked function. Disposing completes it, unless the block threw inside `run()`. */
export interface Action extends Disposable {
  readonly name: string;
  readonly span: Span;
  readonly isRecording: boolean;
  run<T>(fn: () => T): T;
  readonly trackContext: TrackContext;
  startAction(toolName: string, options?: ActionOptions): Action;
  /** Data of the call, on its span and its end; later keys win. Manual §8.5. */
  setPayload(payload: Payload): void;
  complete(): void;
  fail(error?: unknown): void;
}

/** A model call that runs. */
export interface LlmHandle {
  readonly span: Span;
  /**
   * What the response said: tokens, cost, finish reasons, and the model that answered (`model` or `responseModel`). May be
   * called again; later fields win.
   */
  setUsage(usage: Partial<LlmCall>): void;
}

/** A reported issue: resolves or reports the same one, with or without an id. */
export interface IssueHandle {
  readonly issueId: string | undefined;
  resolve(summary: string): void;
  /** Reports it again; fields given replace those of the first report, but for its id, or its summary where it has none. */
  report(again?: Partial<IssueReport>): void;
}
