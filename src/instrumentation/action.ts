import { SpanKind, type Span } from '@opentelemetry/api';
import { ticks } from '../otel/clock.ts';
import { scopeIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import type { Failure } from '../otel/failure.ts';
import { attempt, guard, readable } from '../otel/guard.ts';
import { KeptPayload, type Payload } from '../otel/payload.ts';
import type { StoryEvent } from '../otel/signals.ts';
import { toOptionalText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import { forgiveDetached } from './detached.ts';
import { runFollowed } from './follow.ts';
import type { Action, ActionOptions, Task } from './handles.ts';
import { NO_ACTION } from './nothing.ts';
import { failureAttributes, Scope, sayEndedTwice, silentSpan, startSpan, type ScopeStart } from './scope.ts';
import type { TaskState } from './task-state.ts';
import { withoutContent } from './tool-payload.ts';

/** A tool call (`execute_tool {name}`), or a tracked function (its own name): a child span and its log twins. Manual §8. */
export class ActionScope extends Scope implements Action {
  static {
    forgiveDetached(this.prototype, NO_ACTION, 'action');
  }

  declare readonly name: string;
  declare readonly taskState: TaskState | undefined;
  declare readonly task: Task | undefined;
  declare readonly isTool: boolean;
  #payload: KeptPayload | undefined;
  #runError: { readonly error: unknown } | undefined;

  constructor(start: ScopeStart, span: Span, name: string, isTool: boolean) {
    const outer = scopeIn(start.parent) as Scope | undefined;
    super(start, span, outer);
    this.name = name;
    this.isTool = isTool;
    this.taskState = outer?.taskState;
    this.task = outer?.task;
  }

  get action(): Action {
    return this;
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

  setPayload(payload: Payload): void {
    guard('action.setPayload', setActionPayload, this, payload, undefined, undefined, undefined);
  }

  complete(): void {
    if (this.isEnded) sayEndedTwice('action');
    else this.succeed();
  }

  fail(error?: unknown): void {
    if (this.isEnded) sayEndedTwice('action');
    else this.failWith(error ?? new Error(`${this.name} failed`));
  }

  [Symbol.dispose](): void {
    if (this.isEnded) return;
    if (this.#runError === undefined) this.succeed();
    else this.failWith(this.#runError.error);
  }

  /** Remembers data for the record of the end; gives the attributes that it became. */
  keepPayload(payload: Payload): RecordAttributes {
    this.#payload ??= new KeptPayload();
    return this.#payload.add(semconv.ATTR_PAYLOAD_PREFIX, payload, this.state.core.signals.settings);
  }

  protected end(failure: Failure | undefined): void {
    if (this.isSilent) return;
    const at = ticks();
    const { state, taskState } = this;
    const { signals, instruments } = state.core;
    const seconds = this.endSpan(failure, at);
    if (taskState !== undefined) taskState.progressAt = at;
    if (this.isTool) {
      const operation = semconv.OPERATION_EXECUTE_TOOL;
      instruments.toolDuration.record(seconds, state.id, state.displayName, this.name, failure?.type, operation);
    }
    if (!signals.hasTwins) return;
    const attributes = logAttributes(this);
    attributes[semconv.ATTR_DURATION] = seconds;
    if (failure !== undefined) Object.assign(attributes, failureAttributes(failure));
    const event: StoryEvent = {
      name: failure === undefined ? semconv.EVENT_ACTION_COMPLETED : semconv.EVENT_ACTION_FAILED,
      severity: failure === undefined ? 'INFO' : 'ERROR',
      summary: failure === undefined ? `${this.name} completed` : `${this.name} failed: ${failure.message}`,
      attributes,
      kept: this.#payload?.attributes,
    };
    signals.recordTwin(taskState ?? state, this.context, event, at, this.anchor);
  }

  /** The log record of the start. */
  tellStarted(): void {
    const { signals } = this.state.core;
    if (this.taskState !== undefined) this.taskState.progressAt = this.startedAt;
    if (!signals.hasTwins) return;
    const event = {
      name: semconv.EVENT_ACTION_STARTED,
      summary: `${this.name} started`,
      attributes: logAttributes(this),
    };
    signals.recordTwin(this.taskState ?? this.state, this.context, event, this.startedAt, this.anchor);
  }
}

/** Opens a tool call's scope without making it current. */
export function openTool(start: ScopeStart, toolName: unknown, options: ActionOptions | undefined): ActionScope {
  const { state } = start;
  const { signals } = state.core;
  const name = signals.name(toolName, semconv.ATTR_GEN_AI_TOOL_NAME);
  if (start.isSilent) return new ActionScope(start, silentSpan(start), name, true);
  const span = startSpan(start, {
    name: `${semconv.OPERATION_EXECUTE_TOOL} ${name}`.trimEnd(),
    kind: SpanKind.INTERNAL,
    attributes: state.toolSpanAttributes,
  });
  const scope = new ActionScope(start, span, name, true);
  guard('describing a tool call', describeTool, scope, options, undefined, undefined, undefined);
  scope.tellStarted();
  return scope;
}

/** Opens the scope of a tracked function without making it current. */
export function openFunction(start: ScopeStart, actionName: unknown, functionName: string): ActionScope {
  const { signals } = start.state.core;
  const name = signals.name(actionName, semconv.ATTR_ACTION_NAME);
  if (start.isSilent) return new ActionScope(start, silentSpan(start), name, false);
  const span = startSpan(start, { name: name || 'action', kind: SpanKind.INTERNAL, attributes: {} });
  const scope = new ActionScope(start, span, name, false);
  guard('describing an action', describeFunction, scope, functionName, undefined, undefined, undefined);
  scope.tellStarted();
  return scope;
}

/** Runs a function as a tool call below `start`. */
export function trackTool(start: ScopeStart, toolName: unknown, second: unknown, third: unknown): unknown {
  const fn = typeof second === 'function' ? second : third;
  const options = typeof second === 'function' ? undefined : (second as ActionOptions | undefined);
  if (typeof fn !== 'function') {
    sayOnce('trackContext without function', 'trackContext(name, fn) needs a function to run; nothing was run');
    return undefined;
  }
  const scope = openTool(start, toolName, options);
  return runFollowed(scope, fn as (...args: readonly unknown[]) => unknown);
}

/** Runs a function with a scope current, without ending it; an error is noted for its disposal. */
export function runUnderScope<T>(scope: Scope, fn: () => T, noteError: (error: unknown) => void): T {
  if (typeof fn !== 'function') return undefined as T;
  const run = {
    context: scope.context,
    entries: 0,
    hasThrown: false,
    thrown: undefined,
    result: undefined,
    succeed: () => undefined,
    failWith: noteError,
  };
  return runFollowed(run, fn, undefined, []) as T;
}

/** What every child span carries of its agent and conversation. */
export function describeOwner(scope: Scope): void {
  scope.state.describeSpan(scope.span);
  const conversationId = scope.taskState?.conversationId;
  if (conversationId !== undefined) {
    scope.state.core.signals.put(scope.span, semconv.ATTR_GEN_AI_CONVERSATION_ID, conversationId);
  }
}

/** What the log twins say besides the task's own attributes. */
function logAttributes(scope: ActionScope): RecordAttributes {
  const attributes: RecordAttributes = { [semconv.ATTR_ACTION_NAME]: scope.name };
  if (scope.isTool) attributes[semconv.ATTR_GEN_AI_TOOL_NAME] = scope.name;
  if (scope.outer !== undefined) attributes[semconv.ATTR_PARENT_SPAN_ID] = scope.outer.span.spanContext().spanId;
  if (scope.taskState !== undefined && scope.taskState.agent !== scope.state) {
    Object.assign(attributes, scope.state.commonAttributes);
  }
  return attributes;
}

function describeFunction(scope: ActionScope, functionName: string): void {
  const { span, name, state } = scope;
  if (!span.isRecording()) return;
  state.core.signals.put(span, semconv.ATTR_ACTION_NAME, name);
  if (functionName !== '') state.core.signals.put(span, semconv.ATTR_CODE_FUNCTION_NAME, functionName);
  describeOwner(scope);
}

function describeTool(scope: ActionScope, options: ActionOptions | undefined): void {
  const { span, state } = scope;
  const { signals } = state.core;
  const { idLength } = signals.settings.limits;
  const callId = toOptionalText(options?.callId, idLength);
  const type = toOptionalText(options?.type, idLength);
  const payload = options?.payload;
  if (span.isRecording()) {
    span.setAttribute(semconv.ATTR_GEN_AI_TOOL_NAME, scope.name);
    if (type !== undefined) signals.put(span, semconv.ATTR_GEN_AI_TOOL_TYPE, type);
    if (callId !== undefined) signals.put(span, semconv.ATTR_GEN_AI_TOOL_CALL_ID, callId);
    describeOwner(scope);
  }
  if (payload !== undefined) setActionPayload(scope, payload);
}

function setActionPayload(scope: ActionScope, given: Payload): void {
  if (typeof given !== 'object' || (given as unknown) === null) {
    sayOnce('payload no object', 'setPayload() needs an object of fields; the payload was left out');
    return;
  }
  if (scope.isEnded) {
    sayOnce('payload after end', 'action.setPayload() was called after the action ended: the payload was left out');
    return;
  }
  const { signals } = scope.state.core;
  const { settings } = signals;
  const payload = attempt(
    'action.setPayload',
    () => readable(settings.captureContent ? given : withoutContent(given)),
    {},
  );
  if (!scope.span.isRecording() && !signals.hasTwins) return;
  const attributes = scope.keepPayload(payload);
  if (scope.span.isRecording()) scope.span.setAttributes(attributes);
}
