import { packEvents } from '../../../lifecycle/packed-events.ts';
import { eventFromList } from '../event-text.ts';
import type { Migration } from './migration.ts';

/**
 * Tails as bytes, which are shorter than the text that they were. Rows of the journal say by themselves how they are written.
 * Both tables get a row id: without one SQLite keeps a row in an index, which puts most of a row of a kilobyte and more
 * into a page of its own, and a new tail anywhere in the file in place of at its end.
 */
export const migration000004: Migration = {
  version: 4,
  apply: (database) => {
    database.exec(`create table issue_tail_4 (
      key text not null,
      sequence integer not null,
      newest_at integer not null,
      events blob not null,
      primary key (key, sequence)
    )`);
    const save = database.prepare('insert into issue_tail_4 (key, sequence, newest_at, events) values (?, ?, ?, ?)');
    const tails = database.prepare('select key, sequence, newest_at, events from issue_tail');
    tails.setReadBigInts(true);
    for (const { key = '', sequence = 0n, newest_at: newestAt = 0n, events } of tails.iterate()) {
      const lists = JSON.parse(String(events)) as unknown[][];
      save.run(key, sequence, newestAt, packEvents(lists.map(eventFromList)));
    }
    database.exec(`drop table issue_tail;
alter table issue_tail_4 rename to issue_tail;
${ISSUES}`);
  },
};

const ISSUES = `
create table issue_4 (
  key text not null unique,
  sequence integer not null,
  group_id integer,
  is_open integer not null,
  opened_at integer not null,
  severity_rank integer not null,
  due_at integer,
  quiet_since integer not null,
  crc integer not null,
  record text not null
);
insert into issue_4 select key, sequence, group_id, is_open, opened_at, severity_rank, due_at, quiet_since, crc, record
  from issue;
drop table issue;
alter table issue_4 rename to issue;
create index issue_active on issue (group_id, is_open, opened_at) where group_id is not null;
create index issue_worst on issue (severity_rank, opened_at) where is_open = 1;
create index issue_due on issue (due_at) where due_at is not null;
create index issue_quiet on issue (quiet_since) where is_open = 0;
`;
