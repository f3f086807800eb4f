/**
 * The service's own OpenTelemetry set-up, as a service without HiveLoop would have it too. HiveLoop adds nothing here:
 * it finds the providers that are registered and emits through them.
 *
 * Worth copying: `service.instance.id` (replicas without it fight over gauges), logs and metrics beside traces (live
 * events, issues and gauges ride on them), and the order of the shutdown.
 */
import { randomUUID } from 'node:crypto';
import { diag, DiagLogLevel, metrics, type DiagLogger } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** Short, so that a terminal that follows is live; the SDK's defaults (1 s, 5 s and 60 s) are right for production. */
const BATCH_DELAY_MILLIS = 200;
const METRIC_INTERVAL_MILLIS = 1000;
/** All attempts of one export together: a receiver that is not there must not hold up the end of the process. */
const EXPORT_TIMEOUT_MILLIS = 1500;

export interface Telemetry {
  /** Sends what is left and closes the providers. Never rejects. */
  shutdown(): Promise<void>;
  /** What kept telemetry from arriving, in a sentence; undefined when all was taken. */
  problem(): string | undefined;
}

/** Starts traces, logs and metrics over OTLP/HTTP, to `OTEL_EXPORTER_OTLP_ENDPOINT` or http://localhost:4318. */
export function startTelemetry(): Telemetry {
  const problems = new ExportProblems();
  diag.setLogger(problems, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });

  const resource = resourceFromAttributes({
    'service.name': 'lead-qualifier',
    'service.namespace': 'sales',
    'service.version': '1.0.0',
    'service.instance.id': randomUUID(),
    'deployment.environment.name': 'demo',
  });
  const exporting = { timeoutMillis: EXPORT_TIMEOUT_MILLIS };
  const batching = { scheduledDelayMillis: BATCH_DELAY_MILLIS };

  const tracerProvider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exporting), batching)],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(exporting), ...batching })],
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(exporting),
        exportIntervalMillis: METRIC_INTERVAL_MILLIS,
        exportTimeoutMillis: METRIC_INTERVAL_MILLIS,
      }),
    ],
  });
  tracerProvider.register();
  logs.setGlobalLoggerProvider(loggerProvider);
  metrics.setGlobalMeterProvider(meterProvider);

  // Each `fetch` becomes a client span below whatever tool or model call is current. The exporters use node:http, which
  // is not instrumented here, so sending telemetry makes none.
  registerInstrumentations({ instrumentations: [new UndiciInstrumentation()], tracerProvider, meterProvider });

  return {
    shutdown: async () => {
      await Promise.allSettled([tracerProvider.shutdown(), loggerProvider.shutdown(), meterProvider.shutdown()]);
    },
    problem: () => problems.sentence(),
  };
}

/** OpenTelemetry's own troubles, said in one line at the end instead of one per batch. */
class ExportProblems implements DiagLogger {
  #failures = 0;
  #isNobodyThere = false;
  #last = '';

  error(message: string): void {
    this.#failures += 1;
    this.#isNobodyThere ||= message.includes('ECONNREFUSED');
    this.#last = /"message":"([^"]*)"/.exec(message)?.[1] ?? message;
  }

  /** Advice, HiveLoop's among it (such as issues that were left open). `OTEL_LOG_LEVEL=warn` shows it. */
  warn(message: string, ...details: unknown[]): void {
    if (process.env['OTEL_LOG_LEVEL']?.toLowerCase() === 'warn') console.warn(message, ...details);
  }

  info(): void {
    // not asked for
  }

  debug(): void {
    // not asked for
  }

  verbose(): void {
    // not asked for
  }

  sentence(): string | undefined {
    if (this.#failures === 0) return undefined;
    const endpoint = process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://localhost:4318';
    if (this.#isNobodyThere) return `nothing was listening at ${endpoint}, so telemetry is lost`;
    const exports = this.#failures === 1 ? 'an export' : `${this.#failures} exports`;
    return `${exports} to ${endpoint} failed: ${this.#last.slice(0, 200)}`;
  }
}
