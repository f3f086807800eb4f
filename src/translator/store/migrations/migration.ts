import type { DatabaseSync } from 'node:sqlite';

/** A step from one schema to the next, forward only, never edited once released. */
export interface Migration {
  readonly version: number;
  /** Runs in the transaction that records its version. */
  apply(database: DatabaseSync): void;
}
