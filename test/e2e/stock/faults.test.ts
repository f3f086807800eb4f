/**
 * Faults in the whole chain, every part the real program, under load. For lifecycle events: nothing acknowledged is lost
 * and nothing is counted twice (`endure` holds the translator's books against what was acknowledged). For the rest:
 * what is lost, by count. docs/operations.md states it.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { stock } from '../../support/backends/binaries.ts';
import type { RealProcess } from '../../support/backends/real-process.ts';
import { type Chain, startChain } from '../../support/chain/chain.ts';
import { bringBack, collectorSum, endure, type Outcome, spell, SPELL } from '../../support/chain/endure.ts';

const NOTHING = { logs: 0, traces: 0, metrics: 0, derivedLogs: 0, derivedSpans: 0, occurrences: 0 };
/** What is derived, whatever becomes of the raw telemetry. */
const NOTHING_DERIVED = { derivedLogs: 0, derivedSpans: 0, occurrences: 0 };
const KILLS = 3;

stock('faults in the real chain', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterAll(() => chain.stop());

  it('loses nothing without a fault', async () => {
    const { lost } = await endure(chain, { run: 'no-fault' }, () => Promise.resolve());
    expect(lost).toEqual(NOTHING);
  });

  it('loses nothing while the translator is down', async () => {
    const { lost } = await endure(chain, { run: 'translator-down' }, async (load) => {
      await chain.translator.stop();
      await spell(load);
      await chain.translator.restart();
    });
    expect(lost).toEqual(NOTHING);
  });

  it('loses nothing when the translator is killed', async () => {
    const { lost } = await killed('translator-killed', chain.translator);
    expect(lost).toEqual(NOTHING);
  });

  it('loses no event when the Collector is killed, and of raw telemetry what was just on its way', async () => {
    const { lost } = await killed('collector-killed', chain.collector);
    expect(lost).toMatchObject(NOTHING_DERIVED);
    expect(lost.logs).toBeLessThan(SPELL.logs);
    expect(lost.traces).toBeLessThan(SPELL.traces);
    expect(lost.metrics).toBeLessThan(SPELL.metrics);
  });

  it('loses nothing when the Collector is stopped and started', async () => {
    const { lost } = await endure(chain, { run: 'collector-restarted' }, async (load) => {
      for (let restarts = 0; restarts < KILLS; restarts++) {
        await chain.collector.stop();
        await bringBack(chain.collector, load);
        await spell(load);
      }
    });
    expect(lost).toEqual(NOTHING);
  });

  it('loses nothing while Prometheus is down', async () => {
    const { lost } = await down('prometheus-down', [chain.prometheus]);
    expect(lost).toEqual(NOTHING);
  });

  it('loses nothing while Loki is down', async () => {
    const { lost } = await down('loki-down', [chain.loki]);
    expect(lost).toEqual({ ...NOTHING, logs: lost.logs });
    // Killed between taking a request and saying so, it gets it again, and may count it twice.
    expect(lost.logs).toBeLessThanOrEqual(0);
  });

  it('loses nothing that comes while Jaeger is down, but Jaeger forgets what it had: its store is its memory', async () => {
    const { lost, sent } = await down('jaeger-down', [chain.jaeger]);
    expect(lost).toMatchObject({ ...NOTHING, traces: lost.traces, derivedSpans: lost.derivedSpans });
    expect(lost.traces).toBeGreaterThanOrEqual(SPELL.traces / 2);
    expect(lost.traces).toBeLessThan(sent.traces - SPELL.traces);
  });

  it('loses the raw telemetry of an outage, and no event, when the Collector is killed during it', async () => {
    const { lost } = await endure(chain, { run: 'all-down-collector-killed' }, async (load) => {
      await chain.loki.kill();
      await chain.prometheus.kill();
      await spell(load);
      await chain.collector.kill();
      await Promise.all([chain.loki.restart(), chain.prometheus.restart()]);
      await bringBack(chain.collector, load);
    });
    expect(lost).toMatchObject(NOTHING_DERIVED);
    expect(lost.logs).toBeGreaterThan(0);
    expect(lost.metrics).toBeGreaterThan(0);
  });

  function killed(run: string, process: RealProcess): Promise<Outcome> {
    return endure(chain, { run }, async (load) => {
      for (let kills = 0; kills < KILLS; kills++) {
        await process.kill();
        await bringBack(process, load);
        await spell(load);
      }
    });
  }

  function down(run: string, processes: readonly RealProcess[]): Promise<Outcome> {
    return endure(chain, { run }, async (load) => {
      for (const process of processes) await process.kill();
      await spell(load);
      for (const process of processes) await process.restart();
    });
  }
});

/** The committed retries last five minutes; here three seconds. The queue to the translator has 2 GB; here one MB. */
stock('faults beyond what the chain is sized for', () => {
  let chain: Chain;
  beforeAll(async () => {
    const briefly = 'retry_on_failure: { initial_interval: 500ms, max_interval: 1s, max_elapsed_time: 3s }';
    chain = await startChain({
      overlays: ['otlp_http/loki', 'otlp_http/prometheus'].map(
        (exporter) => `yaml:exporters: { ${exporter}: { ${briefly} } }`,
      ),
      collectorEnv: { COLLECTOR_QUEUE_BYTES: '1000000' },
    });
  });
  afterAll(() => chain.stop());

  it('answers 503 for events when the queue on disk is full, takes all else, and loses nothing', async () => {
    const records = { logs: 200, traces: 10, metrics: 1 };
    const { lost, refusals } = await endure(chain, { run: 'queue-full', records }, async (load) => {
      await chain.translator.stop();
      await vi.waitFor(() => expect(load.refusals.get('logs 503')).toBeGreaterThan(20), { timeout: 40_000 });
      await chain.translator.restart();
    });
    // What was refused was in the raw pipeline already: Loki may have a record twice, more than was acknowledged.
    expect(lost).toEqual({ ...NOTHING, logs: lost.logs });
    expect(lost.logs).toBeLessThanOrEqual(0);
    expect([...refusals.keys()]).toEqual(['logs 503']);
    const counted = 'otelcol_exporter_enqueue_failed_log_records{exporter="otlp_http/translator"';
    expect(await collectorSum(chain.collector.urls.metrics, counted)).toBeGreaterThan(0);
  });

  it('gives raw telemetry up when an outage outlasts the retries, counts it, and loses no event', async () => {
    const { lost } = await endure(chain, { run: 'outage-outlasts-retries' }, async (load) => {
      await chain.loki.kill();
      await chain.prometheus.kill();
      await spell(load);
      await spell(load);
      await Promise.all([chain.loki.restart(), chain.prometheus.restart()]);
    });
    expect(lost).toMatchObject({ ...NOTHING_DERIVED, traces: 0 });
    const failed = (what: string, exporter: string): Promise<number> =>
      collectorSum(chain.collector.urls.metrics, `otelcol_exporter_send_failed_${what}{exporter="${exporter}"`);
    // A request that a backend took just before it died is counted too: the Collector has heard nothing of it.
    expect(lost.logs).toBeGreaterThan(0);
    expect(await failed('log_records', 'otlp_http/loki')).toBeGreaterThanOrEqual(lost.logs);
    expect(lost.metrics).toBeGreaterThan(0);
    expect(await failed('metric_points', 'otlp_http/prometheus')).toBeGreaterThanOrEqual(lost.metrics);
  });
});
