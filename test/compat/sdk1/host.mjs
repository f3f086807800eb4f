import { metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const CUMULATIVE = 1;

/** A host on SDK 1.30 / 0.57: the logs SDK drops event names, processors take their exporter as an argument. */
export function startHost() {
  const spans = new InMemorySpanExporter();
  const records = new InMemoryLogRecordExporter();
  const points = new InMemoryMetricExporter(CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  const loggers = new LoggerProvider();
  loggers.addLogRecordProcessor(new SimpleLogRecordProcessor(records));
  logs.setGlobalLoggerProvider(loggers);
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  return { spans, records, points, reader };
}
