import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readVersion } from './migrate.ts';
import { explain, openDatabase } from './sqlite-database.ts';

/**
 * Copies a store to a new file, while a translator may be writing it: the copy is the store as it was at one moment,
 * and has its name only when it is whole and on disk. To restore, put the copy in the store's place (docs/translator-store.md).
 *
 * One read transaction, and not SQLite's page by page backup: that starts again at every commit of the translator.
 * @throws in words for people when the store cannot be read, or the target exists or cannot be written
 */
export function backupStore(path: string, target: string): Promise<void> {
  return new Promise((resolve) => {
    if (!existsSync(path)) throw new Error(`there is no store at ${path}`);
    if (existsSync(target)) throw new Error(`${target} exists already; a backup overwrites nothing`);
    const partial = `${target}.partial`;
    try {
      copyTo(path, partial);
      sync(partial);
      renameSync(partial, target);
      sync(dirname(target));
    } catch (error) {
      rmSync(partial, { force: true });
      throw explain(path, error);
    }
    resolve();
  });
}

function copyTo(path: string, partial: string): void {
  rmSync(partial, { force: true });
  const database = openDatabase(path, { isReadOnly: true });
  try {
    if (readVersion(database, path) === 0) throw new Error(`${path} is no store of hiveloop: it is empty`);
    database.prepare('vacuum into ?').run(partial);
  } finally {
    database.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
