/** `collector/collector.yaml` in the real Collector; the translator and the backends are played. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startCollector, type Collector } from '../../support/backends/collector.ts';
import { stock } from '../../support/backends/binaries.ts';
import { logsRequest, postOtlp, tracesRequest } from '../../support/otlp-json.ts';
import { hasMetricText, logsAt, openPlayedBackend, type PlayedBackend } from '../../support/played-backend.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const HEARTBEAT = 'hiveloop.agent.heartbeat';
const REPORTED = 'hiveloop.issue.reported';

stock('collector.yaml', () => {
  let translator: PlayedBackend;
  let prometheus: PlayedBackend;
  let loki: PlayedBackend;
  let collector: Collector;

  beforeAll(async () => {
    [translator, prometheus, loki] = await Promise.all([openPlayedBackend(), openPlayedBackend(), openPlayedBackend()]);
    collector = await startCollector({
      // The flush is the only thing that a test cannot wait for.
      configs: ['collector/collector.yaml', 'yaml:connectors::span_metrics::metrics_flush_interval: 200ms'],
      env: { TRANSLATOR_URL: translator.url, PROMETHEUS_URL: prometheus.url, LOKI_URL: loki.url },
    });
  });
  afterAll(async () => {
    await collector.stop();
    await Promise.all([translator.close(), prometheus.close(), loki.close()]);
  });

  it('hands the translator what it reads, by event name or by the attribute that stands for it, and nothing else', async () => {
    const records = [
      { eventName: REPORTED, body: 'by name' },
      { eventName: 'hiveloop.issue.resolved', body: 'by name' },
      { eventName: 'hiveloop.issue.dismissed', body: 'by name' },
      { eventName: HEARTBEAT, body: 'by name' },
      { eventName: 'hiveloop.agent.stopped', body: 'by name' },
      { attributes: { 'otel.event.name': REPORTED }, body: 'by otel.event.name' },
      { attributes: { 'event.name': 'hiveloop.issue.resolved' }, body: 'by event.name' },
      { eventName: 'hiveloop.task.started', body: 'other' },
      { eventName: 'hiveloop.issue.lifecycle', body: 'other' },
      { eventName: 'hiveloop.issue.reported.not', body: 'other' },
      { eventName: 'my.app.event', attributes: { 'event.name': REPORTED }, body: 'other' },
      { attributes: { 'event.name': 'my.app.event' }, body: 'other' },
      { body: 'other' },
    ];
    expect(await postOtlp(collector.urls.otlpHttp, 'logs', logsRequest(records))).toBe(200);
    await vi.waitFor(() => expect(logsAt(translator).map(({ body }) => body)).toHaveLength(7), PATIENCE);
    expect(logsAt(translator).map(({ body }) => body)).toEqual([
      ...Array<string>(5).fill('by name'),
      'by otel.event.name',
      'by event.name',
    ]);
  });

  it('gives Loki the event name as an attribute, wherever it came from', async () => {
    const records = [
      { eventName: 'hiveloop.retry', body: 'named' },
      { attributes: { 'otel.event.name': 'hiveloop.retry' }, body: 'sdk 1' },
      { attributes: { 'otel.event.name': 'hiveloop.retry', 'event.name': 'hiveloop.retry' }, body: 'sdk 1, both' },
      { eventName: 'hiveloop.retry', attributes: { 'event.name': 'other' }, body: 'two names' },
      { body: 'plain' },
    ];
    await postOtlp(collector.urls.otlpHttp, 'logs', logsRequest(records));
    const names = (body: string): readonly unknown[] =>
      logsAt(loki)
        .filter((record) => record.body === body)
        .map(({ attributes }) => [attributes['event_name'], attributes['event.name']]);
    await vi.waitFor(() => expect(names('plain')).toHaveLength(1), PATIENCE);
    expect(names('named')).toEqual([['hiveloop.retry', undefined]]);
    expect(names('sdk 1')).toEqual([['hiveloop.retry', undefined]]);
    // Loki makes `event_name` of it by itself; two of one name it would refuse.
    expect(names('sdk 1, both')).toEqual([[undefined, 'hiveloop.retry']]);
    expect(names('two names')).toEqual([['hiveloop.retry', undefined]]);
    expect(names('plain')).toEqual([[undefined, undefined]]);
  });

  it('makes span metrics of spans of others only: ours have metrics of their own', async () => {
    const spans = [{ name: 'invoke_agent ours' }, { name: 'GET /theirs', scope: 'undici' }];
    await postOtlp(collector.urls.otlpHttp, 'traces', tracesRequest(spans));
    await vi.waitFor(() => expect(hasMetricText(prometheus, 'GET /theirs')).toBe(true), PATIENCE);
    expect(hasMetricText(prometheus, 'traces.span.metrics.calls')).toBe(true);
    expect(hasMetricText(prometheus, 'invoke_agent ours')).toBe(false);
  });

  it('answers what is derived with the answer of the backend, and never shows it to the translator', async () => {
    const told = (body: string): unknown => logsRequest([{ eventName: REPORTED, body }]);
    const { derived } = collector.urls;
    loki.answer(400);
    expect(await postOtlp(derived, 'logs', told('refused'))).toBe(400);
    loki.answer(503);
    expect(await postOtlp(derived, 'logs', told('not now'))).toBe(503);
    loki.answer(200);
    expect(await postOtlp(derived, 'logs', told('derived'))).toBe(200);
    expect(logsAt(loki).map(({ body }) => body)).toContain('derived');
    // Jaeger is not there at all.
    expect(await postOtlp(derived, 'traces', tracesRequest([{ name: 'issue.opened' }]))).toBe(503);

    // A marker that is taken after it: what was to come before it has come.
    await postOtlp(collector.urls.otlpHttp, 'logs', logsRequest([{ eventName: HEARTBEAT, body: 'marker' }]));
    await vi.waitFor(() => expect(logsAt(translator).map(({ body }) => body)).toContain('marker'), PATIENCE);
    expect(logsAt(translator).map(({ body }) => body)).not.toContain('derived');
  });

  it('keeps what it acknowledged over a kill while the translator is away', async () => {
    translator.answer(503);
    const before = translator.requests.length;
    const request = logsRequest([{ eventName: REPORTED, body: 'kept' }]);
    expect(await postOtlp(collector.urls.otlpHttp, 'logs', request)).toBe(200);
    await vi.waitFor(() => expect(translator.requests.length).toBeGreaterThan(before), PATIENCE);
    await collector.kill();
    translator.answer(200);
    await collector.restart();
    await vi.waitFor(() => expect(logsAt(translator).map(({ body }) => body)).toContain('kept'), PATIENCE);
  });

  it('sends the translator requests of at most 4 MB, whatever waits', async () => {
    translator.answer(503);
    const text = 'x'.repeat(30_000);
    const records = Array.from({ length: 100 }, () => ({ eventName: REPORTED, body: text }));
    for (let sent = 0; sent < 3; sent++) {
      expect(await postOtlp(collector.urls.otlpHttp, 'logs', logsRequest(records))).toBe(200);
    }
    translator.answer(200);
    const arrived = (): number => logsAt(translator).filter(({ body }) => body === text).length;
    await vi.waitFor(() => expect(arrived()).toBe(300), PATIENCE);
    expect(Math.max(...translator.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(4_000_000);
  });

  it('says how it is, and counts what it does', async () => {
    expect((await fetch(collector.urls.health)).status).toBe(200);
    const metrics = await (await fetch(collector.urls.metrics)).text();
    expect(metrics).toMatch(/otelcol_exporter_queue_capacity\{[^}]*otlp_http\/translator[^}]*\} 2e\+09/);
  });
});
