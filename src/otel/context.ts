import { context, createContextKey, ROOT_CONTEXT, trace, type Context, type Span } from '@opentelemetry/api';

/**
 * What is current below a task, an action or an LLM call. It lives in OpenTelemetry's own context, beside the span,
 * so that it is right wherever the host's context manager is: over awaits, timers, streams and queues, and also
 * inside spans that are not ours.
 */
export interface ActiveScope {
  readonly span: Span;
  /** Called when somebody else makes a span current directly below this scope. */
  noticeForeignSpan(span: Span): void;
}

const contextApi = context;
const traceApi = trace;
const SCOPE_KEY = Symbol.for('hiveloop-otel.scope.1');
const SPAN_KEY = findSpanKey();
const SUPPRESS_TRACING_KEY = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * A context that holds a span and our scope over the host's context. The API's own `setValue` copies a Map and makes
 * three closures each time; two of them a scope would cost more than the rest of our work. The depth is always one:
 * a scope inside a scope replaces it, and a foreign `setValue` goes back to the API's own contexts.
 */
export class ScopeContext implements Context {
  // Only declared, as in `Scope`: one is made for each span.
  declare readonly base: Context;
  declare readonly scope: ActiveScope;

  constructor(parent: Context, scope: ActiveScope) {
    this.base = parent instanceof ScopeContext ? parent.base : parent;
    this.scope = scope;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.scope.span;
    if (key === SCOPE_KEY) return this.scope;
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN_KEY) this.scope.noticeForeignSpan(value as Span);
    return flatten(this).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return flatten(this).deleteValue(key);
  }
}

/** The same as one of the API's own contexts. */
function flatten({ base, scope }: ScopeContext): Context {
  return base.setValue(SPAN_KEY, scope.span).setValue(SCOPE_KEY, scope);
}

/** The active context; the root one when the host's context manager fails, or gives what is no context. */
export function activeContext(): Context {
  try {
    const active = contextApi.active();
    active.getValue(SCOPE_KEY);
    return active;
  } catch {
    return ROOT_CONTEXT;
  }
}

/** The innermost scope of ours in a context, also below spans that are not ours. */
export function scopeIn(from: Context): ActiveScope | undefined {
  return from.getValue(SCOPE_KEY) as ActiveScope | undefined;
}

/** The span that is current in a context, ours or not. */
export function spanIn(from: Context): Span | undefined {
  return traceApi.getSpan(from);
}

/** A context in which that span is current but no scope of ours is. */
export function withSpan(parent: Context, span: Span): Context {
  return traceApi.setSpan(parent, span);
}

/** Whether the host asked for silence in this context: exporters do, so that they do not trace themselves. */
export function isSuppressed(from: Context): boolean {
  return from.getValue(SUPPRESS_TRACING_KEY) === true;
}

/** Whether a context manager is registered: without one nothing is current below a scope. */
export function hasContextManager(): boolean {
  const probe = ROOT_CONTEXT.setValue(SCOPE_KEY, undefined);
  try {
    return contextApi.with(probe, () => contextApi.active() === probe);
  } catch {
    return false;
  }
}

/** The key under which this copy of the API keeps the span: asked of the API itself, since it exports no constant. */
function findSpanKey(): symbol {
  let found = createContextKey('OpenTelemetry Context Key SPAN');
  const recorder: Context = {
    getValue: () => undefined,
    setValue: (key) => {
      found = key;
      return recorder;
    },
    deleteValue: () => recorder,
  };
  const span = traceApi.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 });
  traceApi.setSpan(recorder, span);
  return found;
}
