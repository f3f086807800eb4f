import { diag, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
  ATTR_SUMMARY,
  EVENT_ISSUE_LIFECYCLE,
  EVENT_ISSUE_REPORTED,
} from '../../../src/semconv.ts';
import { IssueLifecycleProcessor } from '../../../src/translator/in-process/issue-lifecycle-processor.ts';
import { openEnvironmentSink } from '../../../src/translator/in-process/otlp-environment.ts';
import { openCollector, type Collector } from '../../support/collector.ts';

async function collector(): Promise<Collector> {
  const opened = await openCollector();
  onTestFinished(() => opened.close());
  return opened;
}

test('its requests make no spans in a host whose HTTP client is instrumented, and reach the address of the standard variables', async () => {
  const backend = await collector();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', backend.url);
  const processor = new IssueLifecycleProcessor();
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory), processor] });
  provider.register();
  const disable = registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [new UndiciInstrumentation()],
  });
  onTestFinished(async () => {
    disable();
    await provider.shutdown();
    trace.disable();
  });

  await provider.getTracer('t').startActiveSpan('work', {}, ROOT_CONTEXT, async (span) => {
    span.addEvent(EVENT_ISSUE_REPORTED, {
      [ATTR_LOG_RECORD_UID]: 'one',
      [ATTR_AGENT_ID]: 'lead-qualifier',
      [ATTR_SUMMARY]: 'CRM API returns 403',
    });
    span.end();
    await processor.forceFlush(); // inside the span: a timer or a request started here would be its child
    await fetch(backend.url); // the control: an ordinary request is traced
  });

  await backend.until('the lifecycle', ({ logs }) => logs.some(({ eventName }) => eventName === EVENT_ISSUE_LIFECYCLE));
  expect(backend.arrived.logs.map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION])).toEqual(['opened']);
  expect(backend.arrived.spans.map(({ name }) => name)).toEqual(['issue.opened']);
  expect(memory.getFinishedSpans().map(({ name }) => name)).toEqual(['work', 'GET']);
});

test('a variable for one signal wins over the one for all', async () => {
  const [all, logsOnly] = [await collector(), await collector()];
  const sink = openEnvironmentSink({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${all.url}/`,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${logsOnly.url}/v1/logs`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
  });
  const resource = { attributes: {} };
  const scope = { name: 's', version: '' };
  const record = {
    timeUnixNano: 1n,
    observedTimeUnixNano: 1n,
    severityNumber: 9,
    eventName: 'e',
    body: 'b',
    attributes: {},
    traceId: '',
    spanId: '',
  };
  expect(await sink.logs([{ resource, scope, logRecords: [record] }])).toEqual({ kind: 'accepted' });
  expect(logsOnly.arrived.logs).toHaveLength(1);
  expect(all.arrived.logs).toHaveLength(0);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/custom' }, /must end in \/v1\/logs/],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /http or https URL/],
])('%j is refused with a sentence', (environment, message) => {
  expect(() => openEnvironmentSink(environment)).toThrow(message);
});

test('the standard compression is obeyed, and one that is not known is said and left out', async () => {
  const codings: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    codings.push(request.headers['content-encoding']);
    request.resume().on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const warn = vi.fn();
  diag.setLogger({ warn, error: warn, info: warn, debug: warn, verbose: warn }, { suppressOverrideMessage: true });
  onTestFinished(() => diag.disable());

  const body = Buffer.alloc(2000);
  for (const compression of ['none', 'gzip', '', 'zstd']) {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_COMPRESSION: compression };
    await openEnvironmentSink(variables).encoded?.('logs', body);
  }
  expect(codings).toEqual([undefined, 'gzip', 'gzip', 'gzip']);
  expect(warn).toHaveBeenCalledWith(
    expect.stringMatching(/OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none, and is "zstd"/),
  );
});
