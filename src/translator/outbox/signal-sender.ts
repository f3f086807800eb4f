import { AGED_ROWS_PER_COMMIT, type OutgoingSignal, type Store } from '../store/store.ts';
import type { DerivedSink } from './derived-sink.ts';
import { deliverRows, NotSent } from './deliver.ts';
import { startTimer, type Timer } from './timer.ts';

export interface SignalSenderOptions {
  readonly signal: OutgoingSignal;
  readonly store: Store;
  readonly sink: DerivedSink;
  /** Unix ns. */
  readonly now: () => bigint;
  readonly maxRows: number;
  readonly maxAgeNanos: bigint;
  readonly onError: (error: Error) => void;
}

/** Rows that are in memory at once, whatever waits in the store: a row is one or two kilobytes. */
const ROWS_PER_REQUEST = 256;
const FIRST_BACKOFF_MILLIS = 500;
const LONGEST_BACKOFF_MILLIS = 30_000;
const TRIM_INTERVAL_NANOS = 10_000_000_000n;

/**
 * Sends the rows of one signal. It rests until woken; then it drains the store, one request at a time, so that nothing
 * overtakes. After a failure it waits, longer each time or as long as the receiver asks, and being woken meanwhile
 * changes nothing; `attempt` does not wait.
 */
export class SignalSender {
  readonly #options: SignalSenderOptions;
  #running: Promise<void> | undefined;
  #isWoken = false;
  #isClosed = false;
  #failures = 0;
  #backoff: Timer | undefined;
  #trimmedAt = 0n;
  #trimming: Promise<void> = Promise.resolve();

  constructor(options: SignalSenderOptions) {
    this.#options = options;
  }

  wake(): void {
    if (this.#isClosed) return;
    this.#isWoken = true;
    if (this.#backoff === undefined) void this.attempt();
    else void this.#trim(this.#oldestWanted());
  }

  /** Sends until nothing waits or the sink fails; whoever asks while it runs gets the same run, which sees what is new. */
  attempt(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isWoken = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#backoff?.cancel();
    await this.#running;
    await this.#trimming;
  }

  async #run(): Promise<void> {
    this.#backoff?.cancel();
    this.#backoff = undefined;
    try {
      while (this.#isWoken) {
        this.#isWoken = false;
        await this.#drain();
      }
    } catch (error) {
      this.#report(error);
      this.#retryLater(error instanceof NotSent ? error.retryAfterMillis : undefined);
      await this.#trim(this.#oldestWanted());
    }
  }

  #retryLater(retryAfterMillis: number | undefined): void {
    if (this.#isClosed) return;
    const backoff = Math.min(FIRST_BACKOFF_MILLIS * 2 ** this.#failures++, LONGEST_BACKOFF_MILLIS);
    this.#backoff = startTimer(Math.max(backoff, retryAfterMillis ?? 0), () => void this.attempt());
  }

  async #drain(): Promise<void> {
    const { store, signal } = this.#options;
    while (!this.#isClosed) {
      const rows = await store.nextOutgoing(signal, ROWS_PER_REQUEST);
      if (rows.length === 0) return;
      await deliverRows(rows, this.#options);
      this.#failures = 0;
      // A receiver that is slower than the issues come is no reason to fill the disk; what is old is just being sent.
      await this.#trim(0n);
    }
  }

  #oldestWanted(): bigint {
    return this.#options.now() - this.#options.maxAgeNanos;
  }

  /** Drops what is too old or too much, at most every 10 s: a backlog of millions must not be counted at each event. */
  #trim(queuedBefore: bigint): Promise<void> {
    const now = this.#options.now();
    const sinceLast = now - this.#trimmedAt;
    if (sinceLast >= 0n && sinceLast < TRIM_INTERVAL_NANOS) return this.#trimming;
    this.#trimmedAt = now;
    this.#trimming = this.#trimming
      .then(() => this.#ageOut(queuedBefore))
      .catch((error: unknown) => this.#report(error));
    return this.#trimming;
  }

  async #ageOut(queuedBefore: bigint): Promise<void> {
    const { store, signal, maxRows, onError } = this.#options;
    let dropped = 0;
    let aged: number;
    do {
      aged = await store.ageOut(signal, { maxRows, queuedBefore });
      dropped += aged;
    } while (aged === AGED_ROWS_PER_COMMIT);
    if (dropped > 0) onError(new Error(`${dropped} derived ${signal} waited for too long and were dropped`));
  }

  #report(error: unknown): void {
    this.#options.onError(error instanceof Error ? error : new Error(String(error)));
  }
}
