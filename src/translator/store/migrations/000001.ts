import type { Migration } from './migration.ts';

/** The tables of the first release. The row of `store` is written by the runner. */
export const migration000001: Migration = {
  version: 1,
  apply: (database) => {
    database.exec(`
create table issue (
  key text not null primary key,
  active_group text,
  is_open integer not null,
  due_at integer,
  record text not null
) without rowid;

create index issue_active on issue (active_group, is_open) where active_group is not null;
create index issue_due on issue (due_at) where due_at is not null;

create table event_uid (
  agent text not null,
  uid text not null,
  taken_at integer not null,
  primary key (agent, uid)
) without rowid;

create index event_uid_taken_at on event_uid (taken_at);

create table outbox (
  sequence integer primary key autoincrement,
  signal text not null,
  outgoing text not null
);

create index outbox_signal on outbox (signal, sequence);

create table parked (
  sequence integer primary key,
  reason text not null,
  outgoing text not null
);

create table counter (
  name text not null primary key,
  count integer not null
) without rowid;
`);
  },
};
