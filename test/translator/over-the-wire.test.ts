/** A host's own exporters → the real server and translator on a SQLite file → the real server of whoever takes what is derived. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TIME_TO_RESOLVE,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  ATTR_SUMMARY,
  EVENT_ISSUE_LIFECYCLE,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  METRIC_ISSUE_ACTIVE,
} from '../../src/semconv.ts';
import { ACCEPTED, type Receiver } from '../../src/translator/http/receiver.ts';
import { openOtlpServer, type OtlpServer } from '../../src/translator/http/server.ts';
import type { AnyValue, NumberPoint, ScopeLogs, ScopeMetrics, ScopeSpans } from '../../src/translator/otlp/model.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';

class Backend implements Receiver {
  readonly #logs: ScopeLogs[] = [];
  readonly #spans: ScopeSpans[] = [];
  #points: readonly NumberPoint[] = [];

  logs = (batch: readonly ScopeLogs[]): Promise<typeof ACCEPTED> => {
    this.#logs.push(...batch);
    return Promise.resolve(ACCEPTED);
  };
  traces = (batch: readonly ScopeSpans[]): Promise<typeof ACCEPTED> => {
    this.#spans.push(...batch);
    return Promise.resolve(ACCEPTED);
  };
  metrics = (batch: readonly ScopeMetrics[]): Promise<typeof ACCEPTED> => {
    this.#points = batch.flatMap(({ points }) => points);
    return Promise.resolve(ACCEPTED);
  };

  get services(): ReadonlySet<AnyValue | undefined> {
    return new Set([...this.#logs, ...this.#spans].map(({ resource }) => resource.attributes[ATTR_SERVICE_NAME]));
  }

  get transitions(): readonly (readonly (AnyValue | undefined)[])[] {
    return this.#logs
      .flatMap(({ logRecords }) => logRecords)
      .filter(({ eventName }) => eventName === EVENT_ISSUE_LIFECYCLE)
      .map(({ attributes }) => [attributes[ATTR_ISSUE_TRANSITION], attributes[ATTR_ISSUE_EPISODE]]);
  }

  get spans(): readonly ScopeSpans['spans'][number][] {
    return this.#spans.flatMap(({ spans }) => spans);
  }

  get open(): readonly (readonly (AnyValue | undefined)[])[] {
    return this.#points
      .filter(({ name }) => name === METRIC_ISSUE_ACTIVE.name)
      .map(({ attributes, value }) => [attributes[ATTR_ISSUE_SEVERITY], value]);
  }
}

const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'sales-agents' });
const SENT_AT = Math.floor(Date.now() / 1000);
const REPORT_SPAN = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', traceFlags: 1 };

let folder = '';
let backend: Backend;
let sinkServer: OtlpServer;
let server: OtlpServer;
let translator: Translator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-wire-'));
  backend = new Backend();
  sinkServer = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: backend });
  translator = await createTranslator({
    store: `sqlite:${join(folder, 'hiveloop.db')}`,
    sink: { url: sinkServer.url },
  });
  server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: translator.receiver });
});

afterEach(async () => {
  await server.close();
  await translator.close();
  await sinkServer.close();
  rmSync(folder, { recursive: true });
});

const STORY = [
  [EVENT_ISSUE_REPORTED, 'CRM API returns 403'],
  [EVENT_ISSUE_REPORTED, 'CRM API returns 403'],
  [EVENT_ISSUE_RESOLVED, 'CRM API recovered'],
  [EVENT_ISSUE_REPORTED, 'CRM API returns 403'],
] as const;

const TOLD = [
  ['opened', 1],
  ['recurred', 1],
  ['resolved', 1],
  ['reopened', 2],
];

function attributesOf(index: number): Record<string, string> {
  return {
    [ATTR_LOG_RECORD_UID]: `u${index}`,
    [ATTR_AGENT_ID]: 'lead-qualifier',
    [ATTR_ISSUE_ID]: 'crm-403',
    [ATTR_ISSUE_SEVERITY]: 'high',
  };
}

it.each<[string, (url: string) => LogRecordExporter]>([
  ['protobuf', (url) => new ProtobufLogExporter({ url })],
  ['JSON', (url) => new JsonLogExporter({ url })],
])('an issue sent as %s log records arrives as log events, spans and metrics', async (_, exporter) => {
  const host = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: exporter(`${server.url}/v1/logs`) })],
  });
  for (const [index, [eventName, body]] of STORY.entries()) {
    host.getLogger('hiveloop-otel').emit({
      eventName,
      body,
      timestamp: [SENT_AT - 10 + index, 123_456_789],
      attributes: attributesOf(index),
      context: trace.setSpanContext(ROOT_CONTEXT, REPORT_SPAN),
    });
  }
  await host.shutdown();
  await translator.flush();

  expect(backend.transitions).toEqual(TOLD);
  expect(backend.services).toEqual(new Set(['sales-agents']));
  expect(backend.spans.map(({ name }) => name)).toEqual([
    'issue.opened',
    'issue.recurred',
    'issue.resolved',
    'issue crm-403',
    'issue.reopened',
  ]);
  const episode = backend.spans.find(({ name }) => name === 'issue crm-403');
  expect(episode?.links).toMatchObject([{ traceId: REPORT_SPAN.traceId, spanId: REPORT_SPAN.spanId }]);
  expect(episode?.startTimeUnixNano).toBe(BigInt(SENT_AT - 10) * 1_000_000_000n + 123_456_789n);
  expect(episode?.attributes[ATTR_ISSUE_TIME_TO_RESOLVE]).toBe(2);
  expect(backend.open).toEqual([['high', 1]]);
  expect(await translator.issues()).toMatchObject([{ state: 'open', episode: 2, totalOccurrences: 3 }]);
});

it('a host with traces only is heard by the events of its spans', async () => {
  const host = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${server.url}/v1/traces` }))],
  });
  const span = host.getTracer('hiveloop-otel').startSpan('invoke_agent lead-qualifier');
  for (const [index, [name, summary]] of STORY.entries()) {
    span.addEvent(name, { ...attributesOf(index), [ATTR_SUMMARY]: summary }, [SENT_AT - 10 + index, 0]);
  }
  span.end();
  await host.shutdown();
  await translator.flush();
  expect(backend.transitions).toEqual(TOLD);
  expect(backend.spans[0]?.links).toMatchObject([{ spanId: span.spanContext().spanId }]);
});

it('what is sent while the backend is away arrives when it is back, after a restart of the translator', async () => {
  await sinkServer.close();
  const host = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new ProtobufLogExporter({ url: `${server.url}/v1/logs` }) })],
  });
  host.getLogger('hiveloop-otel').emit({
    eventName: EVENT_ISSUE_REPORTED,
    body: 'CRM API returns 403',
    timestamp: [SENT_AT, 0],
    attributes: attributesOf(0),
  });
  await host.shutdown();
  await translator.close();
  expect(backend.transitions).toEqual([]);

  sinkServer = await openOtlpServer({ host: '127.0.0.1', port: sinkServer.port, receiver: backend });
  translator = await createTranslator({
    store: `sqlite:${join(folder, 'hiveloop.db')}`,
    sink: { url: sinkServer.url },
  });
  await translator.flush();
  expect(backend.transitions).toEqual([['opened', 1]]);
});

it('its own output, sent back to it, is ignored and counted', async () => {
  const looped: Receiver = {
    logs: (batch) => itself.receiver.logs(batch),
    traces: (batch) => itself.receiver.traces(batch),
    metrics: (batch) => itself.receiver.metrics(batch),
  };
  const loop = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: looped });
  const itself = await createTranslator({ store: 'memory:', sink: { url: loop.url } });
  const host = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new ProtobufLogExporter({ url: `${loop.url}/v1/logs` }) })],
  });
  host.getLogger('hiveloop-otel').emit({ eventName: EVENT_ISSUE_REPORTED, body: 'x', attributes: attributesOf(0) });
  await host.shutdown();
  await itself.flush();
  const { received, applied, other, foreign, ownInput } = await itself.counters();
  expect({ received, applied, other, foreign }).toEqual({ received: 1, applied: 1, other: 0, foreign: 0 });
  expect(ownInput).toBeGreaterThan(3);
  await itself.close();
  await loop.close();
});
