import {
  AGED_ROWS_PER_COMMIT,
  outboxCounter,
  type OutboxLimits,
  type Outgoing,
  type OutgoingRow,
  type OutgoingSignal,
  PARKED_ROWS_MAX,
  type Store,
  type WaitingRows,
} from './store.ts';

type OutboxMethods = Pick<Store, 'nextOutgoing' | 'acknowledge' | 'park' | 'ageOut' | 'outboxDepth'>;

/** The outbox's part of the memory store. A queue for each signal, in the order of arrival. */
export class MemoryOutbox {
  readonly methods: OutboxMethods;
  readonly #count: (name: string, by: number) => void;
  readonly #queues: Record<OutgoingSignal, Map<number, Outgoing>> = { logs: new Map(), traces: new Map() };
  /** For people who look into the heap; a store on disk has them in a table. */
  readonly #parked: { readonly row: OutgoingRow; readonly reason: string }[] = [];
  #lastSequence = 0;

  constructor(count: (name: string, by: number) => void) {
    this.#count = count;
    this.methods = {
      nextOutgoing: (signal, limit) => Promise.resolve(this.#next(signal, limit)),
      acknowledge: (rows) => {
        this.#remove(rows);
        return Promise.resolve();
      },
      park: (row, reason) => {
        this.#park(row, reason);
        return Promise.resolve();
      },
      ageOut: (signal, limits) => Promise.resolve(this.#ageOut(signal, limits)),
      outboxDepth: () => Promise.resolve({ logs: this.#waiting('logs'), traces: this.#waiting('traces') }),
    };
  }

  enqueue(outgoing: Outgoing): void {
    this.#queues[outgoing.signal].set(++this.#lastSequence, outgoing);
  }

  #next(signal: OutgoingSignal, limit: number): readonly OutgoingRow[] {
    const rows: OutgoingRow[] = [];
    for (const [sequence, outgoing] of this.#queues[signal]) {
      if (rows.length === limit) break;
      rows.push({ sequence, outgoing });
    }
    return rows;
  }

  #remove(rows: readonly OutgoingRow[]): void {
    for (const { sequence, outgoing } of rows) this.#queues[outgoing.signal].delete(sequence);
  }

  #park(row: OutgoingRow, reason: string): void {
    if (!this.#queues[row.outgoing.signal].delete(row.sequence)) return;
    this.#parked.push({ row, reason });
    if (this.#parked.length > PARKED_ROWS_MAX) this.#parked.shift();
    this.#count(outboxCounter('parked', row.outgoing.signal), 1);
  }

  #ageOut(signal: OutgoingSignal, { maxRows, queuedBefore }: OutboxLimits): number {
    const queue = this.#queues[signal];
    let aged = 0;
    for (const [sequence, { queuedAt }] of queue) {
      if (aged === AGED_ROWS_PER_COMMIT || (queue.size <= maxRows && queuedAt >= queuedBefore)) break;
      queue.delete(sequence);
      aged++;
    }
    if (aged > 0) this.#count(outboxCounter('agedOut', signal), aged);
    return aged;
  }

  #waiting(signal: OutgoingSignal): WaitingRows {
    const queue = this.#queues[signal];
    const [oldest] = queue.values();
    return { rows: queue.size, oldestQueuedAt: oldest?.queuedAt ?? 0n };
  }
}
