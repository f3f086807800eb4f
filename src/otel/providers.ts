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
import { apiGlobals, findLoggerProvider, type LoggerLike, type LoggerProviderLike } from './logs-api.ts';

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
 * The host's providers, looked up at each use and cached by the provider's identity: so it does not matter whether
 * the SDK starts before or after this package is loaded, and a provider that is replaced (hot reload) is followed.
 */
export class Providers {
  readonly given: GivenProviders = {};
  #tracerOwner: TracerProvider | undefined;
  #tracer: Tracer | undefined;
  #loggerOwner: LoggerProviderLike | undefined;
  #logger: LoggerLike | undefined;
  #dropsEventNames = false;
  #meterOwner: MeterProvider | undefined;
  #meter: Meter | undefined;

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
    const provider = this.loggerProvider();
    if (provider !== this.#loggerOwner) {
      this.#loggerOwner = provider;
      try {
        // Only providers of SDK 1.x have this method, and only they lose the event name of a record.
        this.#dropsEventNames = provider !== undefined && 'addLogRecordProcessor' in provider;
        this.#logger = provider?.getLogger(SCOPE_INSTRUMENTATION, version);
      } catch (error) {
        this.#logger = undefined;
        sayProblem('the logger provider', error);
      }
    }
    return this.#logger;
  }

  /** Whether the host's logs SDK (1.x) loses event names, so that an attribute has to carry them. */
  get dropsEventNames(): boolean {
    return this.#dropsEventNames;
  }

  /** The host's meter, or undefined when it has no metrics signal. */
  meter(): Meter | undefined {
    const provider = this.meterProvider();
    if (provider !== this.#meterOwner) {
      this.#meterOwner = provider;
      try {
        const meter = provider.getMeter(SCOPE_INSTRUMENTATION, version);
        this.#meter = meter === NOOP_METER ? undefined : meter;
      } catch (error) {
        this.#meter = undefined;
        sayProblem('the meter provider', error);
      }
    }
    return this.#meter;
  }

  /**
   * Whether the host has no signal at all, so that nothing we did would be seen. One look at the API's globals: asked at
   * the start of each scope, so that a process without an SDK skips what nobody sees.
   */
  get isSilent(): boolean {
    const { tracerProvider, meterProvider, loggerProvider } = this.given;
    if (tracerProvider !== undefined || meterProvider !== undefined || loggerProvider !== undefined) return false;
    const registered = apiGlobals();
    if (registered?.trace !== undefined || registered?.metrics !== undefined) return false;
    return findLoggerProvider() === undefined;
  }

  /** Whether a tracer provider is registered at all. */
  get hasTracing(): boolean {
    return this.given.tracerProvider !== undefined || apiGlobals()?.trace !== undefined;
  }

  /** The provider itself, behind the proxy that the API hands out. */
  tracerProvider(): TracerProvider {
    const provider = this.given.tracerProvider ?? traceApi.getTracerProvider();
    const proxy = provider as { getDelegate?: () => TracerProvider };
    return typeof proxy.getDelegate === 'function' ? proxy.getDelegate() : provider;
  }

  loggerProvider(): LoggerProviderLike | undefined {
    return this.given.loggerProvider ?? findLoggerProvider();
  }

  meterProvider(): MeterProvider {
    return this.given.meterProvider ?? metricsApi.getMeterProvider();
  }
}
