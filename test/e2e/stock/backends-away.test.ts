/** What the Collector does when raw telemetry cannot go anywhere: events for the translator still go to disk. */
import { expect, it, vi } from 'vitest';
import { EVENT_ISSUE_REPORTED } from '../../../src/semconv.ts';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { collectorSum } from '../../support/chain/endure.ts';
import { counterRequest, type Signal } from '../../support/chain/load.ts';
import { logsRequest, nowNanos, postOtlp, tracesRequest } from '../../support/otlp-json.ts';

const RECORDS = 500;
/** As large as a record of ours is, about a kilobyte. */
const ATTRIBUTES = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`attribute.${n}`, 'v'.repeat(40)]));
/** More than any queue can hold. */
const MOST_REQUESTS = 300;
/** The limit is looked at once a second. */
const PATIENCE = { timeout: 20_000, interval: 100 };

const record = { eventName: 'hiveloop.task.started', attributes: ATTRIBUTES };
const event = { eventName: EVENT_ISSUE_REPORTED, attributes: ATTRIBUTES };
const records = Array<typeof record>(RECORDS).fill(record);

stock('backends that stay away', () => {
  it('fill the queues without coming to the memory limit, and events are taken all the same', async () => {
    const collector = await startCollector();
    try {
      const span = { name: 'work', attributes: ATTRIBUTES };
      const accepted = {
        logs: await fill(collector, 'logs', () => logsRequest(records)),
        traces: await fill(collector, 'traces', () => tracesRequest(Array<typeof span>(RECORDS).fill(span))),
        metrics: await fill(collector, 'metrics', pointsRequest),
      };
      await expectLogged(collector, 'sending queue is full');
      await expectEventTaken(collector, [...records, event]);
      expect(collector.logText()).not.toContain('Memory usage is above');
      const megabytes = (await collectorSum(collector.urls.metrics, 'otelcol_process_memory_rss')) / 1e6;
      console.log(
        `queues full: ${JSON.stringify(accepted)} requests of ${RECORDS}, ${Math.round(megabytes)} MB resident`,
      );
    } finally {
      await collector.kill();
    }
  });

  it('hold up no event when the Collector is at its memory limit', async () => {
    const collector = await startCollector({ env: { COLLECTOR_MEMORY_MIB: '4', COLLECTOR_MEMORY_SPIKE_MIB: '3' } });
    try {
      await vi.waitFor(async () => {
        expect(await postOtlp(collector.urls.otlpHttp, 'traces', tracesRequest([{ name: 'work' }]))).toBe(503);
      }, PATIENCE);
      await expectLogged(collector, 'Memory usage is above');
      await expectEventTaken(collector, [event]);
    } finally {
      await collector.kill();
    }
  });
});

/** What it writes comes by a pipe, later than an answer that was given after it. */
async function expectLogged(collector: Collector, text: string): Promise<void> {
  await vi.waitFor(() => expect(collector.logText()).toContain(text), PATIENCE);
}

/** Sends until the queue is full: the number of requests that it took. */
async function fill({ urls }: Collector, signal: Signal, request: () => unknown): Promise<number> {
  for (let taken = 0; taken < MOST_REQUESTS; taken++) {
    if ((await postOtlp(urls.otlpHttp, signal, request())) === 503) return taken;
  }
  throw new Error(`the queue for ${signal} took ${MOST_REQUESTS} requests of ${RECORDS} and is not full`);
}

/** The service is told 503, since Loki cannot have it; the translator will. */
async function expectEventTaken({ urls }: Collector, sent: Parameters<typeof logsRequest>[0]): Promise<void> {
  const series = 'otelcol_exporter_queue_size{data_type="logs",exporter="otlp_http/translator"';
  const before = await collectorSum(urls.metrics, series);
  expect(await postOtlp(urls.otlpHttp, 'logs', logsRequest(sent))).toBe(503);
  expect(await collectorSum(urls.metrics, series)).toBeGreaterThan(before);
}

/** One request for many services with a point each. */
function pointsRequest(): unknown {
  const requests = Array.from({ length: RECORDS }, (_, n) => {
    return counterRequest(`service-${n}`, 'one', { value: 1, timeUnixNano: nowNanos() });
  });
  return { resourceMetrics: requests.flatMap(({ resourceMetrics }) => resourceMetrics) };
}
