import { dueAt, type IssueRecord } from '../../lifecycle/issue.ts';
import { severityRank } from './active-issues.ts';
import type { ActiveGroups } from './active-groups.ts';

/** What of an issue stands in columns of its own, because something is found or counted by it. */
export interface IssueColumns {
  readonly groupId: number | null;
  readonly isOpen: 0 | 1;
  readonly openedAt: bigint;
  readonly severityRank: number;
  readonly dueAt: bigint | null;
  readonly quietSince: bigint;
}

export function issueColumns(record: IssueRecord, groups: ActiveGroups): IssueColumns {
  const { status, openedAt } = record.history.head;
  return {
    groupId: groups.idOf(record),
    isOpen: status === 'open' ? 1 : 0,
    openedAt,
    severityRank: severityRank(record),
    dueAt: dueAt(record) ?? null,
    quietSince: quietSince(record),
  };
}

/** When the issue was last heard of, by the later of our clock and its own, unix ns. The newest event never leaves the tail. */
export function quietSince({ history }: IssueRecord): bigint {
  const newest = history.tail.newest;
  if (newest === undefined) return 0n;
  return newest.takenAt > newest.effectiveTime ? newest.takenAt : newest.effectiveTime;
}

/** True when an index has to know of the change. */
export function hasMovedColumns(before: IssueColumns, after: IssueColumns): boolean {
  return (
    before.groupId !== after.groupId ||
    before.isOpen !== after.isOpen ||
    before.openedAt !== after.openedAt ||
    before.severityRank !== after.severityRank ||
    before.dueAt !== after.dueAt ||
    (after.isOpen === 0 && before.quietSince !== after.quietSince)
  );
}
