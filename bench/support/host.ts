import { context, metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-node';

/**
 * What the host has of OpenTelemetry: `none` no SDK at all, `off` a sampler that drops all, `discard` traces into an
 * exporter that throws them away, `http` traces as OTLP/HTTP protobuf, `all` traces, logs and metrics, thrown away.
 */
export type HostKind = 'none' | 'off' | 'discard' | 'http' | 'all';

/** Where the host's signals go. */
export interface Exporters {
  readonly spans: SpanExporter;
  readonly logs?: LogRecordExporter;
  readonly metrics?: PushMetricExporter;
}

export interface Host {
  /** Exports what has been queued. */
  flush(): Promise<void>;
  /** Collects and exports the metrics, if there are any. */
  collect(): Promise<void>;
}

const RESOURCE = resourceFromAttributes({ 'service.name': 'bench', 'service.instance.id': 'bench-1' });
const COLLECT_INTERVAL_MILLIS = 600_000;

/** Throws everything away. */
export const DISCARD = {
  export: (_items: unknown, done: (result: { code: 0 }) => void): void => done({ code: 0 }),
  forceFlush: (): Promise<void> => Promise.resolve(),
  shutdown: (): Promise<void> => Promise.resolve(),
  selectAggregationTemporality: (): AggregationTemporality => AggregationTemporality.CUMULATIVE,
};

/** The exporters of a kind of host. */
export function exportersOf(kind: HostKind, sinkUrl: string): Exporters {
  if (kind === 'http') return { spans: new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` }) };
  return kind === 'all' ? { spans: DISCARD, logs: DISCARD, metrics: DISCARD } : { spans: DISCARD };
}

/** Sets OpenTelemetry up as a service does; `none` sets nothing up. */
export function startHost(kind: HostKind, exporters: Exporters): Host {
  if (kind === 'none') return { flush: () => Promise.resolve(), collect: () => Promise.resolve() };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spanProcessor = new BatchSpanProcessor(exporters.spans);
  const sampler = kind === 'off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ resource: RESOURCE, spanProcessors: [spanProcessor], sampler }),
  );
  const logProcessor = exporters.logs && startLogs(exporters.logs);
  const reader = exporters.metrics && startMetrics(exporters.metrics);
  return {
    flush: async () => {
      await spanProcessor.forceFlush();
      await logProcessor?.forceFlush();
    },
    collect: async () => {
      await reader?.forceFlush();
    },
  };
}

function startLogs(exporter: LogRecordExporter): BatchLogRecordProcessor {
  const processor = new BatchLogRecordProcessor({ exporter });
  logs.setGlobalLoggerProvider(new LoggerProvider({ resource: RESOURCE, processors: [processor] }));
  return processor;
}

function startMetrics(exporter: PushMetricExporter): PeriodicExportingMetricReader {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: COLLECT_INTERVAL_MILLIS });
  metrics.setGlobalMeterProvider(new MeterProvider({ resource: RESOURCE, readers: [reader] }));
  return reader;
}
