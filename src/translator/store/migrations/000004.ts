import { packEvents } from '../../../lifecycle/packed-events.ts';
import { eventFromList } from '../event-text.ts';
import type { Migration } from './migration.ts';

/** Tails as bytes, half the size of the text that they were. Rows of the journal say by themselves how they are written. */
export const migration000004: Migration = {
  version: 4,
  apply: (database) => {
    database.exec(`create table issue_tail_4 (
      key text not null,
      sequence integer not null,
      newest_at integer not null,
      events blob not null,
      primary key (key, sequence)
    ) without rowid`);
    const save = database.prepare('insert into issue_tail_4 (key, sequence, newest_at, events) values (?, ?, ?, ?)');
    const tails = database.prepare('select key, sequence, newest_at, events from issue_tail');
    tails.setReadBigInts(true);
    for (const { key = '', sequence = 0n, newest_at: newestAt = 0n, events } of tails.iterate()) {
      const lists = JSON.parse(String(events)) as unknown[][];
      save.run(key, sequence, newestAt, packEvents(lists.map(eventFromList)));
    }
    database.exec('drop table issue_tail; alter table issue_tail_4 rename to issue_tail');
  },
};
