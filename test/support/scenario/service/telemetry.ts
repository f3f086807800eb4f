/** OpenTelemetry as a service sets it up, with short delays: a test waits for what it sends. */
import { metrics } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ENVIRONMENT, NAMESPACE } from './names.ts';

const BATCHING = { scheduledDelayMillis: 200 };
const METRIC_INTERVAL_MILLIS = 500;

/** Starts all three signals; the answer ends them, with what is left sent. */
export function startTelemetry(serviceName: string, instanceId: string): () => Promise<void> {
  const resource = resourceFromAttributes({
    'service.name': serviceName,
    'service.namespace': NAMESPACE,
    'service.instance.id': instanceId,
    'deployment.environment.name': ENVIRONMENT,
  });
  const tracerProvider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(), BATCHING)],
  });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(), ...BATCHING })],
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(),
        exportIntervalMillis: METRIC_INTERVAL_MILLIS,
        exportTimeoutMillis: METRIC_INTERVAL_MILLIS,
      }),
    ],
  });
  tracerProvider.register();
  logs.setGlobalLoggerProvider(loggerProvider);
  metrics.setGlobalMeterProvider(meterProvider);
  return async () => {
    await Promise.all([tracerProvider.shutdown(), loggerProvider.shutdown(), meterProvider.shutdown()]);
  };
}
