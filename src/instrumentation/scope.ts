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
import { activeContext, ScopeContext, scopeIn, spanIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import { readFailure, type Failure } from '../otel/failure.ts';
import { sayProblem } from '../otel/guard.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { Followed } from './follow.ts';
import type { Action, Agent, Task } from './handles.ts';
import type { TaskBound, TaskState } from './task-state.ts';

/** A span that records nothing and belongs to no trace. */
export const NO_SPAN: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** Where a scope begins: whose it is, under what, and when. */
export interface ScopeStart {
  readonly state: AgentState;
  readonly agent: Agent;
  /** The context that it is opened in: the parent of its span, unless it is a root. */
  readonly parent: Context;
  readonly anchor: Anchor;
  /** Point of the monotonic clock; 0 of a tool or LLM call that begins in silence. */
  readonly startedAt: number;
  /** The host has no signal at all: the scope is made current and nothing else. */
  readonly isSilent: boolean;
}

/** A span of ours with its bookkeeping: the base of tasks, actions and LLM calls. It ends once, the first end wins. */
export abstract class Scope implements Followed, TaskBound {
  // Only declared, and without private methods, because one is made for each span: a field that is defined and then
  // set costs twice, a private method marks each object. Measured with no SDK: 1.2 instead of 2.4 times by hand.
  declare readonly state: AgentState;
  declare readonly agent: Agent;
  declare readonly span: Span;
  declare readonly context: Context;
  declare readonly anchor: Anchor;
  declare readonly startedAt: number;
  declare readonly isSilent: boolean;
  /** The scope of ours around this one; none around a task. */
  declare readonly outer: Scope | undefined;
  declare isEnded: boolean;
  declare entries: number;
  declare hasThrown: boolean;
  declare thrown: unknown;
  declare result: unknown;
  abstract readonly taskState: TaskState | undefined;
  abstract readonly task: Task | undefined;
  abstract readonly action: Action | undefined;

  constructor(start: ScopeStart, span: Span, outer: Scope | undefined) {
    this.outer = outer;
    this.state = start.state;
    this.agent = start.agent;
    this.anchor = start.anchor;
    this.startedAt = start.startedAt;
    this.isSilent = start.isSilent;
    this.span = span;
    this.context = new ScopeContext(start.parent, this);
    this.isEnded = false;
    this.entries = 0;
    this.hasThrown = false;
    this.thrown = undefined;
    this.result = undefined;
  }

  get isRecording(): boolean {
    return !this.isEnded && this.span.isRecording();
  }

  /** A start under this scope: in the active context when that is below this scope, else right under it. */
  below(): ScopeStart {
    const active = activeContext();
    const { state, agent, anchor } = this;
    const parent = this.isAround(active) ? active : this.context;
    const isSilent = isSilentNow(state);
    return { state, agent, parent, anchor, startedAt: isSilent ? 0 : ticks(), isSilent };
  }

  isAround(context: Context): boolean {
    let scope = scopeIn(context) as Scope | undefined;
    while (scope !== undefined && scope !== this) scope = scope.outer;
    return scope === this;
  }

  succeed(): void {
    this.endOnce(undefined);
  }

  failWith(error: unknown): void {
    if (!this.isEnded) this.endOnce(readFailure(error, this.state.core.signals.settings));
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

  protected endOnce(failure: Failure | undefined): void {
    if (this.isEnded) return;
    this.state.core.signals.providers.look();
    try {
      this.end(failure);
    } catch (error) {
      sayProblem('ending a span', error);
    }
    this.isEnded = true;
  }

  /** Whether the span takes anything: not one that was sampled out, nor one that the caller ended behind our back. */
  protected isSpanOpen(): boolean {
    try {
      return this.span.isRecording();
    } catch {
      return true;
    }
  }

  /** Ends the span and tells how it went; called once. */
  protected abstract end(failure: Failure | undefined): void;

  /** The end of every scope: marks a failure on the span, ends it, and gives the seconds it took. */
  protected endSpan(failure: Failure | undefined, at: number): number {
    this.isEnded = true;
    if (this.isSpanOpen()) {
      const time = timeOf(at, this.anchor);
      if (failure !== undefined) markFailed(this.span, failure, time);
      try {
        this.span.end(time);
      } catch (error) {
        sayProblem('the span', error);
      }
    }
    return secondsBetween(this.startedAt, at);
  }
}

/** Looks at the host's providers, and says whether there are none: where every scope begins. */
export function isSilentNow({ core }: AgentState): boolean {
  const { providers } = core.signals;
  providers.look();
  return providers.isSilent;
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
  readonly links?: readonly Link[] | undefined;
}

/** Starts a span on the host's tracer; when that fails, a span that records nothing, so that the caller's code runs. */
export function startSpan(start: ScopeStart, { name, kind, attributes, isRoot, links }: SpanPlan): Span {
  const startTime = timeOf(start.startedAt, start.anchor);
  try {
    const tracer = start.state.core.signals.providers.tracer();
    if (isRoot !== true && links === undefined) {
      return checked(tracer.startSpan(name, { kind, attributes, startTime }, start.parent));
    }
    const options = {
      kind,
      attributes,
      startTime,
      root: isRoot === true,
      links: links === undefined ? [] : [...links],
    };
    return checked(tracer.startSpan(name, options, start.parent));
  } catch (error) {
    sayProblem('the tracer', error);
    return NO_SPAN;
  }
}

/** The span, when it is one: throws when it cannot even say whether it records and who it is. */
function checked(span: Span): Span {
  span.isRecording();
  span.spanContext();
  return span;
}

/** The span of a scope that begins in silence: it records nothing, and passes on the trace that it is in. */
export function silentSpan(start: ScopeStart): Span {
  const parent = spanIn(start.parent);
  if (parent === undefined || parent === NO_SPAN) return NO_SPAN;
  try {
    return trace.wrapSpanContext(parent.spanContext());
  } catch (error) {
    sayProblem('the span', error);
    return NO_SPAN;
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
  const exception: RecordAttributes = {
    [semconv.ATTR_EXCEPTION_TYPE]: failure.type,
    [semconv.ATTR_EXCEPTION_MESSAGE]: failure.message,
  };
  if (failure.stack !== undefined) exception[semconv.ATTR_EXCEPTION_STACKTRACE] = failure.stack;
  try {
    span.setAttribute(semconv.ATTR_ERROR_TYPE, failure.type);
    span.addEvent(semconv.EVENT_EXCEPTION, exception, time);
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  } catch (error) {
    sayProblem('the span', error);
  }
}
