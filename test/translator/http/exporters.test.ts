/** OpenTelemetry's own exporters send to the real server; what the receiver gets is compared with what was recorded. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCEPTED, type Receiver } from '../../../src/translator/http/receiver.ts';
import { openOtlpServer, type OtlpServer } from '../../../src/translator/http/server.ts';
import type { ScopeLogs, ScopeMetrics, ScopeSpans } from '../../../src/translator/otlp/model.ts';

const resource = resourceFromAttributes({ 'service.name': 'sales', replicas: 3, tags: ['a', 'b'] });
const parent: SpanContext = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  traceFlags: TraceFlags.SAMPLED,
};
/** [seconds, nanoseconds] whose nanoseconds a double cannot hold. */
const START: [number, number] = [1_700_000_000, 123_456_789];
const END: [number, number] = [1_700_000_003, 1];

let server: OtlpServer;
let logs: ScopeLogs[] = [];
let spans: ScopeSpans[] = [];
let metrics: ScopeMetrics[] = [];

beforeEach(async () => {
  [logs, spans, metrics] = [[], [], []];
  const receiver: Receiver = {
    logs: (batch) => (logs.push(...batch), Promise.resolve(ACCEPTED)),
    traces: (batch) => (spans.push(...batch), Promise.resolve(ACCEPTED)),
    metrics: (batch) => (metrics.push(...batch), Promise.resolve(ACCEPTED)),
  };
  server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver });
});
afterEach(() => server.close());

it.each<[string, string, () => LogRecordExporter]>([
  ['JSON', 'none', () => new JsonLogExporter({ url: `${server.url}/v1/logs` })],
  ['JSON', 'gzip', () => new JsonLogExporter({ url: `${server.url}/v1/logs` })],
  ['protobuf', 'none', () => new ProtobufLogExporter({ url: `${server.url}/v1/logs` })],
  ['protobuf', 'gzip', () => new ProtobufLogExporter({ url: `${server.url}/v1/logs` })],
])('the log exporter in %s, compression %s', async (_form, compression, exporter) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression);
  const provider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: exporter() })],
  });
  provider.getLogger('test', '1.2.3').emit({
    eventName: 'hiveloop.test',
    timestamp: START,
    observedTimestamp: END,
    severityNumber: SeverityNumber.ERROR,
    body: 'CRM: 403 – «forbidden» 🚫',
    attributes: { count: 3, ratio: 0.5, ok: true, nested: { list: [1, 'two', null] }, bytes: new Uint8Array([0, 255]) },
    context: trace.setSpanContext(ROOT_CONTEXT, parent),
  });
  await provider.shutdown();
  expect(logs).toEqual([
    {
      resource: { attributes: { 'service.name': 'sales', replicas: 3, tags: ['a', 'b'] } },
      scope: { name: 'test', version: '1.2.3' },
      logRecords: [
        {
          timeUnixNano: 1_700_000_000_123_456_789n,
          observedTimeUnixNano: 1_700_000_003_000_000_001n,
          severityNumber: 17,
          eventName: 'hiveloop.test',
          body: 'CRM: 403 – «forbidden» 🚫',
          attributes: {
            count: 3,
            ratio: 0.5,
            ok: true,
            nested: { list: [1, 'two', null] },
            bytes: new Uint8Array([0, 255]),
          },
          traceId: parent.traceId,
          spanId: parent.spanId,
        },
      ],
    },
  ]);
});

it.each<[string, () => SpanExporter]>([
  ['JSON', () => new JsonTraceExporter({ url: `${server.url}/v1/traces` })],
  ['protobuf', () => new ProtobufTraceExporter({ url: `${server.url}/v1/traces` })],
])('the trace exporter in %s', async (_form, exporter) => {
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter())] });
  const span = provider.getTracer('test').startSpan(
    'execute_tool search',
    {
      kind: SpanKind.CLIENT,
      startTime: START,
      attributes: { a: [1.5, 2] },
      links: [{ context: parent, attributes: { l: 1 } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, parent),
  );
  span.addEvent('retry', { attempt: 2 }, END);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'timed out' });
  span.end(END);
  await provider.shutdown();
  expect(spans.map((scopeSpans) => scopeSpans.spans)).toEqual([
    [
      {
        traceId: parent.traceId,
        spanId: span.spanContext().spanId,
        parentSpanId: parent.spanId,
        name: 'execute_tool search',
        kind: 3,
        startTimeUnixNano: 1_700_000_000_123_456_789n,
        endTimeUnixNano: 1_700_000_003_000_000_001n,
        attributes: { a: [1.5, 2] },
        events: [{ timeUnixNano: 1_700_000_003_000_000_001n, name: 'retry', attributes: { attempt: 2 } }],
        links: [{ traceId: parent.traceId, spanId: parent.spanId, attributes: { l: 1 } }],
        statusCode: 2,
        statusMessage: 'timed out',
      },
    ],
  ]);
});

it.each<[string, () => PushMetricExporter]>([
  ['JSON', () => new JsonMetricExporter({ url: `${server.url}/v1/metrics` })],
  ['protobuf', () => new ProtobufMetricExporter({ url: `${server.url}/v1/metrics` })],
])('the metric exporter in %s', async (_form, exporter) => {
  const provider = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: exporter() })],
  });
  const meter = provider.getMeter('test');
  meter.createGauge('depth', { unit: '{item}' }).record(4.5, { agent: 'a' });
  meter.createCounter('retries').add(2, { agent: 'a' });
  meter.createHistogram('duration', { unit: 's' }).record(1);
  await provider.shutdown();
  expect(metrics).toMatchObject([
    {
      resource: { attributes: { 'service.name': 'sales' } },
      scope: { name: 'test' },
      points: [
        { name: 'depth', unit: '{item}', value: 4.5, attributes: { agent: 'a' } },
        { name: 'retries', unit: '', value: 2, attributes: { agent: 'a' } },
      ],
      pointCount: 3,
    },
  ]);
});
