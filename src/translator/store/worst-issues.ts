import type { IssueRecord } from '../../lifecycle/issue.ts';
import { isSameFor } from './active-groups.ts';
import { severityRank } from './active-issues.ts';
import type { OpenIssue } from './store.ts';

/** Where an open issue stands among all of them. */
interface Place {
  readonly key: string;
  /** The smallest is the most severe. */
  readonly severityRank: number;
  /** Unix ns. */
  readonly openedAt: bigint;
}

export interface RankedIssue extends Place {
  /** All issues of a group are as severe. */
  readonly groupId: number | null;
  /** For the table: what it has read of the issue, so that it reads it once. An issue of which that changes is ranked anew. */
  described?: OpenIssue;
}

/** Where to walk. */
export interface AllIssues {
  /** Open ones as they are on disk, in order, up to so many. */
  readonly unchanged: (count: number) => Iterable<RankedIssue>;
  /** All others, whether open or not. */
  readonly changed: () => Iterable<IssueRecord>;
}

const KEPT = 4096;

/**
 * The worst of the open issues, in order and in step with each change, so that to ask for them walks over none.
 *
 * More are kept than anybody asks for. One that closes leaves a gap, and whether another belongs there is not known, so
 * they become fewer: only when they are fewer than are asked for, all open issues are walked over again.
 */
export class WorstIssues {
  readonly #groupOf: (record: IssueRecord) => number | null;
  readonly #kept: number;
  /** False until somebody asks: a start changes many, and each costs nothing. */
  #isKnown = false;
  #ranked: RankedIssue[] = [];
  /** None that is left out comes before this one; undefined when none is left out. */
  #floor: RankedIssue | undefined;

  /**
   * @param groupOf the group that an issue is counted in
   * @param kept so many at most, whatever comes. Default: 4096
   */
  constructor(groupOf: (record: IssueRecord) => number | null, kept: number = KEPT) {
    this.#groupOf = groupOf;
    this.#kept = kept;
  }

  /**
   * @param before the issue so far; undefined when it was not there
   * @param after the issue now; undefined when it is forgotten
   */
  change(before: IssueRecord | undefined, after: IssueRecord | undefined): void {
    if (!this.#isKnown || (before !== undefined && after !== undefined && isSameFor(before, after))) return;
    if (before !== undefined && isOpen(before)) this.#remove(placeOf(before));
    if (after !== undefined) this.#take(after, this.#kept);
  }

  /** The most severe first, among equals the longest open. */
  list(limit: number, all: AllIssues): readonly RankedIssue[] {
    if (!this.#isSureOf(limit)) this.#rebuild(Math.max(limit, this.#kept), all);
    const worst = this.#ranked.slice(0, limit);
    if (this.#ranked.length > this.#kept) this.#floor = this.#ranked.splice(this.#kept)[0];
    return worst;
  }

  /** Of these groups, when the issue opened that is open the longest, unix ns; a group whose issue is not kept is left out. */
  oldestOf(groupIds: ReadonlySet<number>): ReadonlyMap<number, bigint> {
    const oldest = new Map<number, bigint>();
    if (!this.#isKnown) return oldest;
    for (const { groupId, openedAt } of this.#ranked) {
      if (groupId === null || !groupIds.has(groupId) || oldest.has(groupId)) continue;
      // Its other issues are as severe, so those that are left out are no older.
      oldest.set(groupId, openedAt);
      if (oldest.size === groupIds.size) break;
    }
    return oldest;
  }

  #isSureOf(limit: number): boolean {
    return this.#isKnown && (this.#floor === undefined || this.#ranked.length >= limit);
  }

  #rebuild(size: number, { unchanged, changed }: AllIssues): void {
    this.#isKnown = false; // should the walk fail
    this.#ranked = [];
    this.#floor = undefined;
    // One more than fit, so that it is seen when there are more.
    for (const issue of unchanged(size + 1)) this.#insert(issue, size);
    for (const record of changed()) this.#take(record, size);
    this.#isKnown = true;
  }

  #take(record: IssueRecord, size: number): void {
    if (!isOpen(record)) return;
    const place = placeOf(record);
    if (!this.#isLeftOut(place)) this.#insert({ ...place, groupId: this.#groupOf(record) }, size);
  }

  /** An equal of the floor is: which of two is listed does not change as long as both are open. */
  #isLeftOut(place: Place): boolean {
    return this.#floor !== undefined && compareRank(place, this.#floor) >= 0;
  }

  #insert(issue: RankedIssue, size: number): void {
    if (this.#isLeftOut(issue)) return;
    this.#ranked.splice(this.#find(issue), 0, issue);
    if (this.#ranked.length > size) this.#floor = this.#ranked.pop();
  }

  #remove(issue: Place): void {
    const place = this.#find(issue);
    if (this.#ranked[place]?.key === issue.key) this.#ranked.splice(place, 1);
    // It belongs here and is not found: its row said something else than its record.
    else if (!this.#isLeftOut(issue)) this.#isKnown = false;
  }

  /** Where it stands, or would. */
  #find(issue: Place): number {
    let [from, to] = [0, this.#ranked.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#ranked[middle];
      if (other !== undefined && comparePlace(other, issue) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function placeOf(record: IssueRecord): Place {
  return { key: record.key, severityRank: severityRank(record), openedAt: record.history.head.openedAt };
}

function isOpen({ history }: IssueRecord): boolean {
  return history.head.status === 'open';
}

function compareRank(a: Place, b: Place): number {
  if (a.severityRank !== b.severityRank) return a.severityRank - b.severityRank;
  return a.openedAt === b.openedAt ? 0 : a.openedAt < b.openedAt ? -1 : 1;
}

/** No two issues have one place. */
function comparePlace(a: Place, b: Place): number {
  return compareRank(a, b) || (a.key === b.key ? 0 : a.key < b.key ? -1 : 1);
}
