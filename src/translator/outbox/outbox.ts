import type { OutgoingSignal, Store } from '../store/store.ts';
import type { DerivedSink } from './derived-sink.ts';
import { SignalSender } from './signal-sender.ts';

/**
 * Sends what the store keeps for sending, at least once and in order: a row leaves the store only when the sink has
 * accepted it. Logs and traces go independently, so that trouble of one signal holds up only its own.
 *
 * A receiver that is away costs disk, not memory, and not for ever: {@link OutboxLimits} says when the oldest telemetry
 * gives way. What it told is then missing downstream; the issues, their story and the metrics are not touched by it.
 */
export interface Outbox {
  /** There may be something new. */
  wake(): void;
  /** Resolves when all that waits was sent, or one attempt has failed. */
  flush(): Promise<void>;
  /** Stops sending; what is under way ends first. Rows stay in the store. */
  close(): Promise<void>;
}

/** What may wait for a receiver that is away. */
export interface OutboxLimits {
  /** Rows of one signal, a told transition being one of each. Default: 1 000 000, about 1 GB. */
  readonly maxRows?: number;
  /** How long a row may wait, in milliseconds. Default: 604 800 000 (7 days). */
  readonly maxAgeMillis?: number;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly sink: DerivedSink;
  /** Unix ns. */
  readonly now: () => bigint;
  readonly limits?: OutboxLimits;
  /** Hears of what was set aside, dropped or could not be sent, once per attempt. */
  readonly onError: (error: Error) => void;
}

const MAX_ROWS = 1_000_000;
const MAX_AGE_MILLIS = 604_800_000;
const MILLISECOND_NANOS = 1_000_000n;
const SIGNALS: readonly OutgoingSignal[] = ['logs', 'traces'];

export function openOutbox({ limits = {}, ...options }: OutboxOptions): Outbox {
  const { maxRows = MAX_ROWS, maxAgeMillis = MAX_AGE_MILLIS } = limits;
  const maxAgeNanos = BigInt(Math.round(maxAgeMillis)) * MILLISECOND_NANOS;
  const senders = SIGNALS.map((signal) => new SignalSender({ ...options, signal, maxRows, maxAgeNanos }));
  return {
    wake: () => senders.forEach((sender) => sender.wake()),
    flush: async () => {
      await Promise.all(senders.map((sender) => sender.attempt()));
    },
    close: async () => {
      await Promise.all(senders.map((sender) => sender.close()));
    },
  };
}
