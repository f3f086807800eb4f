/**
 * One writer a series: Prometheus refuses a second value of a series for one instant, with all that came in the same
 * request. Replicas differ by `service.instance.id`; what a translator derives carries the id of its store.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildPackage, type BuiltPackage } from '../../support/build.ts';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { freePorts } from '../../support/backends/ports.ts';
import { type Prometheus, startPrometheus } from '../../support/backends/prometheus.ts';
import { collectorSum } from '../../support/chain/endure.ts';
import { COUNTER, counterRequest, reportsRequest } from '../../support/chain/load.ts';
import { prometheusSamples } from '../../support/chain/stored.ts';
import { type ChainTranslator, startChainTranslator } from '../../support/chain/translator.ts';
import { nowNanos, postOtlp } from '../../support/otlp-json.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };
const AGENT = 'shared-agent';
/** All that the Collector says of it: the reason is in the body of Prometheus' answer, and in no log. */
const REFUSED = 'responded with HTTP Status Code 400';

stock('one writer a series', () => {
  let built: BuiltPackage;
  let prometheus: Prometheus;
  let collector: Collector;
  beforeAll(async () => {
    [built, prometheus] = await Promise.all([buildPackage(), startPrometheus()]);
    collector = await startCollector({ env: { PROMETHEUS_URL: prometheus.url } });
  });
  afterAll(async () => {
    await collector.stop();
    await prometheus.stop();
    await built.remove();
  });

  it('replicas with an instance id each have a series of their own', async () => {
    const timeUnixNano = nowNanos();
    for (const [instance, value] of [
      ['replica-1', 10],
      ['replica-2', 20],
    ] as const) {
      const request = counterRequest('replicas', instance, { value, timeUnixNano });
      expect(await postOtlp(collector.urls.otlpHttp, 'metrics', request)).toBe(200);
    }
    await vi.waitFor(async () => {
      const samples = await prometheusSamples(prometheus.url, `${COUNTER}_total{job="replicas"}`);
      expect(valuesByInstance(samples)).toEqual({ 'replica-1': 10, 'replica-2': 20 });
    }, PATIENCE);
    expect(collector.logText()).not.toContain(REFUSED);
  });

  it('replicas without one fight: the second is refused, which is said and counted', async () => {
    const timeUnixNano = nowNanos();
    for (const value of [10, 20]) {
      const request = counterRequest('nameless', '', { value, timeUnixNano });
      expect(await postOtlp(collector.urls.otlpHttp, 'metrics', request)).toBe(200);
      await vi.waitFor(
        async () => expect(await prometheusSamples(prometheus.url, `${COUNTER}_total{job="nameless"}`)).toHaveLength(1),
        PATIENCE,
      );
    }
    await vi.waitFor(() => expect(collector.logText()).toContain(REFUSED), PATIENCE);
    const failed = 'otelcol_exporter_send_failed_metric_points{exporter="otlp_http/prometheus"';
    await vi.waitFor(async () => expect(await collectorSum(collector.urls.metrics, failed)).toBe(1), PATIENCE);

    const again = await fetch(`${prometheus.url}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(counterRequest('nameless', '', { value: 30, timeUnixNano })),
    });
    expect(again.status).toBe(400);
    expect(await again.text()).toContain('duplicate sample for timestamp');
  });

  it('two translators that hear of one agent have a series each, and a restart of one goes on with its own', async () => {
    const translators = await startTwo();
    const [first] = translators;
    const said = collector.logText().length;
    await report(first, 0, 3);
    await report(translators[1], 0, 5);
    const before = await occurrences([3, 5]);

    await first.stop();
    await first.restart();
    await report(first, 3, 1);
    await occurrences([4, 5]);
    await first.kill();
    await first.restart();
    await report(first, 4, 2);
    const after = await occurrences([5, 6]);
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());

    const own = `{hiveloop_agent_id="${AGENT}"}[10m]`;
    for (const { value } of await prometheusSamples(prometheus.url, `resets(hiveloop_issue_occurrences_total${own})`)) {
      expect(value).toBe(0);
    }
    // Both wrote again and again, side by side: each snapshot of a second.
    await vi.waitFor(async () => {
      const written = await prometheusSamples(prometheus.url, `count_over_time(hiveloop_issue_active${own})`);
      expect(written).toHaveLength(2);
      for (const { value } of written) expect(value).toBeGreaterThan(3);
    }, PATIENCE);
    expect(collector.logText().slice(said)).not.toContain(REFUSED);
    const failed = 'otelcol_exporter_send_failed_metric_points{exporter="otlp_http/prometheus_derived"';
    expect(await collectorSum(collector.urls.metrics, failed)).toBe(0);
    for (const translator of translators) await translator.stop();
  });

  async function startTwo(): Promise<readonly [ChainTranslator, ChainTranslator]> {
    const [port = 0, other = 0] = await freePorts(2);
    const common = { packageFolder: built.folder, exportTo: collector.urls.derived };
    return Promise.all([startChainTranslator({ ...common, port }), startChainTranslator({ ...common, port: other })]);
  }

  async function report({ url }: ChainTranslator, first: number, count: number): Promise<void> {
    expect(await postOtlp(url, 'logs', reportsRequest(AGENT, first, count))).toBe(200);
  }

  /** The values of the agent's series once they are these, by instance. */
  async function occurrences(values: readonly number[]): Promise<Readonly<Record<string, number>>> {
    const series = `hiveloop_issue_occurrences_total{hiveloop_agent_id="${AGENT}"}`;
    return vi.waitFor(async () => {
      const found = valuesByInstance(await prometheusSamples(prometheus.url, series));
      expect(Object.values(found).sort()).toEqual(values);
      return found;
    }, PATIENCE);
  }
});

function valuesByInstance(samples: Awaited<ReturnType<typeof prometheusSamples>>): Readonly<Record<string, number>> {
  return Object.fromEntries(samples.map(({ labels, value }) => [labels['instance'] ?? 'none', value]));
}
