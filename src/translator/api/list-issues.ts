import { setImmediate } from 'node:timers/promises';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import { type IssueView, viewIssue } from '../issue-view.ts';
import type { Store } from '../store/store.ts';
import type { Freshness, Moment } from './freshness.ts';
import { type IssueQuery, matchesQuery } from './issue-query.ts';

/** Issues in the order of their keys, which never changes: an issue that is there throughout is on one page, once. */
export interface IssuePage extends Freshness {
  readonly issues: readonly IssueView[];
  /** `cursor` of the next page; null after the last. A page with a `next` may hold less than the limit, even nothing. */
  readonly next: string | null;
}

const LIMIT = 100;
const RECORDS_PER_READ = 100;
/** Issues looked at for one page: about 100 ms of the process that also takes events, in pieces between which it does. */
const SCANNED_MAX = 2000;
/** Up to so many open issues, all of them are had at once: the question of 3 am is not answered by a walk over all that ever were. */
const OPEN_MAX = 500;

/** One page of the issues that the query asks for. Holds no more than a page in memory, however many issues there are. */
export async function listIssues(
  store: Pick<Store, 'issues' | 'worstIssues'>,
  query: IssueQuery,
  moment: Moment,
): Promise<IssuePage> {
  if (query.state === 'open') {
    const open = await store.worstIssues(OPEN_MAX + 1);
    if (open.length <= OPEN_MAX) return { ...pageOf(open, query, moment), ...moment.freshness };
  }
  return { ...(await scanPage(store, query, moment)), ...moment.freshness };
}

type Found = Pick<IssuePage, 'issues' | 'next'>;

/** The page out of all records that can match. */
function pageOf(records: readonly IssueRecord[], query: IssueQuery, { isSilent }: Moment): Found {
  const { limit = LIMIT, cursor = '' } = query;
  const matching = records
    .filter(({ key }) => key > cursor)
    .flatMap((record) => viewIssue(record, isSilent(record.identity)) ?? [])
    .filter((issue) => matchesQuery(issue, query))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const issues = matching.slice(0, limit);
  return { issues, next: matching.length > limit ? (issues.at(-1)?.key ?? null) : null };
}

async function scanPage(store: Pick<Store, 'issues'>, query: IssueQuery, { isSilent }: Moment): Promise<Found> {
  const { limit = LIMIT, cursor = '' } = query;
  const issues: IssueView[] = [];
  let at = cursor;
  for (let scanned = 0; scanned < SCANNED_MAX;) {
    const records = await store.issues(at, RECORDS_PER_READ);
    for (const record of records) {
      if (issues.length === limit) return { issues, next: at };
      const view = viewIssue(record, isSilent(record.identity));
      if (view !== undefined && matchesQuery(view, query)) issues.push(view);
      at = record.key;
    }
    if (records.length < RECORDS_PER_READ) return { issues, next: null };
    scanned += records.length;
    await setImmediate(); // a store may answer at once: requests that wait get their turn
  }
  return { issues, next: at };
}
