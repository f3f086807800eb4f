import { freshAnchor, lastAnchor, ticks } from '../otel/clock.ts';
import { activeContext, scopeIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import { attempt, guard, readable } from '../otel/guard.ts';
import type { Payload } from '../otel/payload.ts';
import { toOptionalText, toText } from '../otel/values.ts';
import { openTool, trackTool } from './action.ts';
import type { AgentOptions, AgentState } from './agent-state.ts';
import { recordCustomEvent, type EventOptions } from './custom-event.ts';
import { forgiveDetached } from './detached.ts';
import { runFollowed } from './follow.ts';
import type { Action, ActionOptions, Agent, IssueHandle, LlmHandle, Task, TaskOptions } from './handles.ts';
import { Heartbeat, recordStopped } from './heartbeat.ts';
import { recordIssue, recordResolve, remindOfOpenIssues, type IssueReport } from './issue.ts';
import type { LlmCall, LlmCallOptions } from './llm-call.ts';
import { recordLlmCall, trackLlm } from './llm-scope.ts';
import { NO_AGENT, NO_ISSUE } from './nothing.ts';
import type { QueueSnapshot } from './queue.ts';
import { adviseOnFrequency, recordQueueSnapshot } from './queue-snapshot.ts';
import { recordScheduled, type ScheduledItem } from './scheduled.ts';
import { isSilentNow, type Scope, type ScopeStart } from './scope.ts';
import { openTask } from './task.ts';
import { originOf } from './task-state.ts';
import { recordTodo, type TodoAction, type TodoOptions } from './todo.ts';
import { trackFunction } from './track.ts';

/** The handle of an agent. */
export class AgentHandle implements Agent {
  static {
    forgiveDetached(this.prototype, NO_AGENT, 'agent');
  }

  readonly id: string;
  readonly state: AgentState;
  readonly #heartbeat: Heartbeat;

  constructor(state: AgentState) {
    this.id = state.id;
    this.state = state;
    this.#heartbeat = new Heartbeat(state);
  }

  /** Takes the options given and starts, or restarts, the heartbeat. */
  update(options: AgentOptions): void {
    guard('hive.agent', updateState, this.state, options, undefined, undefined, undefined);
    this.state.isStopped = false;
    if (this.state.heartbeatTime === 0) this.state.heartbeatTime = undefined;
    attempt('starting the heartbeat', () => this.#heartbeat.start(), undefined);
  }

  task<T>(taskId: string, second: TaskOptions | ((task: Task) => T), third?: (task: Task) => T): T {
    const fn = typeof second === 'function' ? second : third;
    if (typeof fn !== 'function') {
      sayOnce(
        'task without function',
        'agent.task(id, fn) needs a function to run; nothing was run. To end it yourself, use agent.startTask(id)',
      );
      return undefined as T;
    }
    const scope = openTask(this.state, this, taskId, typeof second === 'function' ? undefined : second);
    return runFollowed(scope, fn as (...args: readonly unknown[]) => unknown) as T;
  }

  startTask(taskId: string, options?: TaskOptions): Task {
    return openTask(this.state, this, taskId, options);
  }

  trackContext<T>(name: string, second: ActionOptions | ((action: Action) => T), third?: (action: Action) => T): T {
    return trackTool(this.#start(), name, second, third) as T;
  }

  startAction(toolName: string, options?: ActionOptions): Action {
    return openTool(this.#start(), toolName, options);
  }

  track<F extends (...args: never[]) => unknown>(actionName: string, fn: F): F {
    const wrapped = fn as unknown as (...args: readonly unknown[]) => unknown;
    return trackFunction(() => this.#start(), actionName, wrapped) as unknown as F;
  }

  llmCall(name: string, call: LlmCall): void {
    recordLlmCall(this.#start(), name, call);
  }

  trackLlmCall<T>(name: string, options: LlmCallOptions, fn: (call: LlmHandle) => T): T {
    return trackLlm(this.#start(), name, options, fn) as T;
  }

  reportIssue(issue: IssueReport): IssueHandle {
    const report: Partial<IssueReport> = attempt<Partial<IssueReport>>(
      'agent.reportIssue',
      () => ({ ...readable(issue) }),
      {},
    );
    guard('agent.reportIssue', recordIssue, this.state, report, undefined, undefined, undefined);
    return new ReportedIssue(this.state, report);
  }

  resolveIssue(summary: string, options?: { readonly issueId?: string }): void {
    const answers = attempt('agent.resolveIssue', () => ({ issueId: readable(options)?.issueId }), {
      issueId: undefined,
    });
    guard('agent.resolveIssue', recordResolve, this.state, summary, answers, undefined, undefined);
  }

  queueSnapshot(snapshot: QueueSnapshot): void {
    adviseOnFrequency(this.state);
    guard('agent.queueSnapshot', recordQueueSnapshot, this.state, snapshot, undefined, undefined, undefined);
  }

  todo(todoId: string, action: TodoAction, summary: string, options?: TodoOptions): void {
    guard('agent.todo', recordTodo, this.state, todoId, action, summary, options);
  }

  scheduled(items: readonly ScheduledItem[]): void {
    guard('agent.scheduled', recordScheduled, this.state, items, undefined, undefined, undefined);
  }

  event(name: string, payload?: Payload, options?: EventOptions): void {
    guard('agent.event', recordAgentEvent, this.state, name, payload, options, undefined);
  }

  stop(): void {
    if (this.state.isStopped) return;
    this.#heartbeat.stop();
    guard('agent.stop', recordStopped, this.state, undefined, undefined, undefined, undefined);
    remindOfOpenIssues(this.state);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Where a call on the agent begins: under the active span, on the clock of the scope that it is in. */
  #start(): ScopeStart {
    const parent = activeContext();
    const outer = scopeIn(parent) as Scope | undefined;
    const isSilent = isSilentNow(this.state);
    const anchor = outer?.anchor ?? (isSilent ? lastAnchor() : freshAnchor());
    return { state: this.state, agent: this, parent, anchor, startedAt: isSilent ? 0 : ticks(), isSilent };
  }
}

/** A report's handle: it answers the report by its id, and by its summary where it has none. */
class ReportedIssue implements IssueHandle {
  static {
    forgiveDetached(this.prototype, NO_ISSUE, 'issue');
  }

  readonly issueId: string | undefined;
  readonly #agent: AgentState;
  readonly #report: Partial<IssueReport>;

  constructor(agent: AgentState, report: Partial<IssueReport>) {
    this.#agent = agent;
    this.#report = report;
    this.issueId = toOptionalText(report.issueId, agent.core.signals.settings.limits.idLength);
  }

  resolve(summary: string): void {
    const limit = this.#agent.core.signals.settings.limits.summaryLength;
    const answers = { issueId: this.issueId, summary: toText(this.#report.summary, limit) };
    guard('issue.resolve', recordResolve, this.#agent, summary, answers, undefined, undefined);
  }

  report(again?: Partial<IssueReport>): void {
    const merged = attempt('issue.report', () => this.#again(again), this.#report);
    guard('issue.report', recordIssue, this.#agent, merged, undefined, undefined, undefined);
  }

  /** The first report with what is new. What makes it the same issue stays: the id, or where there is none the summary. */
  #again(again: Partial<IssueReport> | undefined): Partial<IssueReport> {
    const merged = { ...this.#report, ...readable(again ?? {}) };
    const { issueId, summary } = this.#report;
    if (issueId !== undefined) return { ...merged, issueId };
    return summary === undefined ? merged : { ...merged, summary };
  }
}

/** Inside a task of the agent its record says which task told it, as an issue's does. */
function recordAgentEvent(
  state: AgentState,
  name: unknown,
  payload: Payload | undefined,
  options: EventOptions | undefined,
): void {
  recordCustomEvent(originOf(state), name, payload, options);
}

function updateState(state: AgentState, options: AgentOptions | undefined): void {
  if (typeof options === 'object') state.update(options);
}
