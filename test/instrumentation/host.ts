/** A host with OpenTelemetry's SDK in memory: what HiveLoop tells is read back from its exporters. */
import {
  context,
  diag,
  DiagLogLevel,
  metrics,
  propagation,
  trace,
  type Attributes,
  type HrTime,
} from '@opentelemetry/api';
import { logs as logsApi } from '@opentelemetry/api-logs';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
  type TimedEvent,
} from '@opentelemetry/sdk-trace-node';
import { afterEach, vi } from 'vitest';
import * as hiveloop from '../../src/index.ts';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME } from '../../src/semconv.ts';

export type Module = typeof hiveloop;

export interface HostOptions {
  /** Which providers are registered. Default: all. */
  readonly signals?: readonly ('traces' | 'logs' | 'metrics')[];
  readonly sampler?: Sampler;
  readonly resource?: Attributes;
  /** Options of `init`. */
  readonly init?: hiveloop.InitOptions;
}

export interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A meter provider whose points are collected when a test asks. */
export class Meters {
  readonly #reader = new ManualReader();
  readonly provider: MeterProvider;

  constructor(resource?: Resource) {
    this.provider = new MeterProvider({ readers: [this.#reader], ...(resource === undefined ? {} : { resource }) });
  }

  /** The points of a metric now; histograms give their sum and count. */
  async points(definition: { readonly name: string }): Promise<readonly Point[]> {
    const { resourceMetrics } = await this.#reader.collect();
    const found = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === definition.name);
    return found.flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value })));
  }
}

/** What a host exported, and the HiveLoop that it uses. */
export class Host {
  readonly module: Module;
  readonly hive: hiveloop.HiveLoop;
  readonly tracerProvider: NodeTracerProvider;
  readonly loggerProvider: LoggerProvider;
  readonly meters: Meters;
  /** What was said to `diag`, one string a sentence. */
  readonly sentences: readonly string[];
  readonly #spans: InMemorySpanExporter;
  readonly #logs: InMemoryLogRecordExporter;

  constructor(module: Module, options: HostOptions, sentences: readonly string[]) {
    const { signals = ['traces', 'logs', 'metrics'] } = options;
    const resource = resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'host',
      [ATTR_SERVICE_INSTANCE_ID]: 'host-1',
      ...options.resource,
    });
    this.sentences = sentences;
    this.#spans = new InMemorySpanExporter();
    this.#logs = new InMemoryLogRecordExporter();
    this.tracerProvider = new NodeTracerProvider({
      resource,
      spanProcessors: [new SimpleSpanProcessor(this.#spans)],
      ...(options.sampler === undefined ? {} : { sampler: options.sampler }),
    });
    this.loggerProvider = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter: this.#logs })],
    });
    this.meters = new Meters(resource);
    if (signals.includes('traces')) this.tracerProvider.register();
    if (signals.includes('logs')) logsApi.setGlobalLoggerProvider(this.loggerProvider);
    if (signals.includes('metrics')) metrics.setGlobalMeterProvider(this.meters.provider);
    this.module = module;
    this.hive = module.init(options.init);
  }

  agent(id = 'lead-qualifier', options: hiveloop.AgentOptions = {}): hiveloop.Agent {
    return this.hive.agent(id, { heartbeatIntervalSeconds: 0, ...options });
  }

  /** Spans that ended, in the order of their ends. */
  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  get logs(): readonly ReadableLogRecord[] {
    return this.#logs.getFinishedLogRecords();
  }

  /** The one span of this name. */
  span(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    const [span] = found;
    if (span === undefined || found.length > 1)
      throw new Error(`${found.length} spans ${name} of: ${names(this.spans)}`);
    return span;
  }

  /** The one log record with this event name. */
  log(eventName: string): ReadableLogRecord {
    const found = this.logsOf(eventName);
    const [record] = found;
    if (record === undefined || found.length > 1) throw new Error(`${found.length} log records ${eventName}`);
    return record;
  }

  logsOf(eventName: string): readonly ReadableLogRecord[] {
    return this.logs.filter((record) => record.eventName === eventName);
  }

  /** The span events of this name, of all spans. */
  spanEvents(name: string): readonly TimedEvent[] {
    return this.spans.flatMap(({ events }) => events.filter((event) => event.name === name));
  }

  points(definition: { readonly name: string }): Promise<readonly Point[]> {
    return this.meters.points(definition);
  }

  /** Takes away what this host registered, before the end of the test. */
  close(): Promise<void> {
    return forgetGlobals();
  }

  /** Sentences said to `diag` that contain this text. */
  said(text: string): readonly string[] {
    return this.sentences.filter((sentence) => sentence.includes(text));
  }
}

/** Opens a host on a registry of its own, which the end of the test closes. */
export function openHost(options: HostOptions = {}): Host {
  return openWith(hiveloop, options);
}

/** As `openHost`, with a HiveLoop that has said nothing yet: what it says once, it says again. */
export async function openFreshHost(options: HostOptions = {}): Promise<Host> {
  vi.resetModules();
  return openWith(await import('../../src/index.ts'), options);
}

/** A promise that the test settles. */
export function deferred<T = undefined>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** An attribute or body as text; what is no text as JSON of a list. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify([value]);
}

/** Nanoseconds since 1970. */
export function nanosOf([seconds, nanos]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function openWith(module: Module, options: HostOptions): Host {
  return new Host(module, options, spyOnDiag());
}

/** Collects what is said to OpenTelemetry's `diag`, debug lines left out. */
export function spyOnDiag(): readonly string[] {
  const sentences: string[] = [];
  const take = (...words: readonly unknown[]): void => void sentences.push(words.slice(1).join(' '));
  const logger = { error: take, warn: take, info: take, debug: () => undefined, verbose: () => undefined };
  diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
  return sentences;
}

/** Takes all that a host registered away again, and the registry of HiveLoop. */
export async function forgetGlobals(): Promise<void> {
  vi.useRealTimers();
  diag.disable();
  await hiveloop.init().shutdown({ timeoutMillis: 100 });
  trace.disable();
  context.disable();
  propagation.disable();
  metrics.disable();
  logsApi.disable();
  Reflect.deleteProperty(globalThis, Symbol.for('hiveloop-otel.registry.1'));
}

function names(spans: readonly ReadableSpan[]): string {
  return spans.map(({ name }) => name).join(', ');
}

afterEach(forgetGlobals);
