import type * as sqlite from 'node:sqlite';
import { OutboxHead } from './outbox-head.ts';
import type { Statements } from './sqlite-statements.ts';
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
type Row = Record<string, sqlite.SQLOutputValue>;

/** What a write leaves to be done once it is on disk. */
type AfterCommit = () => void;

/**
 * The outbox's part of the store. Rows are read by slices, those that were just written from memory, and what asks for
 * numbers reads an index only.
 */
export class SqliteOutbox {
  readonly methods: OutboxMethods;
  readonly #statements: Statements;
  readonly #write: (act: () => AfterCommit) => Promise<void>;
  readonly #count: (name: string, by: number) => void;
  readonly #heads: Readonly<Record<OutgoingSignal, OutboxHead>> = { logs: new OutboxHead(), traces: new OutboxHead() };

  /**
   * @param write runs its argument in a transaction, and what that returns once it is on disk
   * @param count adds to a counter, within a transaction
   */
  constructor(
    statements: Statements,
    write: (act: () => AfterCommit) => Promise<void>,
    count: (name: string, by: number) => void,
  ) {
    // Unix ns do not fit a double; without this the driver refuses to read them.
    statements.nextOutgoing.setReadBigInts(true);
    statements.outboxOldest.setReadBigInts(true);
    this.#statements = statements;
    this.#write = write;
    this.#count = count;
    this.methods = {
      nextOutgoing: (signal, limit) => settled(() => this.#next(signal, limit)),
      acknowledge: (rows) => this.#write(() => this.#remove(rows)),
      park: (row, reason) => this.#write(() => this.#park(row, reason)),
      ageOut: (signal, limits) => this.#ageOut(signal, limits),
      outboxDepth: () =>
        settled(() => ({ logs: readWaiting(statements, 'logs'), traces: readWaiting(statements, 'traces') })),
    };
  }

  /** Within a transaction. */
  enqueue(waiting: readonly Outgoing[]): AfterCommit {
    const rows = waiting.map((outgoing): OutgoingRow => {
      const { signal, queuedAt, body } = outgoing;
      const { lastInsertRowid } = this.#statements.enqueue.run(signal, queuedAt, body);
      return { sequence: Number(lastInsertRowid), outgoing };
    });
    return () => {
      for (const row of rows) this.#heads[row.outgoing.signal].add(row);
    };
  }

  /** After a transaction that failed: whatever it left, the table has it. */
  forgetHeads(): void {
    this.#heads.logs.forget();
    this.#heads.traces.forget();
  }

  #next(signal: OutgoingSignal, limit: number): readonly OutgoingRow[] {
    const head = this.#heads[signal];
    const known = head.oldest(limit);
    if (known !== undefined) return known;
    const rows = this.#statements.nextOutgoing.all(signal, limit).map(readRow);
    head.read(rows, rows.length < limit);
    return rows;
  }

  #remove(rows: readonly OutgoingRow[]): AfterCommit {
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return () => undefined;
    const { signal } = first.outgoing;
    const head = this.#heads[signal];
    if (head.beginsWith(rows)) {
      const { changes } = this.#statements.dequeueRange.run(signal, first.sequence, last.sequence);
      // Never so. But if it were, what nobody has sent stays.
      if (Number(changes) > rows.length) throw new Error('the outbox holds rows that were not read from it');
    } else {
      for (const { sequence } of rows) this.#statements.dequeue.run(sequence);
    }
    return () => head.remove(rows);
  }

  #park(row: OutgoingRow, reason: string): AfterCommit {
    const { sequence, outgoing } = row;
    if (this.#statements.park.run(reason, sequence).changes !== 0) {
      this.#statements.dequeue.run(sequence);
      this.#statements.trimParked.run(PARKED_ROWS_MAX);
      this.#count(outboxCounter('parked', outgoing.signal), 1);
    }
    return () => this.#heads[outgoing.signal].remove([row]);
  }

  async #ageOut(signal: OutgoingSignal, limits: OutboxLimits): Promise<number> {
    let aged = 0;
    await this.#write(() => {
      aged = ageOut(this.#statements, signal, limits);
      if (aged > 0) this.#count(outboxCounter('agedOut', signal), aged);
      return () => {
        if (aged > 0) this.#heads[signal].forget();
      };
    });
    return aged;
  }
}

function ageOut(statements: Statements, signal: OutgoingSignal, { maxRows, queuedBefore }: OutboxLimits): number {
  const excess = Math.min(readWaiting(statements, signal).rows - maxRows, AGED_ROWS_PER_COMMIT);
  const dropped = excess > 0 ? Number(statements.ageOutRows.run(signal, excess).changes) : 0;
  const rest = AGED_ROWS_PER_COMMIT - dropped;
  return dropped + Number(statements.ageOutOlder.run(signal, rest, queuedBefore).changes);
}

function readWaiting(statements: Statements, signal: OutgoingSignal): WaitingRows {
  return {
    rows: Number(statements.outboxRows.get(signal)?.['waiting'] ?? 0),
    oldestQueuedAt: integer(statements.outboxOldest.get(signal)?.['queued_at'] ?? 0n),
  };
}

function readRow(row: Row): OutgoingRow {
  const { sequence, signal, queued_at: queuedAt, body } = row;
  if (!(body instanceof Uint8Array) || (signal !== 'logs' && signal !== 'traces')) {
    throw new Error('a row of the outbox is no telemetry: the file is damaged');
  }
  return { sequence: Number(sequence), outgoing: { signal, body, queuedAt: integer(queuedAt ?? 0n) } };
}

function integer(value: sqlite.SQLOutputValue): bigint {
  if (typeof value === 'bigint') return value;
  throw new Error('a row of the outbox has no time: the file is damaged');
}

/** The engine is synchronous; the interface is not. What it throws becomes a rejection. */
function settled<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}
