import type { Migration } from './migration.ts';

/**
 * What was told of an issue, as bytes in a column of their own. A row that was written before keeps it as text in its
 * record, and null here, until the issue changes: so the migration takes no longer for a large store.
 */
export const migration000005: Migration = {
  version: 5,
  apply: (database) => {
    database.exec('alter table issue add column recent blob');
  },
};
