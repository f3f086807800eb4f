import { randomUUID } from 'node:crypto';
import type * as sqlite from 'node:sqlite';
import { agentOf, dueAt, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { activeGroup } from './active-issues.ts';
import { decodeRow, encodeRow } from './encoding.ts';
import { prepareSchema } from './sqlite-schema.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import {
  type ActiveIssues,
  type CommitRequest,
  type Decide,
  type Outgoing,
  PARKED_ROWS_MAX,
  type Store,
  type StoreIdentity,
} from './store.ts';

type Row = Record<string, sqlite.SQLOutputValue>;

/**
 * Opens the store in a SQLite file, making it when there is none. WAL and `synchronous=FULL`: a commit is on disk when
 * it resolves, also through a loss of power.
 * @throws when Node has no SQLite, the file cannot be written, or another version of the schema is in it
 */
export function openSqliteStore(path: string, now: bigint): Store {
  const database = openDatabase(path);
  try {
    database.exec('pragma busy_timeout = 5000');
    database.exec('pragma journal_mode = wal');
    database.exec('pragma synchronous = full');
    prepareSchema(database, path, { id: randomUUID(), createdAt: now });
    return storeOn(database, prepareStatements(database));
  } catch (error) {
    database.close();
    throw error;
  }
}

function openDatabase(path: string): sqlite.DatabaseSync {
  // A static import would end every program that only loads this file, on a Node without SQLite.
  const module = process.getBuiltinModule('node:sqlite') as typeof sqlite | undefined;
  if (module === undefined) {
    throw new Error(`the store sqlite:${path} needs Node 22.13 or later; this is ${process.version}`);
  }
  try {
    return new module.DatabaseSync(path);
  } catch (error) {
    throw new Error(`the store sqlite:${path} cannot be opened: ${String(error)}`, { cause: error });
  }
}

function storeOn(database: sqlite.DatabaseSync, statements: Statements): Store {
  const transaction = (act: () => void): Promise<void> => settled(() => inTransaction(database, act));
  return {
    identity: readIdentity(statements),
    commit: (request, decide) => transaction(() => applyRequest(statements, request, decide)),
    dueIssues: (now, limit) => settled(() => statements.dueIssues.all(now, limit).map((row) => text(row, 'key'))),
    issues: (afterKey, limit) => settled(() => statements.issues.all(afterKey, limit).map(readRecord)),
    activeIssues: () => settled(() => statements.activeIssues.all().map(readActive)),
    counters: () =>
      settled(() => new Map(statements.counters.all().map((row) => [text(row, 'name'), Number(row['count'])]))),
    nextOutgoing: (signal, limit) =>
      settled(() =>
        statements.nextOutgoing.all(signal, limit).map((row) => ({
          sequence: Number(row['sequence']),
          outgoing: decodeRow(text(row, 'outgoing')) as Outgoing,
        })),
      ),
    acknowledge: (rows) =>
      transaction(() => {
        for (const { sequence } of rows) statements.dequeue.run(sequence);
      }),
    park: ({ sequence }, reason) =>
      transaction(() => {
        statements.park.run(reason, sequence);
        statements.dequeue.run(sequence);
        statements.trimParked.run(PARKED_ROWS_MAX);
      }),
    forgetUids: (takenBefore) => transaction(() => void statements.forgetUids.run(takenBefore)),
    close: () => settled(() => database.close()),
  };
}

function applyRequest(statements: Statements, { events, keys }: CommitRequest, decide: Decide): void {
  const fresh = events.filter((addressed) => {
    const { uid, takenAt } = addressed.event;
    return statements.rememberUid.run(agentOf(addressed), uid, takenAt).changes === 1;
  });
  const loaded = new Map<string, IssueRecord>();
  for (const key of new Set([...fresh.map(keyOf), ...keys])) {
    const row = statements.loadIssue.get(key);
    if (row !== undefined) loaded.set(key, readRecord(row));
  }
  const { records, outgoing, counted } = decide(fresh, loaded);
  for (const record of records) saveRecord(statements, record);
  for (const item of outgoing) statements.enqueue.run(item.signal, encodeRow(item));
  for (const [name, count] of counted) statements.count.run(name, count);
}

function saveRecord(statements: Statements, record: IssueRecord): void {
  const active = activeGroup(record);
  const { open, ...group } = active ?? { open: 0 };
  const activeText = active === undefined ? null : encodeRow(group);
  statements.saveIssue.run(record.key, activeText, open, dueAt(record) ?? null, encodeRow(record));
}

function readRecord(row: Row): IssueRecord {
  return decodeRow(text(row, 'record')) as IssueRecord;
}

function readActive(row: Row): ActiveIssues {
  const group = decodeRow(text(row, 'active_group')) as Omit<ActiveIssues, 'open'>;
  return { ...group, open: Number(row['open']) };
}

function readIdentity(statements: Statements): StoreIdentity {
  const row = statements.identity.get() ?? {};
  return { id: text(row, 'id'), createdAt: BigInt(text(row, 'created_at')) };
}

function inTransaction(database: sqlite.DatabaseSync, act: () => void): void {
  database.exec('begin immediate');
  try {
    act();
    database.exec('commit');
  } catch (error) {
    // A commit that fails (full disk) may have rolled back by itself; the first error is the one that tells why.
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** The engine is synchronous; the interface is not. What it throws becomes a rejection. */
function settled<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(act());
  });
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} of the store holds no text: the file is damaged`);
  return value;
}
