import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { migration000001 } from './migrations/000001.ts';
import { migration000002 } from './migrations/000002.ts';
import { migration000003 } from './migrations/000003.ts';
import { migration000004 } from './migrations/000004.ts';
import { migration000005 } from './migrations/000005.ts';
import type { Migration } from './migrations/migration.ts';

const MIGRATIONS: readonly Migration[] = [
  migration000001,
  migration000002,
  migration000003,
  migration000004,
  migration000005,
];

/** The schema that this version reads and writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Brings the file to {@link SCHEMA_VERSION}, making it when it is empty. Each step is a transaction that takes the write
 * lock first and looks again, so that of many starters one does it and the others find it done.
 * @throws when a newer version wrote the file, or another program
 */
export function migrate(database: DatabaseSync, path: string, now: bigint): void {
  for (const migration of MIGRATIONS) {
    if (readVersion(database, path) >= migration.version) continue;
    database.exec('begin immediate');
    try {
      if (readVersion(database, path) < migration.version) {
        recordVersion(database, migration.version, now);
        migration.apply(database);
      }
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  }
  const version = readVersion(database, path);
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `${path} was written by a newer version of hiveloop: its schema is ${version}, this version reads up to ` +
        `${SCHEMA_VERSION}. Use that version, or another file.`,
    );
  }
}

/** 0 for an empty file. */
export function readVersion(database: DatabaseSync, path: string): number {
  const tables = database.prepare(`select name from sqlite_schema where type = 'table'`).all();
  if (!tables.some(({ name }) => name === 'store')) {
    if (tables.length > 0) throw new Error(`${path} is a database of another program: it has no table "store"`);
    return 0;
  }
  const version = database.prepare('select schema_version from store').get()?.['schema_version'];
  if (typeof version !== 'number') throw new Error(`${path} does not say which schema it has: the file is damaged`);
  return version;
}

function recordVersion(database: DatabaseSync, version: number, now: bigint): void {
  if (version === 1) {
    database.exec('create table store (schema_version integer not null, id text not null, created_at text not null)');
    database
      .prepare('insert into store (schema_version, id, created_at) values (1, ?, ?)')
      .run(randomUUID(), now.toString());
  } else database.prepare('update store set schema_version = ?').run(version);
}
