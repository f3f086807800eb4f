import type * as sqlite from 'node:sqlite';
import type { Statements } from './sqlite-statements.ts';
import {
  AGED_ROWS_PER_COMMIT,
  outboxCounter,
  type OutboxLimits,
  type OutgoingRow,
  type OutgoingSignal,
  PARKED_ROWS_MAX,
  type Store,
  type WaitingRows,
} from './store.ts';

type OutboxMethods = Pick<Store, 'nextOutgoing' | 'acknowledge' | 'park' | 'ageOut' | 'outboxDepth'>;
type Row = Record<string, sqlite.SQLOutputValue>;

/** The outbox's part of the store. Rows are read by slices, and what asks for numbers reads an index only. */
export function outboxOn(
  statements: Statements,
  transaction: (act: () => void) => Promise<void>,
  count: (name: string, by: number) => void,
): OutboxMethods {
  // Unix ns do not fit a double; without this the driver refuses to read them.
  statements.nextOutgoing.setReadBigInts(true);
  statements.outboxOldest.setReadBigInts(true);
  return {
    nextOutgoing: (signal, limit) => settled(() => statements.nextOutgoing.all(signal, limit).map(readRow)),
    acknowledge: (rows) =>
      transaction(() => {
        for (const { sequence } of rows) statements.dequeue.run(sequence);
      }),
    park: ({ sequence, outgoing }, reason) =>
      transaction(() => {
        if (statements.park.run(reason, sequence).changes === 0) return;
        statements.dequeue.run(sequence);
        statements.trimParked.run(PARKED_ROWS_MAX);
        count(outboxCounter('parked', outgoing.signal), 1);
      }),
    ageOut: async (signal, limits) => {
      let aged = 0;
      await transaction(() => {
        aged = ageOut(statements, signal, limits);
        if (aged > 0) count(outboxCounter('agedOut', signal), aged);
      });
      return aged;
    },
    outboxDepth: () =>
      settled(() => ({ logs: readWaiting(statements, 'logs'), traces: readWaiting(statements, 'traces') })),
  };
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
