import { existsSync } from 'node:fs';
import type { SQLOutputValue } from 'node:sqlite';
import { readVersion, SCHEMA_VERSION } from './migrate.ts';
import { explain, openDatabase } from './sqlite-database.ts';

/** One piece of derived telemetry that the receiver refused for good. */
export interface ParkedRow {
  /** Its place in the order in which telemetry was queued. */
  readonly sequence: number;
  /** `logs` or `traces`. */
  readonly signal: string;
  /** When it was queued, unix ns. */
  readonly queuedAt: bigint;
  /** What the receiver said. */
  readonly reason: string;
  /** A whole export request in protobuf, as it was sent. */
  readonly body: Uint8Array;
}

/**
 * The parked rows of a store, oldest first: the newest 1 000 are kept. It changes nothing; a translator may be running.
 * @throws in words for people when there is no store, or it is not of this version
 */
export function readParkedRows(path: string): Promise<readonly ParkedRow[]> {
  return new Promise((resolve) => {
    if (!existsSync(path)) throw new Error(`there is no store at ${path}`);
    try {
      resolve(readRows(path));
    } catch (error) {
      throw explain(path, error);
    }
  });
}

function readRows(path: string): readonly ParkedRow[] {
  const database = openDatabase(path, { isReadOnly: true });
  try {
    const version = readVersion(database, path);
    if (version !== SCHEMA_VERSION) {
      throw new Error(
        `the schema of ${path} is ${version}, this version reads ${SCHEMA_VERSION}: start it once to migrate`,
      );
    }
    const select = database.prepare('select sequence, signal, queued_at, reason, body from parked order by sequence');
    select.setReadBigInts(true);
    return select.all().map(readRow);
  } finally {
    database.close();
  }
}

function readRow({ sequence, signal, queued_at: queuedAt, reason, body }: Record<string, SQLOutputValue>): ParkedRow {
  if (typeof queuedAt !== 'bigint' || !(body instanceof Uint8Array)) {
    throw new Error('a parked row is no telemetry: the file is damaged');
  }
  return { sequence: Number(sequence), signal: String(signal), queuedAt, reason: String(reason), body };
}
