import type * as sqlite from 'node:sqlite';

/**
 * Opens a SQLite file. The pages ahead of the last sync stay in its write-ahead log; a commit is on disk when it
 * returns, also through a loss of power.
 * @throws in words for people when Node has no SQLite or the file cannot be opened
 */
export function openDatabase(path: string, options: { readonly isReadOnly: boolean }): sqlite.DatabaseSync {
  const { DatabaseSync } = loadSqlite(path);
  try {
    return new DatabaseSync(path, { readOnly: options.isReadOnly, timeout: 5000 });
  } catch (error) {
    throw new Error(`the store sqlite:${path} cannot be opened: ${String(error)}`, { cause: error });
  }
}

/** Settings of the one connection that writes. */
export function prepareForWriting(database: sqlite.DatabaseSync): void {
  database.exec('pragma journal_mode = wal');
  database.exec('pragma synchronous = full');
  database.exec('pragma wal_autocheckpoint = 16000'); // pages, 64 MB: most of the journal's are used again before they are copied
  database.exec('pragma cache_size = -32768'); // KiB
}

/** Runs `act` between begin and commit; whatever it throws, nothing happened. */
export function inTransaction(database: sqlite.DatabaseSync, act: () => void): void {
  database.exec('begin immediate');
  try {
    act();
    database.exec('commit');
  } catch (error) {
    // A commit that fails (full disk) may have rolled back by itself; the first error is the one that tells why.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** Trouble of the store in words for people: what is wrong with the disk or the file, and what to do. */
export function explain(path: string, error: unknown): Error {
  const said = error instanceof Error ? error.message : String(error);
  const advice = ADVICE.find(([pattern]) => pattern.test(said))?.[1];
  if (advice === undefined) return error instanceof Error ? error : new Error(said);
  return new Error(`${advice.replace('FILE', path)} (${said})`, { cause: error });
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/malformed|not a database|is damaged/, 'the store FILE is damaged: stop, keep a copy, and restore a backup'],
  [/disk is full/, 'the disk of the store FILE is full: free space, and it goes on by itself'],
  [/disk I\/O error/, 'the disk of the store FILE fails: look at the system log'],
  [/readonly database/, 'the store FILE cannot be written: check its owner and permissions'],
];

function loadSqlite(path: string): typeof sqlite {
  // A static import would end every program that only loads this file, on a Node without SQLite.
  const module = process.getBuiltinModule('node:sqlite') as typeof sqlite | undefined;
  if (module === undefined) {
    throw new Error(`the store sqlite:${path} needs Node 22.13 or later; this is ${process.version}`);
  }
  return module;
}
