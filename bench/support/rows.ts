import type { ChildOrder, Contender } from './contender.ts';
import type { HostKind } from './host.ts';
import type { Standing } from './lockstep.ts';

/** A line of the table: one work, told by hand (first), by hand again (the control), and through our API. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly host: HostKind;
  readonly measure: 'cpu' | 'bytes';
  readonly contenders: readonly Contender[];
  readonly batch: number;
  readonly batchesPerSlice: number;
  /** Ours over by hand, at most: what we promise; undefined: shown for information. */
  readonly must?: number;
}

export interface RowResult {
  readonly row: Row;
  readonly standings: readonly Standing[];
}

export const CONTROL = 'control';
export const OURS = 'hiveloop';
const TASK: readonly Contender[] = [
  { label: 'by hand', workload: 'raw' },
  { label: CONTROL, workload: 'raw' },
  { label: 'inline', workload: 'raw-inline' },
  { label: OURS, workload: 'hiveloop' },
];
const TASK_ALL_SIGNALS: readonly Contender[] = [
  { label: 'by hand', workload: 'raw-all-signals' },
  { label: CONTROL, workload: 'raw-all-signals' },
  { label: OURS, workload: 'hiveloop' },
];
const ISSUE: readonly Contender[] = [
  { label: 'by hand', workload: 'raw-issue' },
  { label: CONTROL, workload: 'raw-issue' },
  { label: OURS, workload: 'hiveloop-issue' },
];
const QUEUE: readonly Contender[] = [
  { label: 'by hand', workload: 'raw-queue' },
  { label: CONTROL, workload: 'raw-queue' },
  { label: OURS, workload: 'hiveloop-queue' },
];

// A batch is less than what the SDK's queues hold (2 048): 30 tasks make 510 spans, or 1 380 log records.
const TASKS = { batch: 30, batchesPerSlice: 20 };
const EVENTS = { batch: 400, batchesPerSlice: 10 };

export const ROWS: readonly Row[] = [
  {
    id: 'discard',
    title: 'task, traces, discard',
    host: 'discard',
    measure: 'cpu',
    contenders: TASK,
    ...TASKS,
    must: 1.1,
  },
  {
    id: 'http',
    title: 'task, traces, OTLP/HTTP',
    host: 'http',
    measure: 'cpu',
    contenders: TASK,
    ...TASKS,
    must: 1.05,
  },
  {
    id: 'none',
    title: 'task, no SDK',
    host: 'none',
    measure: 'cpu',
    contenders: TASK,
    batch: 30,
    batchesPerSlice: 40,
    must: 1.1,
  },
  {
    id: 'off',
    title: 'task, sampler AlwaysOff',
    host: 'off',
    measure: 'cpu',
    contenders: TASK,
    batch: 30,
    batchesPerSlice: 40,
  },
  {
    id: 'all',
    title: 'task, all signals, discard',
    host: 'all',
    measure: 'cpu',
    contenders: TASK_ALL_SIGNALS,
    batch: 30,
    batchesPerSlice: 8,
  },
  {
    id: 'bytes',
    title: 'task, traces, discard',
    host: 'discard',
    measure: 'bytes',
    contenders: TASK,
    batch: 30,
    batchesPerSlice: 2,
    must: 1.05,
  },
  { id: 'issue', title: 'reportIssue', host: 'all', measure: 'cpu', contenders: ISSUE, ...EVENTS, must: 1 },
  { id: 'queue', title: 'queueSnapshot', host: 'all', measure: 'cpu', contenders: QUEUE, ...EVENTS, must: 0.8 },
];

/** What each contender's process is told. */
export function ordersOf(row: Row, module: string, sinkUrl: string): readonly ChildOrder[] {
  const { host, measure, batch, batchesPerSlice } = row;
  return row.contenders.map((contender) => ({ ...contender, host, measure, batch, batchesPerSlice, module, sinkUrl }));
}
