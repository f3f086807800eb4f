import {
  INVALID_SPAN_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type HrTime,
  type Link,
  type Span,
} from '@opentelemetry/api';
import { secondsBetween, ticks, timeOf, type Anchor } from '../otel/clock.ts';
import { activeContext, ScopeContext, scopeIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import { readFailure, type Failure } from '../otel/failure.ts';
import { sayProblem } from '../otel/guard.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { Followed } from './follow.ts';
import type { Action, Agent, Task } from './handles.ts';
import type { TaskBound, TaskState } from './task-state.ts';

/** Where a scope begins: whose it is, under what, and when. */
export interface ScopeStart {
  readonly state: AgentState;
  readonly agent: Agent;
  /** The context that it is opened in: the parent of its span, unless it is a root. */
  readonly parent: Context;
  readonly anchor: Anchor;
  /** Point of the monotonic clock. */
  readonly startedAt: number;
}

/** A span of ours with its bookkeeping: the base of tasks, actions and LLM calls. It ends once, the first end wins. */
export abstract class Scope implements Followed, TaskBound {
  readonly state: AgentState;
  readonly agent: Agent;
  readonly span: Span;
  readonly context: Context;
  readonly anchor: Anchor;
  readonly startedAt: number;
  /** The scope of ours around this one; none around a task. */
  readonly outer: Scope | undefined;
  isEnded = false;
  entries = 0;
  thrown: unknown;
  result: unknown;
  abstract readonly taskState: TaskState | undefined;
  abstract readonly task: Task | undefined;
  abstract readonly action: Action | undefined;

  constructor(start: ScopeStart, span: Span, outer: Scope | undefined) {
    this.outer = outer;
    this.state = start.state;
    this.agent = start.agent;
    this.anchor = start.anchor;
    this.startedAt = start.startedAt;
    this.span = span;
    this.context = new ScopeContext(start.parent, this);
  }

  get isRecording(): boolean {
    return !this.isEnded && this.span.isRecording();
  }

  /** A start under this scope: in the active context when that is below this scope, else right under it. */
  below(): ScopeStart {
    const active = activeContext();
    const { state, agent, anchor } = this;
    return { state, agent, parent: this.isAround(active) ? active : this.context, anchor, startedAt: ticks() };
  }

  isAround(context: Context): boolean {
    let scope = scopeIn(context) as Scope | undefined;
    while (scope !== undefined && scope !== this) scope = scope.outer;
    return scope === this;
  }

  succeed(): void {
    if (!this.isEnded) this.end(undefined);
  }

  failWith(error: unknown): void {
    if (!this.isEnded) this.end(readFailure(error, this.state.core.signals.settings));
  }

  noticeForeignSpan(span: Span): void {
    try {
      const { attributes } = span as { attributes?: Attributes };
      if (attributes?.[semconv.ATTR_GEN_AI_REQUEST_MODEL] ?? attributes?.[semconv.ATTR_GEN_AI_SYSTEM]) {
        this.state.core.foreignModelSpans += 1;
      }
    } catch {
      // A span that does not let itself be read tells us nothing.
    }
  }

  /** Ends the span and tells how it went; called once. */
  protected abstract end(failure: Failure | undefined): void;

  /** The end of every scope: marks a failure on the span, ends it, and gives the seconds it took. */
  protected endSpan(failure: Failure | undefined, at: number): number {
    this.isEnded = true;
    const time = timeOf(at, this.anchor);
    try {
      if (failure !== undefined && this.span.isRecording()) markFailed(this.span, failure, time);
      this.span.end(time);
    } catch (error) {
      sayProblem('the span', error);
    }
    return secondsBetween(this.startedAt, at);
  }
}

/** Says once that something was ended twice: the first end won. */
export function sayEndedTwice(what: string): void {
  sayOnce(`${what} ended twice`, `a ${what} was ended twice: the first end counts, the second was left out`);
}

/** A span that ends before its scope would: SDK calls on it cost much and change nothing, so our own flag goes first. */
export interface SpanPlan {
  readonly name: string;
  readonly kind: SpanKind;
  /** What samplers see; one shared object an agent. */
  readonly attributes: Attributes;
  readonly isRoot?: boolean;
  readonly links?: readonly Link[];
}

/** Starts a span on the host's tracer; when that fails, a span that records nothing, so that the caller's code runs. */
export function startSpan(start: ScopeStart, { name, kind, attributes, isRoot, links }: SpanPlan): Span {
  const startTime = timeOf(start.startedAt, start.anchor);
  try {
    const tracer = start.state.core.signals.providers.tracer();
    if (isRoot !== true && links === undefined) {
      return tracer.startSpan(name, { kind, attributes, startTime }, start.parent);
    }
    const options = {
      kind,
      attributes,
      startTime,
      root: isRoot === true,
      links: links === undefined ? [] : [...links],
    };
    return tracer.startSpan(name, options, start.parent);
  } catch (error) {
    sayProblem('the tracer', error);
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
}

/** What the log record of a failure says. */
export function failureAttributes(failure: Failure): RecordAttributes {
  const attributes: RecordAttributes = {
    [semconv.ATTR_ERROR_TYPE]: failure.type,
    [semconv.ATTR_EXCEPTION_TYPE]: failure.type,
    [semconv.ATTR_EXCEPTION_MESSAGE]: failure.message,
  };
  if (failure.stack !== undefined) attributes[semconv.ATTR_EXCEPTION_STACKTRACE] = failure.stack;
  return attributes;
}

function markFailed(span: Span, failure: Failure, time: HrTime): void {
  span.setAttribute(semconv.ATTR_ERROR_TYPE, failure.type);
  const exception: RecordAttributes = {
    [semconv.ATTR_EXCEPTION_TYPE]: failure.type,
    [semconv.ATTR_EXCEPTION_MESSAGE]: failure.message,
  };
  if (failure.stack !== undefined) exception[semconv.ATTR_EXCEPTION_STACKTRACE] = failure.stack;
  span.addEvent(semconv.EVENT_EXCEPTION, exception, time);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}
