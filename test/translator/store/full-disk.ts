import { DatabaseSync, StatementSync } from 'node:sqlite';

const SQLITE_FULL = 13;
const IS_WRITE = /^\s*(insert|update|delete)\b/i;

/**
 * Every connection that is open now may grow its file no further, until what it answers is called. SQLite's own limit
 * stands for the disk's: the same error, from the same place. A full disk stays full: once SQLite has said so, nothing
 * is written any more, also not what fits into the last pages.
 */
export function fillDisk(): () => void {
  const exec: unknown = Reflect.get(DatabaseSync.prototype, 'exec');
  const run: unknown = Reflect.get(StatementSync.prototype, 'run');
  if (typeof exec !== 'function' || typeof run !== 'function') throw new Error('the driver has changed');
  const limited = new Set<DatabaseSync>();
  let full: Error | undefined;
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'begin immediate' && !limited.has(this)) {
      const pages = Number(this.prepare('pragma page_count').get()?.['page_count']);
      Reflect.apply(exec, this, [`pragma max_page_count = ${String(pages)}`]);
      limited.add(this);
    }
    Reflect.apply(exec, this, [sql]);
  };
  Reflect.set(StatementSync.prototype, 'run', function (this: StatementSync, ...values: readonly unknown[]): unknown {
    if (full !== undefined && IS_WRITE.test(this.sourceSQL)) throw full;
    try {
      return Reflect.apply(run, this, values) as unknown;
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL) full = error;
      throw error;
    }
  });
  return () => {
    Reflect.set(DatabaseSync.prototype, 'exec', exec);
    Reflect.set(StatementSync.prototype, 'run', run);
    for (const database of limited) if (database.isOpen) database.exec('pragma max_page_count = 1000000');
    limited.clear();
  };
}
