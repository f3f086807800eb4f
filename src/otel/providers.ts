import {
  createNoopMeter,
  metrics,
  trace,
  type Meter,
  type MeterProvider,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { SCOPE_INSTRUMENTATION } from '../semconv.ts';
import { version } from '../version.ts';
import { sayProblem } from './guard.ts';
import {
  apiGlobals,
  findLoggerProvider,
  legacyLogsGlobal,
  type LoggerLike,
  type LoggerProviderLike,
} from './logs-api.ts';

/** Providers handed to `init` instead of the globals. */
export interface GivenProviders {
  tracerProvider?: TracerProvider | undefined;
  meterProvider?: MeterProvider | undefined;
  loggerProvider?: LoggerProviderLike | undefined;
}

// The API objects are singletons, the providers behind them are not: bind the former once, look the latter up each time.
const traceApi = trace;
const metricsApi = metrics;
const NOOP_METER = createNoopMeter();

/**
 * The host's providers as of the last look. Each call of ours that may be the first in a while looks once, at its door:
 * so it does not matter whether the SDK starts before or after this package is loaded, and a provider that is replaced (hot
 * reload) is followed. A look is a few comparisons with what the API's globals held; asking the API itself at each use
 * costs eight per cent of a task.
 */
export class Providers {
  #given: GivenProviders = {};
  #seenTrace: unknown;
  #seenMetrics: unknown;
  #seenLogs: unknown;
  #seenLegacyLogs: unknown;
  #apiTracerProvider: TracerProvider | undefined;
  #tracerOwner: TracerProvider | undefined;
  #tracer: Tracer | undefined;
  #isLoggerKnown = false;
  #logger: LoggerLike | undefined;
  #dropsEventNames = false;
  #isMeterKnown = false;
  #meter: Meter | undefined;

  /** Takes providers that go before the globals; those left out stay as they were. */
  give(given: GivenProviders): void {
    this.#given = { ...this.#given, ...given };
    this.#forget();
  }

  /** Notices what was registered, replaced or removed since the last look. */
  look(): void {
    const globals = apiGlobals();
    const legacyLogs = legacyLogsGlobal();
    if (
      globals?.trace === this.#seenTrace &&
      globals?.metrics === this.#seenMetrics &&
      globals?.logs === this.#seenLogs &&
      legacyLogs === this.#seenLegacyLogs
    ) {
      return;
    }
    this.#seenTrace = globals?.trace;
    this.#seenMetrics = globals?.metrics;
    this.#seenLogs = globals?.logs;
    this.#seenLegacyLogs = legacyLogs;
    this.#forget();
  }

  /** The host's tracer; one that makes spans that record nothing when there is no SDK. Throws when the provider does. */
  tracer(): Tracer {
    const provider = this.tracerProvider();
    if (this.#tracer === undefined || provider !== this.#tracerOwner) {
      this.#tracer = provider.getTracer(SCOPE_INSTRUMENTATION, version);
      this.#tracerOwner = provider;
    }
    return this.#tracer;
  }

  /** The host's logger, or undefined when it has no logs signal. */
  logger(): LoggerLike | undefined {
    if (!this.#isLoggerKnown) this.#findLogger();
    return this.#logger;
  }

  /** Whether the host's logs SDK (1.x) loses event names, so that an attribute has to carry them. */
  get dropsEventNames(): boolean {
    return this.#dropsEventNames;
  }

  /** The host's meter, or undefined when it has no metrics signal. */
  meter(): Meter | undefined {
    if (!this.#isMeterKnown) this.#findMeter();
    return this.#meter;
  }

  /** Whether the host has no signal at all, so that nothing we did would be seen. */
  get isSilent(): boolean {
    const { tracerProvider, meterProvider, loggerProvider } = this.#given;
    return (
      this.#seenTrace === undefined &&
      this.#seenMetrics === undefined &&
      this.#seenLogs === undefined &&
      this.#seenLegacyLogs === undefined &&
      tracerProvider === undefined &&
      meterProvider === undefined &&
      loggerProvider === undefined
    );
  }

  /** Whether a tracer provider is registered at all. */
  get hasTracing(): boolean {
    return this.#seenTrace !== undefined || this.#given.tracerProvider !== undefined;
  }

  /** The provider itself, behind the proxy that the API hands out. */
  tracerProvider(): TracerProvider {
    const provider = this.#given.tracerProvider ?? (this.#apiTracerProvider ??= traceApi.getTracerProvider());
    const proxy = provider as { getDelegate?: () => TracerProvider };
    return typeof proxy.getDelegate === 'function' ? proxy.getDelegate() : provider;
  }

  loggerProvider(): LoggerProviderLike | undefined {
    return this.#given.loggerProvider ?? findLoggerProvider();
  }

  meterProvider(): MeterProvider {
    return this.#given.meterProvider ?? metricsApi.getMeterProvider();
  }

  #forget(): void {
    this.#apiTracerProvider = undefined;
    this.#tracer = undefined;
    this.#isLoggerKnown = false;
    this.#isMeterKnown = false;
  }

  #findLogger(): void {
    this.#isLoggerKnown = true;
    this.#logger = undefined;
    try {
      const provider = this.loggerProvider();
      // Only providers of SDK 1.x have this method, and only they lose the event name of a record.
      this.#dropsEventNames = provider !== undefined && 'addLogRecordProcessor' in provider;
      this.#logger = provider?.getLogger(SCOPE_INSTRUMENTATION, version);
    } catch (error) {
      sayProblem('the logger provider', error);
    }
  }

  #findMeter(): void {
    this.#isMeterKnown = true;
    this.#meter = undefined;
    try {
      const meter = this.meterProvider().getMeter(SCOPE_INSTRUMENTATION, version);
      this.#meter = meter === NOOP_METER ? undefined : meter;
    } catch (error) {
      sayProblem('the meter provider', error);
    }
  }
}
