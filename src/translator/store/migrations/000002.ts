import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { EventTail } from '../../../lifecycle/event-tail.ts';
import type { IssueHistory } from '../../../lifecycle/history.ts';
import type { IssueRecord } from '../../../lifecycle/issue.ts';
import type { IssueEvent } from '../../../lifecycle/issue-event.ts';
import { NOTHING_TOLD, type Story } from '../../../lifecycle/story.ts';
import type { RecentlyTold } from '../../../lifecycle/told-list.ts';
import { encodeLogs, encodeTraces } from '../../otlp/encode.ts';
import type { ScopeLogs, ScopeSpans } from '../../otlp/model.ts';
import { ActiveGroups } from '../active-groups.ts';
import { decodeRow, encodeRow } from '../encoding.ts';
import { encodeEvent } from '../event-text.ts';
import { issueColumns } from '../issue-columns.ts';
import { dayOf } from '../uid-index.ts';
import { hashAgent, hashText, UID_HASH_BYTES } from '../uid-hash.ts';
import type { Migration } from './migration.ts';

/**
 * The journal, with issues, tails and counters written behind it; uids as hashes, in blocks by day; the outbox as the
 * bytes that are sent.
 */
export const migration000002: Migration = {
  version: 2,
  apply: (database) => {
    database.exec(TABLES);
    moveIssues(database);
    moveUids(database);
    moveOutbox(database);
    database.exec(`
insert into counter_2 (name, count) select name, count from counter;
drop table issue;
drop table event_uid;
drop table outbox;
drop table parked;
drop table counter;
alter table issue_2 rename to issue;
alter table outbox_2 rename to outbox;
alter table parked_2 rename to parked;
alter table counter_2 rename to counter;
${INDEXES}`);
  },
};

const TABLES = `
alter table store add column covered_sequence integer not null default 0;
alter table store add column newest_event_time integer not null default 0;
alter table store add column uids_forgotten_before integer not null default 0;
alter table store add column probed_at integer not null default 0;

create table journal (
  sequence integer primary key,
  crc integer not null,
  entry blob not null
);

create table active_group (
  id integer primary key,
  labels text not null unique
);

create table issue_2 (
  key text not null primary key,
  sequence integer not null,
  group_id integer,
  is_open integer not null,
  opened_at integer not null,
  severity_rank integer not null,
  due_at integer,
  quiet_since integer not null,
  crc integer not null,
  record text not null
) without rowid;

create table issue_tail (
  key text not null,
  sequence integer not null,
  newest_at integer not null,
  events text not null,
  primary key (key, sequence)
) without rowid;

create table uid_block (
  day integer not null,
  bucket integer not null,
  sequence integer not null,
  hashes blob not null,
  primary key (day, bucket, sequence)
) without rowid;

create table outbox_2 (
  sequence integer primary key autoincrement,
  signal text not null,
  queued_at integer not null,
  body blob not null
);

create table parked_2 (
  sequence integer primary key,
  signal text not null,
  queued_at integer not null,
  reason text not null,
  body blob not null
);

create table emitted_series (
  name text not null primary key
) without rowid;

create table counter_2 (
  id integer primary key autoincrement,
  name text not null unique,
  count integer not null
);
`;

const INDEXES = `
create index issue_active on issue (group_id, is_open, opened_at) where group_id is not null;
create index issue_worst on issue (severity_rank, opened_at) where is_open = 1;
create index issue_due on issue (due_at) where due_at is not null;
create index issue_quiet on issue (quiet_since) where is_open = 0;
create index outbox_signal on outbox (signal, sequence);
`;

type Row = Record<string, SQLOutputValue>;

/** An issue as version 1 kept it: whole, in one text. */
type OldRecord = Omit<IssueRecord, 'history' | 'story'> & {
  readonly history: Omit<IssueHistory, 'tail'> & { readonly tail: readonly IssueEvent[] };
  /** What version 1 of the schema came to remember with time is not in its oldest rows. */
  readonly story: Partial<Omit<Story, 'recent'>> & { readonly recent?: readonly RecentlyTold[] };
};

function moveIssues(database: DatabaseSync): void {
  const groups = new ActiveGroups();
  const saveGroup = database.prepare('insert into active_group (id, labels) values (?, ?)');
  const saveIssue = database.prepare('insert into issue_2 values (?, 0, ?, ?, ?, ?, ?, ?, ?, ?)');
  const saveTail = database.prepare('insert into issue_tail values (?, 0, ?, ?)');
  for (const row of database.prepare('select record from issue').iterate()) {
    const old = decodeRow(text(row, 'record')) as OldRecord;
    const { tail: events, ...history } = old.history;
    const tail = EventTail.of(events);
    const { recent = [], ...told } = old.story;
    const story = { ...NOTHING_TOLD, ...told };
    const record: IssueRecord = { ...old, history: { ...history, tail }, story };
    const { groupId, isOpen, openedAt, severityRank, dueAt, quietSince } = issueColumns(record, groups);
    const encoded = encodeRow({ ...old, history, story: { ...story, recent } });
    saveIssue.run(record.key, groupId, isOpen, openedAt, severityRank, dueAt, quietSince, crc32(encoded), encoded);
    const { newest } = tail;
    if (newest !== undefined)
      saveTail.run(record.key, newest.effectiveTime, `[${[...tail].map(encodeEvent).join(',')}]`);
  }
  for (const { id, labels } of groups.takeUnsaved()) saveGroup.run(id, labels);
  const newest = database.prepare('select max(newest_at) as newest from issue_tail');
  newest.setReadBigInts(true);
  database.prepare('update store set newest_event_time = ?').run(newest.get()?.['newest'] ?? 0n);
}

function moveUids(database: DatabaseSync): void {
  const saveBlock = database.prepare('insert into uid_block values (?, ?, 0, ?)');
  const blocks = new Map<string, { readonly day: number; readonly bucket: number; readonly hashes: Uint8Array[] }>();
  const uids = database.prepare('select agent, uid, taken_at from event_uid');
  uids.setReadBigInts(true);
  for (const row of uids.iterate()) {
    const hash = hashText(text(row, 'uid'), hashAgent(text(row, 'agent')));
    const day = dayOf(BigInt(Number(row['taken_at'] ?? 0)));
    const bucket = (hash[0] ?? 0) >>> 24;
    const name = `${day} ${bucket}`;
    const block = blocks.get(name) ?? { day, bucket, hashes: [] };
    blocks.set(name, block);
    block.hashes.push(new Uint8Array(hash.buffer, 0, UID_HASH_BYTES));
  }
  for (const { day, bucket, hashes } of blocks.values()) saveBlock.run(day, bucket, Buffer.concat(hashes));
}

type OldOutgoing =
  { readonly signal: 'logs'; readonly batch: ScopeLogs } | { readonly signal: 'traces'; readonly batch: ScopeSpans };

function moveOutbox(database: DatabaseSync): void {
  // Numbers go on from where they were: parked rows keep theirs, and none may come again.
  database.exec(
    `insert into sqlite_sequence (name, seq) select 'outbox_2', seq from sqlite_sequence where name = 'outbox'`,
  );
  const enqueue = database.prepare('insert into outbox_2 values (?, ?, 0, ?)');
  for (const row of database.prepare('select sequence, outgoing from outbox order by sequence').iterate()) {
    const old = decodeRow(text(row, 'outgoing')) as OldOutgoing;
    enqueue.run(Number(row['sequence']), old.signal, encode(old));
  }
  const park = database.prepare('insert into parked_2 values (?, ?, 0, ?, ?)');
  for (const row of database.prepare('select sequence, reason, outgoing from parked order by sequence').iterate()) {
    const old = decodeRow(text(row, 'outgoing')) as OldOutgoing;
    park.run(Number(row['sequence']), old.signal, text(row, 'reason'), encode(old));
  }
}

function encode(outgoing: OldOutgoing): Uint8Array {
  return outgoing.signal === 'logs' ? encodeLogs([outgoing.batch]) : encodeTraces([outgoing.batch]);
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} of the store holds no text: the file is damaged`);
  return value;
}
