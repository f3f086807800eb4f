/** Rows and stores as earlier versions of the schema wrote them. */
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { IssueRecord } from '../../../src/lifecycle/issue.ts';
import { encodeIssue } from '../../../src/translator/store/issue-row.ts';

/** An issue's row of version 4: what was told of it as text, in a second line of the record. */
export function textRow(issue: IssueRecord): { readonly record: string; readonly crc: number } {
  const told = [...issue.story.recent].map(({ transition, episode, at, isLate, occurrences, severity }) => {
    return [transition, episode, String(at), isLate, occurrences, severity];
  });
  const record = `${encodeIssue(issue).record}\n${JSON.stringify(told)}`;
  return { record, crc: crc32(record) };
}

/** Makes the store at a path, which nobody has open, one of version 4. @param issues all that it has */
export function writeVersion4(path: string, issues: readonly IssueRecord[]): void {
  const database = new DatabaseSync(path);
  database.exec('alter table issue drop column recent');
  const save = database.prepare('update issue set record = ?, crc = ? where key = ?');
  for (const issue of issues) {
    const { record, crc } = textRow(issue);
    save.run(record, crc, issue.key);
  }
  database.exec('update store set schema_version = 4');
  database.close();
}
