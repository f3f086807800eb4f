import type { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { ATTR_ISSUE_ID, ATTR_LOG_RECORD_UID } from '../../../src/semconv.ts';
import { decideRequest } from '../../../src/translator/emit/decide.ts';
import { takeEncodedLogs } from '../../../src/translator/intake/take-encoded-logs.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import { CommitTurn } from '../../../src/translator/store/commit-turn.ts';
import { IssueTable } from '../../../src/translator/store/issue-table.ts';
import { migrate } from '../../../src/translator/store/migrate.ts';
import { openDatabase } from '../../../src/translator/store/sqlite-database.ts';
import { prepareStatements } from '../../../src/translator/store/sqlite-statements.ts';
import { UidHasher } from '../../../src/translator/store/uid-hasher.ts';
import { UidIndex } from '../../../src/translator/store/uid-index.ts';
import { issueLog, logBatch } from '../issue-batches.ts';
import { NOW, pathOf, WINDOW } from './store-files.ts';

/** Told one by one; what follows only recurs. */
const TOLD = 11;
const ISSUES = 50;

let database: DatabaseSync | undefined;
afterEach(() => database?.close());

it('a turn that fails leaves no issue changed, and the next one takes the same', () => {
  database = openDatabase(pathOf(), { isReadOnly: false });
  migrate(database, pathOf(), NOW);
  const statements = prepareStatements(database);
  const issues = new IssueTable(statements);
  const parts = [issues, new UidIndex(statements), new UidHasher()] as const;
  for (let report = 0; report < TOLD; report++) turnWith(parts, report).publish();
  const keys = issues.changedKeys();
  issues.save(keys, 1).done();
  expect([keys.length, issues.changedIssues]).toEqual([ISSUES, 0]);
  const before = keys.map((key) => issues.get(key));

  turnWith(parts, TOLD).rollBack();
  expect(issues.changedIssues).toBe(0);
  expect(keys.map((key) => issues.get(key))).toEqual(before);

  turnWith(parts, TOLD).publish();
  expect(issues.changedIssues).toBe(ISSUES);
  expect(keys.map((key) => issues.get(key)?.history.head.reports)).toEqual(keys.map(() => TOLD + 1));
});

/** A turn with one report more of each issue. */
function turnWith(parts: readonly [IssueTable, UidIndex, UidHasher], report: number): CommitTurn {
  const records = Array.from({ length: ISSUES }, (_, issue) =>
    issueLog('report', report, {
      [ATTR_ISSUE_ID]: `issue-${issue}`,
      [ATTR_LOG_RECORD_UID]: `u-${issue}-${report}`,
    }),
  );
  const arrival = { arrival: NOW, windowNanos: WINDOW };
  const { events } = takeEncodedLogs(encodeLogs(logBatch(...records)), arrival);
  const request = { events, keys: [], now: NOW, windowNanos: WINDOW };
  const turn = new CommitTurn(...parts);
  turn.stage(request, decideRequest(request, { windowNanos: WINDOW, now: NOW, hasSink: false, counted: new Map() }));
  return turn;
}
