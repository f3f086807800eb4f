import { expect, vi } from 'vitest';
import type { RealProcess } from '../backends/real-process.ts';
import type { Chain } from './chain.ts';
import { type Counts, type Load, REPORTS_PER_ISSUE, startLoad } from './load.ts';
import { readStored, type Stored } from './stored.ts';
import type { Accounts } from './translator.ts';

/** Records of each signal that are acknowledged in a spell: three seconds of load at least. */
export const SPELL: Counts = { logs: 800, traces: 400, metrics: 40 };
const PATIENCE = { timeout: 50_000, interval: 100 };

export interface Outcome {
  /** Acknowledged records. */
  readonly sent: Counts;
  /** Of what was acknowledged, what a backend does not have, by count. */
  readonly lost: Stored;
  readonly refusals: ReadonlyMap<string, number>;
  readonly accounts: Accounts;
}

export interface FaultOptions {
  readonly run: string;
  readonly records?: Counts;
}

/**
 * A spell of load, the fault under load, another spell. Waits until all queues are empty, then holds the translator's
 * books against what was acknowledged, and counts what the backends have. Prints the figures: they are the measurement.
 */
export async function endure(
  chain: Chain,
  { run, records }: FaultOptions,
  fault: (load: Load) => Promise<void>,
): Promise<Outcome> {
  const before = await chain.translator.accounts();
  const load = startLoad({ url: chain.collector.urls.otlpHttp, run, ...(records && { records }) });
  const began = performance.now();
  try {
    await spell(load);
    await fault(load);
    await spell(load);
  } finally {
    await load.finish();
  }
  const { acknowledged: sent, refusals } = load;
  const accounts = await expectEachAppliedOnce(chain, run, { sent: sent.logs, before });
  const stored = await readSettled(chain, run, sent.logs);
  const lost = lostOf(sent, stored);
  const { duplicate } = accounts;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${run} ${JSON.stringify({ sent, lost, duplicate, refusals: Object.fromEntries(refusals), seconds })}`);
  return { sent, lost, refusals, accounts };
}

/** Waits until that many more are acknowledged, of every signal. */
export async function spell({ acknowledged }: Load): Promise<void> {
  const { logs, traces, metrics } = acknowledged;
  await vi.waitFor(() => {
    expect(acknowledged.logs).toBeGreaterThanOrEqual(logs + SPELL.logs);
    expect(acknowledged.traces).toBeGreaterThanOrEqual(traces + SPELL.traces);
    expect(acknowledged.metrics).toBeGreaterThanOrEqual(metrics + SPELL.metrics);
  }, PATIENCE);
}

/**
 * Starts a Collector again that was stopped or killed under load. Collector 0.155 opens its OTLP port before all of its
 * exporters have started, and a queue on disk that is offered a request while it reads its own index can lose it, or the
 * index: no request comes before it is ready. docs/operations.md says what that means outside of tests.
 */
export function bringBack(collector: RealProcess, load: Load): Promise<void> {
  return load.pauseFor(() => collector.restart());
}

/** The translator has every acknowledged event, applied once, on its issue; and its account adds up. */
async function expectEachAppliedOnce(
  { translator }: Chain,
  run: string,
  { sent, before }: { readonly sent: number; readonly before: Accounts },
): Promise<Accounts> {
  const accounts = await vi.waitFor(async () => {
    const now = await translator.accounts();
    const grown: Accounts = {
      received: now.received - before.received,
      applied: now.applied - before.applied,
      duplicate: now.duplicate - before.duplicate,
      straggler: now.straggler - before.straggler,
      rejected: now.rejected - before.rejected,
    };
    expect(grown).toMatchObject({ applied: sent, straggler: 0, rejected: 0 });
    return grown;
  }, PATIENCE);
  expect(accounts.received).toBe(accounts.applied + accounts.duplicate);
  const issues = Array.from({ length: sent / REPORTS_PER_ISSUE }, (_, n) => [`issue-${n}`, REPORTS_PER_ISSUE] as const);
  expect(await translator.occurrences(run)).toEqual(new Map(issues));
  return accounts;
}

/** Reads once nothing waits anywhere, the metric of the state has caught up, and a second look shows the same. */
async function readSettled(chain: Chain, run: string, sent: number): Promise<Stored> {
  let last: Stored | undefined;
  await vi.waitFor(
    async () => {
      expect(await chain.translator.waiting()).toBe(0);
      expect(await queued(chain)).toBe(0);
      const previous = last;
      last = await readStored(chain, run);
      expect(last.occurrences).toBe(sent);
      expect(last).toEqual(previous);
    },
    { timeout: 50_000, interval: 500 },
  );
  return last ?? readStored(chain, run);
}

/** What waits in all queues of the Collector. */
async function queued({ collector }: Chain): Promise<number> {
  return collectorSum(collector.urls.metrics, 'otelcol_exporter_queue_size');
}

/** The sum of the Collector's own samples whose series begin so. */
export async function collectorSum(url: string, prefix: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const samples = text.split('\n').filter((line) => line.startsWith(prefix));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function lostOf(sent: Counts, stored: Stored): Stored {
  return {
    logs: sent.logs - stored.logs,
    traces: sent.traces - stored.traces,
    metrics: sent.metrics - stored.metrics,
    // Each report is told once.
    derivedLogs: sent.logs - stored.derivedLogs,
    derivedSpans: sent.logs - stored.derivedSpans,
    occurrences: sent.logs - stored.occurrences,
  };
}
