import { existsSync } from 'node:fs';
import { foldEvents } from '../../lifecycle/history.ts';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import { type Accounting, readAccounting } from '../accounting.ts';
import { CounterTable } from './counter-table.ts';
import { encodeRow } from './encoding.ts';
import { IssueTable } from './issue-table.ts';
import { readVersion, SCHEMA_VERSION } from './migrate.ts';
import { replayJournal } from './replay.ts';
import { number, type Row } from './row.ts';
import { openDatabase } from './sqlite-database.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import { UidHasher } from './uid-hasher.ts';
import { UidIndex } from './uid-index.ts';

/** What a check of a store found. */
export interface CheckReport {
  readonly path: string;
  /** A sentence each; none: the store is sound. */
  readonly problems: readonly string[];
  readonly schemaVersion: number;
  readonly issues: number;
  /** Events of which only the journal tells: a start would replay them. */
  readonly journalEvents: number;
  /** As a start would find it. */
  readonly accounting: Accounting | undefined;
}

const PROBLEMS_MAX = 100;

/**
 * Verifies a store and changes nothing in it; a translator may be running on it. Every page and index of the file, the
 * checksum of every issue and journal row, that the journal can be replayed, that the counters add up, and that each
 * issue's state is what its base and tail fold to.
 */
export function checkStore(path: string): Promise<CheckReport> {
  return new Promise((resolve) => {
    const checker = new Checker(path);
    resolve(checker.run());
  });
}

class Checker {
  readonly #path: string;
  readonly #problems: string[] = [];
  #schemaVersion = 0;
  #issues = 0;
  #journalEvents = 0;
  #accounting: Accounting | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  run(): CheckReport {
    if (existsSync(this.#path)) this.#attempt(() => this.#checkFile());
    else this.#say(`there is no store at ${this.#path}`);
    return {
      path: this.#path,
      problems: this.#problems,
      schemaVersion: this.#schemaVersion,
      issues: this.#issues,
      journalEvents: this.#journalEvents,
      accounting: this.#accounting,
    };
  }

  #checkFile(): void {
    const database = openDatabase(this.#path, { isReadOnly: true });
    try {
      database.exec('begin'); // one moment, whatever a translator writes meanwhile
      for (const row of database.prepare('pragma integrity_check').all()) {
        const found = String(row['integrity_check']);
        if (found !== 'ok') this.#say(`SQLite: ${found}`);
      }
      this.#schemaVersion = readVersion(database, this.#path);
      if (this.#schemaVersion !== SCHEMA_VERSION) {
        this.#say(
          `the schema is ${this.#schemaVersion}, this version checks ${SCHEMA_VERSION}: start it once to migrate`,
        );
        return;
      }
      this.#checkStore(prepareStatements(database));
    } finally {
      database.close();
    }
  }

  #checkStore(statements: Statements): void {
    const issues = new IssueTable(statements);
    const counters = new CounterTable(statements);
    const uids = new UidIndex(statements);
    const row: Row = statements.store.get() ?? {};
    const saved = { covered: number(row, 'covered_sequence'), newestEventTime: 0n };
    this.#attempt(() => {
      const target = { issues, counters, uids, hasher: new UidHasher() };
      this.#journalEvents = replayJournal(statements.journal.iterate(), saved, target).events;
    });
    this.#checkAccounting(readAccounting(counters.read()));
    this.#checkIssues(issues);
  }

  #checkAccounting(accounting: Accounting): void {
    this.#accounting = accounting;
    const { received, duplicate, applied, straggler, rejected } = accounting;
    const sum = duplicate + applied + straggler + rejected;
    if (received === sum) return;
    this.#say(
      `the counters do not add up: received ${received}, but duplicate ${duplicate} + applied ${applied} + ` +
        `straggler ${straggler} + rejected ${rejected} = ${sum}`,
    );
  }

  #checkIssues(issues: IssueTable): void {
    const keys = issues.keys();
    this.#issues = keys.length;
    for (const key of keys) {
      this.#attempt(() => {
        const record = issues.get(key);
        if (record === undefined) this.#say(`issue ${key} cannot be found`);
        else this.#checkIssue(record);
      }, `issue ${key}: `);
    }
  }

  #checkIssue({ key, history }: IssueRecord): void {
    const { base, head, tail } = history;
    if (encodeRow(foldEvents(base, tail)) !== encodeRow(head)) {
      this.#say(`issue ${key} is not what its events fold to`);
    }
  }

  #attempt(act: () => void, where = ''): void {
    try {
      act();
    } catch (error) {
      this.#say(`${where}${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #say(problem: string): void {
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
  }
}
