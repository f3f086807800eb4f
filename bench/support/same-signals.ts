import { fork } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import type { WorkloadName } from '../workloads/workload.ts';
import type { Captured } from './captured.ts';
import { CHILD, type ChildOrder } from './contender.ts';
import type { HostKind } from './host.ts';

const MAX_SHOWN = 2;

interface Pair {
  readonly host: HostKind;
  readonly byHand: WorkloadName;
  readonly ours: WorkloadName;
  /** Metrics to compare; default all. Ours has the gauges of the agent also where the pair is about something else. */
  readonly metrics?: readonly string[];
}

const PAIRS: readonly Pair[] = [
  { host: 'discard', byHand: 'raw', ours: 'hiveloop' },
  { host: 'discard', byHand: 'raw-inline', ours: 'hiveloop' },
  { host: 'all', byHand: 'raw-all-signals', ours: 'hiveloop' },
  { host: 'all', byHand: 'raw-issue', ours: 'hiveloop-issue', metrics: ['hiveloop.issue.reports'] },
  {
    host: 'all',
    byHand: 'raw-queue',
    ours: 'hiveloop-queue',
    metrics: ['hiveloop.queue.depth', 'hiveloop.queue.oldest_item_age'],
  },
];

/**
 * Does each work once by hand and once through our API, and compares what was emitted.
 * @returns a sentence for each pair that differs; none: the comparison is fair
 */
export async function findDifferences(module: string): Promise<readonly string[]> {
  const found = await Promise.all(PAIRS.map((pair) => compare(pair, module)));
  return found.flat();
}

async function compare({ host, byHand, ours, metrics }: Pair, module: string): Promise<readonly string[]> {
  const [expected, actual] = await Promise.all([capture(byHand, host, module), capture(ours, host, module)]);
  const names = metrics ?? Object.keys({ ...expected.metrics, ...actual.metrics });
  const differences = [
    ...differencesOf('span', expected.spans, actual.spans),
    ...differencesOf('log', expected.logs, actual.logs),
    ...names.flatMap((name) => differencesOf(name, [expected.metrics[name]], [actual.metrics[name]])),
  ];
  if (expected.spans.length + expected.logs.length === 0) differences.push('nothing was emitted');
  return differences.slice(0, MAX_SHOWN).map((difference) => `${byHand} and ${ours} (${host}): ${difference}`);
}

function differencesOf(what: string, expected: readonly unknown[], actual: readonly unknown[]): readonly string[] {
  const differences = expected.length === actual.length ? [] : [`${expected.length} and ${actual.length} ${what}s`];
  for (const [index, item] of expected.entries()) {
    if (isDeepStrictEqual(item, actual[index])) continue;
    differences.push(`${what} ${index}:\n  ${JSON.stringify(item)}\n  ${JSON.stringify(actual[index])}`);
  }
  return differences;
}

function capture(workload: WorkloadName, host: HostKind, module: string): Promise<Captured> {
  const order: ChildOrder = {
    label: workload,
    workload,
    host,
    module,
    sinkUrl: '',
    measure: 'signals',
    batch: 1,
    batchesPerSlice: 1,
  };
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(order)]);
    child.once('message', (captured) => resolve(captured as Captured));
    child.once('exit', (code) => reject(new Error(`${workload} ended with ${String(code)} before it answered`)));
  });
}
