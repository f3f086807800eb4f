import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Whole statements, each to be pasted into a console as it stands. */
const SQL = {
  store: `select id, created_at, covered_sequence, newest_event_time, uids_forgotten_before from store`,
  probe: 'update store set probed_at = ?',
  cover: 'update store set covered_sequence = ?, newest_event_time = ?',
  uidsForgotten: 'update store set uids_forgotten_before = max(uids_forgotten_before, ?)',
  journal: 'select sequence, crc, entry from journal order by sequence',
  addJournal: 'insert into journal (sequence, crc, entry) values (?, ?, ?)',
  trimJournal: 'delete from journal where sequence <= ?',
  uidBlocks: 'select day, hashes from uid_block',
  uidBucket: 'select hashes from uid_block where day = ? and bucket = ?',
  saveUidBlock: 'insert into uid_block (day, bucket, sequence, hashes) values (?, ?, ?, ?)',
  dropUidDay: 'delete from uid_block where day = ?',
  loadIssue: 'select key, sequence, crc, record, recent from issue where key = ?',
  saveIssue: `insert into issue
      (key, sequence, group_id, is_open, opened_at, severity_rank, due_at, quiet_since, crc, record, recent)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (key) do update set sequence = excluded.sequence, group_id = excluded.group_id,
      is_open = excluded.is_open, opened_at = excluded.opened_at, severity_rank = excluded.severity_rank,
      due_at = excluded.due_at, quiet_since = excluded.quiet_since, crc = excluded.crc, record = excluded.record,
      recent = excluded.recent`,
  updateIssue: 'update issue set sequence = ?, crc = ?, record = ?, recent = ? where key = ?',
  forgetIssue: 'delete from issue where key = ?',
  loadTail: 'select events from issue_tail where key = ?',
  saveTail: 'insert into issue_tail (key, sequence, newest_at, events) values (?, ?, ?, ?)',
  trimTail: 'delete from issue_tail where key = ? and newest_at < ?',
  forgetTail: 'delete from issue_tail where key = ?',
  dueIssues: 'select key, due_at from issue where due_at <= ? order by due_at',
  issues: 'select key, sequence, crc, record, recent from issue where key > ? order by key limit ?',
  issueKeys: 'select key from issue',
  quietClosed: `select key from issue
    where is_open = 0 and group_id is not null and quiet_since < ? and sequence <= ? limit ?`,
  quietUnseen: `select key from issue
    where is_open = 0 and group_id is null and quiet_since < ? and sequence <= ? limit ?`,
  activeGroups: `select id, labels, count(key) as issues, coalesce(sum(is_open), 0) as open,
      min(case when is_open = 1 then opened_at end) as oldest_opened_at
    from active_group left join issue on group_id = id group by id`,
  saveGroup: 'insert into active_group (id, labels) values (?, ?)',
  groupOldest: 'select key, opened_at from issue where group_id = ? and is_open = 1 order by opened_at',
  worstIssues:
    'select key, severity_rank, opened_at, group_id from issue where is_open = 1 order by severity_rank, opened_at',
  counters: 'select id, name, count from counter',
  addCounter: 'insert into counter (name, count) values (?, 0)',
  saveCounter: 'update counter set count = ? where id = ?',
  forgetCounter: 'delete from counter where id = ?',
  enqueue: 'insert into outbox (signal, queued_at, body) values (?, ?, ?)',
  nextOutgoing: 'select sequence, signal, queued_at, body from outbox where signal = ? order by sequence limit ?',
  dequeue: 'delete from outbox where sequence = ?',
  dequeueRange: 'delete from outbox where signal = ? and sequence between ? and ?',
  park: `insert into parked (sequence, signal, queued_at, reason, body)
    select sequence, signal, queued_at, ?, body from outbox where sequence = ?`,
  trimParked: `delete from parked
    where sequence not in (select sequence from parked order by sequence desc limit ?)`,
  outboxRows: 'select count(*) as waiting from outbox where signal = ?',
  outboxOldest: 'select queued_at from outbox where signal = ? order by sequence limit 1',
  ageOutRows: `delete from outbox where sequence in
    (select sequence from outbox where signal = ? order by sequence limit ?)`,
  ageOutOlder: `delete from outbox where sequence in
    (select sequence from outbox where signal = ? order by sequence limit ?) and queued_at < ?`,
  emittedSeries: 'select name from emitted_series',
  saveEmittedSeries: 'insert into emitted_series (name) values (?) on conflict do nothing',
  forgetEmittedSeries: 'delete from emitted_series where name = ?',
  agentBeats: `select environment, namespace, agent_id, newest_beat_at, threshold_seconds, newest_stop_at
    from agent_beats`,
  saveAgentBeats: `insert into agent_beats
      (environment, namespace, agent_id, newest_beat_at, threshold_seconds, newest_stop_at)
    values (?, ?, ?, ?, ?, ?)
    on conflict do update set newest_beat_at = excluded.newest_beat_at,
      threshold_seconds = excluded.threshold_seconds, newest_stop_at = excluded.newest_stop_at`,
  forgetAgentBeats: 'delete from agent_beats where environment = ? and namespace = ? and agent_id = ?',
} as const;

export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

export function prepareStatements(database: DatabaseSync): Statements {
  const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
  const statements = Object.fromEntries(prepared) as Statements;
  // Unix ns do not fit a double; without this the driver refuses to read them.
  const { store, dueIssues, activeGroups, groupOldest, worstIssues, agentBeats, counters } = statements;
  for (const statement of [store, dueIssues, activeGroups, groupOldest, worstIssues, agentBeats, counters]) {
    statement.setReadBigInts(true);
  }
  return statements;
}
