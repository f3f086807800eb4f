import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { StoreUrl } from '../translator/store/open-store.ts';
import { UsageError } from './usage-error.ts';

/**
 * Reads `--store`, and looks whether a file could be made or written there, without making any.
 * @throws UsageError when it is no store, or could not be one
 */
export function readStoreUrl(text: string): StoreUrl {
  if (text === 'memory:') return text;
  const path = sqlitePath(text);
  if (path === undefined) throw new UsageError(`--store '${text}' is not a store; write sqlite:PATH or memory:`);
  requireWritable(text, path);
  return `sqlite:${path}`;
}

/** The path behind `sqlite:`; undefined for a text that is none. */
export function sqlitePath(text: string): string | undefined {
  return text.startsWith('sqlite:') && text.length > 'sqlite:'.length ? text.slice('sqlite:'.length) : undefined;
}

function requireWritable(text: string, path: string): void {
  const folder = dirname(resolve(path));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--store ${text}: the folder ${folder} does not exist; make it, or give another path`);
  }
  const file = statSync(path, { throwIfNoEntry: false });
  if (file !== undefined && !file.isFile()) throw new UsageError(`--store ${text} is not a file`);
  for (const place of file === undefined ? [folder] : [folder, path]) {
    if (!isWritable(place)) throw new UsageError(`--store ${text}: this user may not write ${place}`);
  }
  if (file !== undefined && file.size > 0 && !isSqliteFile(path)) {
    throw new UsageError(`--store ${text} is no SQLite file; it is left as it is, give another path`);
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What every SQLite file begins with. */
const HEADER = 'SQLite format 3\0';

function isSqliteFile(path: string): boolean {
  const start = Buffer.alloc(HEADER.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, start, 0, HEADER.length, 0);
  } finally {
    closeSync(file);
  }
  return start.toString('latin1') === HEADER;
}
