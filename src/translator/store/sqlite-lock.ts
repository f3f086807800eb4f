import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './sqlite-database.ts';

export interface StoreLock {
  release(): void;
}

/**
 * Holds a store for this process alone, until released or until the process ends in whatever way. The lock lies on a
 * file of its own beside the store, so that a check or a backup may read the store meanwhile.
 * @throws when another process holds it
 */
export function lockStore(path: string): StoreLock {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(`${path}-lock`, { isReadOnly: false });
    database.exec('pragma busy_timeout = 0');
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    if (database === undefined)
      throw new Error(String(error instanceof Error ? error.message : error).replace(`${path}-lock`, path), {
        cause: error,
      });
    throw new Error(`the store sqlite:${path} is in use by another process; only one translator may have it open`, {
      cause: error,
    });
  }
  const held = database;
  return { release: () => held.close() };
}
