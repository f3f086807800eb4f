import type { HostKind } from './host.ts';
import type { WorkloadName } from '../workloads/workload.ts';

/** One way to do the work, in a process of its own. */
export interface Contender {
  readonly label: string;
  readonly workload: WorkloadName;
}

/** What a child process is told on its command line, as JSON. */
export interface ChildOrder extends Contender {
  readonly host: HostKind;
  readonly sinkUrl: string;
  /** What to import as HiveLoop. */
  readonly module: string;
  /** `cpu`: user + system time of the process; `bytes`: growth of the heap; `signals`: do the work once and show it. */
  readonly measure: 'cpu' | 'bytes' | 'signals';
  /** Pieces of work between two exports: fewer than the SDK's queue holds. */
  readonly batch: number;
  readonly batchesPerSlice: number;
}

/** What a child answers to `slice`: per piece of work. */
export interface Slice {
  /** Microseconds of CPU, or bytes. */
  readonly value: number;
}

export const CHILD = new URL('child.ts', import.meta.url);
/** A young generation so large that nothing is collected while bytes are counted. */
export const NODE_ARGS: Readonly<Record<ChildOrder['measure'], readonly string[]>> = {
  cpu: [],
  bytes: ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512'],
  signals: [],
};
