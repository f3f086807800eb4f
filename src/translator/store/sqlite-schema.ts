import type { DatabaseSync } from 'node:sqlite';

/** Version of the tables below. A store of another version is refused with a plain sentence; migrations come with the next one. */
export const SCHEMA_VERSION = 1;

const CREATE_TABLES = `
create table if not exists store (
  schema_version integer not null,
  id text not null,
  created_at text not null
);

create table if not exists issue (
  key text not null primary key,
  active_group text,
  is_open integer not null,
  due_at integer,
  record text not null
) without rowid;

create index if not exists issue_active on issue (active_group, is_open) where active_group is not null;
create index if not exists issue_due on issue (due_at) where due_at is not null;

create table if not exists event_uid (
  agent text not null,
  uid text not null,
  taken_at integer not null,
  primary key (agent, uid)
) without rowid;

create index if not exists event_uid_taken_at on event_uid (taken_at);

create table if not exists outbox (
  sequence integer primary key autoincrement,
  signal text not null,
  outgoing text not null
);

create index if not exists outbox_signal on outbox (signal, sequence);

create table if not exists parked (
  sequence integer primary key,
  reason text not null,
  outgoing text not null
);

create table if not exists counter (
  name text not null primary key,
  count integer not null
) without rowid;
`;

/** Makes the tables in a new file; in an existing one checks that they are ours. */
export function prepareSchema(database: DatabaseSync, path: string, fresh: { id: string; createdAt: bigint }): void {
  database.exec('begin immediate');
  try {
    database.exec(CREATE_TABLES);
    const existing = database.prepare('select schema_version from store').get();
    if (existing === undefined) {
      database
        .prepare('insert into store (schema_version, id, created_at) values (?, ?, ?)')
        .run(SCHEMA_VERSION, fresh.id, fresh.createdAt.toString());
    } else if (existing['schema_version'] !== SCHEMA_VERSION) {
      throw new Error(
        `${path} was written by another version of hiveloop: its schema is ${String(existing['schema_version'])}, ` +
          `this version reads ${SCHEMA_VERSION}. Use that version, or another file.`,
      );
    }
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
