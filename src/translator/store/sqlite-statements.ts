import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Whole statements, each to be pasted into a console as it stands. */
const SQL = {
  identity: 'select id, created_at from store',
  rememberUid: 'insert into event_uid (agent, uid, taken_at) values (?, ?, ?) on conflict do nothing',
  forgetUids: 'delete from event_uid where taken_at < ?',
  loadIssue: 'select record from issue where key = ?',
  saveIssue: `insert into issue (key, active_group, is_open, due_at, record) values (?, ?, ?, ?, ?)
    on conflict (key) do update set active_group = excluded.active_group, is_open = excluded.is_open,
      due_at = excluded.due_at, record = excluded.record`,
  dueIssues: 'select key from issue where due_at <= ? order by due_at limit ?',
  issues: 'select record from issue where key > ? order by key limit ?',
  activeIssues: `select active_group, sum(is_open) as open from issue
    where active_group is not null group by active_group`,
  counters: 'select name, count from counter',
  count: `insert into counter (name, count) values (?, ?)
    on conflict (name) do update set count = count + excluded.count`,
  enqueue: 'insert into outbox (signal, outgoing) values (?, ?)',
  nextOutgoing: 'select sequence, outgoing from outbox where signal = ? order by sequence limit ?',
  dequeue: 'delete from outbox where sequence = ?',
  park: `insert into parked (sequence, reason, outgoing)
    select sequence, ?, outgoing from outbox where sequence = ?`,
  trimParked: `delete from parked
    where sequence not in (select sequence from parked order by sequence desc limit ?)`,
} as const;

export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

export function prepareStatements(database: DatabaseSync): Statements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(prepared) as Statements;
}
