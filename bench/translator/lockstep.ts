import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contender } from './contender.ts';
import type { FilledStores } from './filled-stores.ts';
import { CONNECTIONS, sendAll } from './load.ts';
import type { Usage } from './server-process.ts';
import { median, quantile, type Slice } from './slice.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

export interface RunOptions extends WorkloadOptions {
  readonly name: string;
  readonly rounds: number;
  readonly recordsPerRound: number;
  readonly sink: 'none' | 'discard';
  /** Issues that are open before the first round. */
  readonly openIssues: number;
}

export interface RunResult {
  readonly name: string;
  /** As the translator counts them, before the first round. */
  readonly openIssues: number;
  readonly recordsPerCpuSecond: number;
  readonly recordsPerSecond: number;
  readonly cpuMicrosPerRecord: number;
  /** Of bare gunzip and decode, all rounds together; quartiles of the single rounds beside it. */
  readonly ofBare: number;
  readonly ofBareQuartiles: readonly [number, number];
  readonly ofProtobufjs: number | undefined;
  /** Of what was told, for each record: a transition is a log record and a span, about a kilobyte together. */
  readonly derivedBytesPerRecord: number;
  /** Records that came too late for their issue's history: with very few issues, requests that overtake one another. */
  readonly stragglers: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly rssMegabytes: number;
  /** From opening the store, which was stopped as an operator does it, to listening. */
  readonly startMillis: number;
  /** The same after `kill -9`: the journal of the last records is replayed. */
  readonly restartMillis: number;
}

const BARE_RECORDS_PER_SLICE = 30_000;
/** Every issue has then recurred often enough that most reports are not told, and the store was written once. */
const WARM_UP_ROUNDS = 5;

/**
 * One slice of each contender in every round, each in its own warmed process, so that all see the same machine noise.
 * The first {@link WARM_UP_ROUNDS} count for nothing.
 */
export async function runLockstep(options: RunOptions, stores: FilledStores): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-bench-'));
  const path = join(folder, 'hiveloop.db');
  await stores.copyTo(path, options.openIssues);
  const store = `sqlite:${path}`;
  const workloadText = JSON.stringify(options);
  const bare = await Contender.start('bare-process.ts', ['own', workloadText]);
  const oracle =
    options.encoding === 'protobuf'
      ? await Contender.start('bare-process.ts', ['protobufjs', workloadText])
      : undefined;
  let server = await Contender.start('server-process.ts', [store, options.sink]);
  try {
    const { openMillis: startMillis } = await server.ask<Usage>('usage');
    const open = await server.ask<number>('openIssues');
    if (open !== options.openIssues) throw new Error(`${String(open)} issues are open`);
    const workload = new Workload(options);
    const slices: { server: Slice; bare: Slice; oracle: Slice | undefined; seconds: number }[] = [];
    const latency: number[] = [];
    const requests = Math.ceil(options.recordsPerRound / options.recordsPerRequest);
    const bareRequests = Math.ceil(BARE_RECORDS_PER_SLICE / options.recordsPerRequest);
    let [rss, derivedBytes, stragglers] = [0, 0, 0];
    for (let round = -WARM_UP_ROUNDS; round < options.rounds; round++) {
      const bodies = Array.from({ length: requests }, () => workload.body());
      const before = await server.ask<Usage>('usage');
      const { seconds, latencyMillis } = await sendAll(before.url, bodies, {
        connections: CONNECTIONS,
        contentType: options.encoding === 'protobuf' ? 'application/x-protobuf' : 'application/json',
        isGzip: options.isGzip,
      });
      const after = await server.ask<Usage>('usage');
      const records = requests * options.recordsPerRequest;
      const late = after.straggler - before.straggler;
      if (after.applied - before.applied + late !== records) throw new Error('not every record was applied');
      const bareSlice = await bare.ask<Slice>(bareRequests);
      const oracleSlice = await oracle?.ask<Slice>(bareRequests);
      if (round < 0) continue;
      const serverSlice = { cpuMicros: after.cpuMicros - before.cpuMicros, records };
      slices.push({ server: serverSlice, bare: bareSlice, oracle: oracleSlice, seconds });
      latency.push(...latencyMillis);
      rss = Math.max(rss, after.rssBytes);
      derivedBytes += after.derivedBytes - before.derivedBytes;
      stragglers += late;
    }
    await server.kill();
    server = await Contender.start('server-process.ts', [store, options.sink]);
    const { openMillis } = await server.ask<Usage>('usage');

    const own = perRecord(slices.map((slice) => slice.server));
    const ratios = slices.map((slice) => perRecord([slice.bare]) / perRecord([slice.server]));
    const records = slices.reduce((sum, slice) => sum + slice.server.records, 0);
    return {
      name: options.name,
      openIssues: open,
      recordsPerCpuSecond: Math.round(1e6 / own),
      recordsPerSecond: Math.round(records / slices.reduce((sum, slice) => sum + slice.seconds, 0)),
      cpuMicrosPerRecord: own,
      ofBare: perRecord(slices.map((slice) => slice.bare)) / own,
      ofBareQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      ofProtobufjs: oracle && perRecord(slices.flatMap((slice) => slice.oracle ?? [])) / own,
      derivedBytesPerRecord: derivedBytes / records,
      stragglers,
      p50Millis: median(latency),
      p99Millis: quantile(latency, 0.99),
      rssMegabytes: Math.round(rss / 2 ** 20),
      startMillis: Math.round(startMillis),
      restartMillis: Math.round(openMillis),
    };
  } finally {
    await server.kill();
    await bare.close();
    await oracle?.close();
    rmSync(folder, { recursive: true });
  }
}

function perRecord(slices: readonly Slice[]): number {
  const sum = (pick: (slice: Slice) => number): number => slices.reduce((total, slice) => total + pick(slice), 0);
  return sum(({ cpuMicros }) => cpuMicros) / sum(({ records }) => records);
}
