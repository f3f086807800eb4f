/**
 * The host's OpenTelemetry API, found where every 1.x copy of it keeps what was registered: the translator depends on
 * no copy, and there may be none.
 */
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
/** Set in a context in which SDKs make no spans and inject no headers. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface ContextLike {
  setValue(key: symbol, value: unknown): ContextLike;
}

interface ApiGlobals {
  readonly context?: {
    active(): ContextLike;
    with<T>(context: ContextLike, act: () => T): T;
  };
  readonly diag?: { warn(message: string): void };
}

function apiGlobals(): ApiGlobals {
  return (globalThis as { readonly [API_GLOBALS]?: ApiGlobals })[API_GLOBALS] ?? {};
}

/** Runs `act` so that the host's HTTP instrumentation makes no span of what it sends, now or later. */
export function withoutTracing<T>(act: () => T): T {
  const { context } = apiGlobals();
  return context === undefined ? act() : context.with(context.active().setValue(SUPPRESS_TRACING, true), act);
}

/** Tells the host's `diag` logger, if it has one. Never throws. */
export function warnHost(message: string): void {
  try {
    apiGlobals().diag?.warn(message);
  } catch {
    // The host's logger is broken: nobody is left to tell.
  }
}
