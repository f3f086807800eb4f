import type { IssueRecord } from '../../lifecycle/issue.ts';
import { severityRank } from './active-issues.ts';
import type { OpenIssue } from './store.ts';

/** An open issue, by what its place among all of them is found by. */
export interface RankedIssue {
  readonly key: string;
  /** The smallest is the most severe. */
  readonly severityRank: number;
  /** Unix ns. */
  readonly openedAt: bigint;
  /** For the table: what it has read of the issue, so that it reads it once. An issue of which that changes is ranked anew. */
  described?: OpenIssue;
}

const KEPT = 4096;

/**
 * The worst of the open issues, in order and in step with each change, so that to ask for them walks over none.
 *
 * More are kept than anybody asks for. One that closes leaves a gap, and whether another belongs there is not known, so
 * they become fewer: only when they are fewer than are asked for, all open issues are walked over again.
 */
export class WorstIssues {
  readonly #kept: number;
  /** False until somebody asks: a start changes many, and each costs nothing. */
  #isKnown = false;
  #ranked: RankedIssue[] = [];
  /** None that is left out comes before this one; undefined when none is left out. */
  #floor: RankedIssue | undefined;

  /** @param kept so many at most, whatever comes. Default: 4096 */
  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /**
   * @param before the issue so far; undefined when it was not there
   * @param after the issue now; undefined when it is forgotten
   */
  change(before: IssueRecord | undefined, after: IssueRecord | undefined): void {
    if (!this.#isKnown || isSameFor(before, after)) return;
    if (before !== undefined && isOpen(before)) this.#remove(rankIssue(before));
    if (after !== undefined && isOpen(after)) this.#insert(rankIssue(after), this.#kept);
  }

  /**
   * The most severe first, among equals the longest open.
   * @param walk goes over all open issues, and may leave out any that comes after as many as it is asked for
   */
  list(limit: number, walk: (count: number) => Iterable<RankedIssue>): readonly RankedIssue[] {
    if (!this.#isSureOf(limit)) this.#rebuild(Math.max(limit, this.#kept), walk);
    const worst = this.#ranked.slice(0, limit);
    if (this.#ranked.length > this.#kept) this.#floor = this.#ranked.splice(this.#kept)[0];
    return worst;
  }

  #isSureOf(limit: number): boolean {
    return this.#isKnown && (this.#floor === undefined || this.#ranked.length >= limit);
  }

  #rebuild(size: number, walk: (count: number) => Iterable<RankedIssue>): void {
    this.#isKnown = false; // should the walk fail
    this.#ranked = [];
    this.#floor = undefined;
    // One more than fit, so that it is seen when there are more.
    for (const issue of walk(size + 1)) this.#insert(issue, size);
    this.#isKnown = true;
  }

  #insert(issue: RankedIssue, size: number): void {
    // An equal of the floor stays out: which of two is listed does not change as long as both are open.
    if (this.#floor !== undefined && compareRank(issue, this.#floor) >= 0) return;
    this.#ranked.splice(this.#placeOf(issue), 0, issue);
    if (this.#ranked.length > size) this.#floor = this.#ranked.pop();
  }

  #remove(issue: RankedIssue): void {
    const place = this.#placeOf(issue);
    if (this.#ranked[place]?.key === issue.key) this.#ranked.splice(place, 1);
    // It belongs here and is not found: its row said something else than its record.
    else if (this.#floor === undefined || compareRank(issue, this.#floor) < 0) this.#isKnown = false;
  }

  /** Where it stands, or would. */
  #placeOf(issue: RankedIssue): number {
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

export function rankIssue(record: IssueRecord): RankedIssue {
  return { key: record.key, severityRank: severityRank(record), openedAt: record.history.head.openedAt };
}

export function isOpen({ history }: IssueRecord): boolean {
  return history.head.status === 'open';
}

/** True when both have one place, or none; they differ in what nobody is ranked by. */
function isSameFor(before: IssueRecord | undefined, after: IssueRecord | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  const [a, b] = [before.history.head, after.history.head];
  const isAlike = a.status === b.status && a.severity === b.severity && a.openedAt === b.openedAt;
  return isAlike && before.reporter === after.reporter;
}

function compareRank(a: RankedIssue, b: RankedIssue): number {
  if (a.severityRank !== b.severityRank) return a.severityRank - b.severityRank;
  return a.openedAt === b.openedAt ? 0 : a.openedAt < b.openedAt ? -1 : 1;
}

/** No two issues have one place. */
function comparePlace(a: RankedIssue, b: RankedIssue): number {
  return compareRank(a, b) || (a.key === b.key ? 0 : a.key < b.key ? -1 : 1);
}
