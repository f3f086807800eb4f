import type { Health } from './http/health-routes.ts';
import type { OutgoingSignal, Store } from './store/store.ts';

/** A row of the outbox that waits for longer tells that the way out is blocked, not busy. */
const STUCK_NANOS = 300_000_000_000n;
const SIGNALS: readonly OutgoingSignal[] = ['logs', 'traces'];

export interface ReadinessOptions {
  /** Unix ns. */
  readonly now: bigint;
  readonly hasSink: boolean;
}

/** Whether the store can be written, and whether what is derived goes out. */
export async function checkReadiness(store: Store, { now, hasSink }: ReadinessOptions): Promise<Health> {
  const reasons: string[] = [];
  try {
    await store.checkWritable();
    if (hasSink) reasons.push(...(await stuckSignals(store, now)));
  } catch (error) {
    reasons.push(`the store cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { alive: true, ready: reasons.length === 0, reasons };
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
