import { INVALID_SPAN_CONTEXT, trace, type Span } from '@opentelemetry/api';
import type { Action, Agent, IssueHandle, LlmHandle, Task, TrackContext } from './handles.ts';

/*
 * Handles that record nothing: what `currentTask()` and `currentAction()` give outside a task or an action. Code that
 * is called with and without a task then needs no guard of its own; the caller's functions run, and run once.
 */

const span: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
const nothing = (): void => undefined;
const runOnly = ((_name: string, second: unknown, third?: unknown): unknown => {
  const fn = typeof second === 'function' ? second : third;
  return typeof fn === 'function' ? (fn as (handle: Action) => unknown)(NO_ACTION) : undefined;
}) as TrackContext;
const run = <T>(fn: () => T): T => (typeof fn === 'function' ? fn() : (undefined as T));

/** The model call of a task that records nothing. */
export const NO_LLM_CALL: LlmHandle = { span, setUsage: nothing };
const runLlm = <T>(_name: string, _options: unknown, fn: (call: LlmHandle) => T): T =>
  typeof fn === 'function' ? fn(NO_LLM_CALL) : (undefined as T);

/** The action outside of any action. */
export const NO_ACTION: Action = {
  name: '',
  span,
  isRecording: false,
  run,
  trackContext: runOnly,
  startAction: () => NO_ACTION,
  setPayload: nothing,
  complete: nothing,
  fail: nothing,
  [Symbol.dispose]: nothing,
};

/** The issue that nobody reported. */
export const NO_ISSUE: IssueHandle = { issueId: undefined, resolve: nothing, report: nothing };

/** The agent of a task that records nothing. */
export const NO_AGENT: Agent = {
  id: '',
  task: (_id: string, second: unknown, third?: unknown): unknown => {
    const fn = typeof second === 'function' ? second : third;
    return typeof fn === 'function' ? (fn as (task: Task) => unknown)(NO_TASK) : undefined;
  },
  startTask: () => NO_TASK,
  trackContext: runOnly,
  startAction: () => NO_ACTION,
  track: (_name, fn) => fn,
  llmCall: nothing,
  trackLlmCall: runLlm,
  reportIssue: () => NO_ISSUE,
  resolveIssue: nothing,
  queueSnapshot: nothing,
  todo: nothing,
  scheduled: nothing,
  event: nothing,
  stop: nothing,
  [Symbol.dispose]: nothing,
};

/** The task outside of any task. */
export const NO_TASK: Task = {
  id: '',
  runId: '',
  agent: NO_AGENT,
  span,
  isRecording: false,
  run,
  trackContext: runOnly,
  startAction: () => NO_ACTION,
  plan: nothing,
  planStep: nothing,
  retry: nothing,
  escalate: nothing,
  requestApproval: nothing,
  approvalReceived: nothing,
  llmCall: nothing,
  trackLlmCall: runLlm,
  setPayload: nothing,
  event: nothing,
  complete: nothing,
  fail: nothing,
  [Symbol.dispose]: nothing,
};
