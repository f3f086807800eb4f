import type { OutgoingRow, OutgoingSignal, Store } from '../store/store.ts';
import type { DerivedSink, SendOutcome } from './derived-sink.ts';
import { startTimer, type Timer } from './timer.ts';

/**
 * Sends what the store keeps for sending, at least once and in order: a row leaves the store only when the sink has
 * accepted it. Logs and traces go independently, so that trouble of one signal holds up only its own.
 */
export interface Outbox {
  /** There may be something new. */
  wake(): void;
  /** Resolves when all that waits was sent, or one attempt has failed. */
  flush(): Promise<void>;
  /** Stops sending; what is under way ends first. Rows stay in the store. */
  close(): Promise<void>;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly sink: DerivedSink;
  /** Hears of what was set aside or could not be sent, once per attempt. */
  readonly onError: (error: Error) => void;
}

const ROWS_PER_REQUEST = 256;
const FIRST_BACKOFF_MILLIS = 500;
const LONGEST_BACKOFF_MILLIS = 30_000;

export function openOutbox(options: OutboxOptions): Outbox {
  const senders = [new SignalSender('logs', options), new SignalSender('traces', options)];
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

class SignalSender {
  readonly #signal: OutgoingSignal;
  readonly #options: OutboxOptions;
  #running: Promise<void> | undefined;
  #isWoken = false;
  #isClosed = false;
  #failures = 0;
  #backoff: Timer | undefined;

  constructor(signal: OutgoingSignal, options: OutboxOptions) {
    this.#signal = signal;
    this.#options = options;
  }

  wake(): void {
    this.#isWoken = true;
    if (this.#backoff === undefined) void this.attempt();
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
  }

  async #run(): Promise<void> {
    this.#backoff?.cancel();
    this.#backoff = undefined;
    try {
      while (this.#isWoken) {
        this.#isWoken = false;
        await this.#drain();
      }
      this.#failures = 0;
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
      this.#retryLater(error instanceof NotSent ? error.retryAfterMillis : undefined);
    }
  }

  #retryLater(retryAfterMillis: number | undefined): void {
    if (this.#isClosed) return;
    const backoff = Math.min(FIRST_BACKOFF_MILLIS * 2 ** this.#failures++, LONGEST_BACKOFF_MILLIS);
    this.#backoff = startTimer(Math.max(backoff, retryAfterMillis ?? 0), () => void this.attempt());
  }

  async #drain(): Promise<void> {
    while (!this.#isClosed) {
      const rows = await this.#options.store.nextOutgoing(this.#signal, ROWS_PER_REQUEST);
      if (rows.length === 0) return;
      await this.#deliver(rows);
    }
  }

  /** A refused batch is halved until the row that is refused stands alone; that one is set aside, so what follows goes on. */
  async #deliver(rows: readonly OutgoingRow[]): Promise<void> {
    const outcome = await this.#send(rows);
    const [row] = rows;
    if (outcome.kind === 'accepted') await this.#options.store.acknowledge(rows);
    else if (outcome.kind === 'retryable') throw new NotSent(this.#signal, outcome.reason, outcome.retryAfterMillis);
    else if (rows.length > 1) {
      const middle = rows.length >> 1;
      await this.#deliver(rows.slice(0, middle));
      await this.#deliver(rows.slice(middle));
    } else if (row !== undefined) {
      await this.#options.store.park(row, outcome.reason);
      this.#options.onError(
        new Error(`one ${this.#signal} record of ours was refused and set aside: ${outcome.reason}`),
      );
    }
  }

  #send(rows: readonly OutgoingRow[]): Promise<SendOutcome> {
    const { sink } = this.#options;
    const outgoing = rows.map((row) => row.outgoing);
    return this.#signal === 'logs'
      ? sink.logs(outgoing.flatMap((item) => (item.signal === 'logs' ? [item.batch] : [])))
      : sink.traces(outgoing.flatMap((item) => (item.signal === 'traces' ? [item.batch] : [])));
  }
}

class NotSent extends Error {
  readonly retryAfterMillis: number | undefined;

  constructor(signal: OutgoingSignal, reason: string, retryAfterMillis: number | undefined) {
    super(`derived ${signal} could not be sent and stay in the store: ${reason}`);
    this.name = 'NotSent';
    this.retryAfterMillis = retryAfterMillis;
  }
}
