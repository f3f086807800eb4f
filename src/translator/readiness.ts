import { freeBytesAt } from './free-space.ts';
import type { Health } from './http/health-routes.ts';
import type { OutgoingSignal, Store } from './store/store.ts';

/** A row of the outbox that waits for longer tells that the way out is blocked, not busy. */
const STUCK_NANOS = 300_000_000_000n;
/** The store's write-ahead log grows to 64 MiB before it is copied back, and the file by as much when it is: then the disk is full. */
const FREE_BYTES_MIN = 134_217_728;
const MEBIBYTE = 1_048_576;
const SIGNALS: readonly OutgoingSignal[] = ['logs', 'traces'];

export interface ReadinessOptions {
  /** Unix ns. */
  readonly now: bigint;
  readonly hasSink: boolean;
  /** Where the store's file is; undefined for one in memory. */
  readonly folder: string | undefined;
  /** Default: what the file system says. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

/** Whether the store can be written, with at least 128 MiB to grow into, and whether what is derived goes out. */
export async function checkReadiness(store: Store, options: ReadinessOptions): Promise<Health> {
  const { now, hasSink } = options;
  const reasons: string[] = await fullDisk(options);
  try {
    await store.checkWritable();
    if (hasSink) reasons.push(...(await stuckSignals(store, now)));
  } catch (error) {
    reasons.push(`the store cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { alive: true, ready: reasons.length === 0, reasons };
}

async function fullDisk({ folder, freeBytes = freeBytesAt }: ReadinessOptions): Promise<string[]> {
  const free = folder === undefined ? undefined : await freeBytes(folder);
  if (folder === undefined || free === undefined || free >= FREE_BYTES_MIN) return [];
  const [has, needs] = [free, FREE_BYTES_MIN].map((bytes) => `${Math.floor(bytes / MEBIBYTE)} MiB`);
  return [`the disk of the store (${folder}) has ${has} left, less than ${needs}: free space before it is full`];
}

async function stuckSignals(store: Store, now: bigint): Promise<readonly string[]> {
  const waiting = await store.outboxDepth();
  return SIGNALS.flatMap((signal) => {
    const { rows, oldestQueuedAt } = waiting[signal];
    if (rows === 0 || now - oldestQueuedAt < STUCK_NANOS) return [];
    const seconds = Number((now - oldestQueuedAt) / 1_000_000_000n);
    return [`${rows} derived ${signal} wait to be sent, the oldest for ${seconds} s: look at the export address`];
  });
}
