import { type IssueView, viewIssue } from '../issue-view.ts';
import type { Store } from '../store/store.ts';
import type { Freshness, Moment } from './freshness.ts';
import { type HistoryEntry, viewHistory } from './issue-history.ts';

/** One issue with what happened to it. */
export interface IssueDetails extends Freshness {
  readonly issue: IssueView;
  /** Oldest first, at most 200 entries: of more, the oldest recurrences are left out. */
  readonly history: readonly HistoryEntry[];
}

/** Hex digits of a whole key, and the fewest that may stand for it. */
const KEY_DIGITS = 32;
const KEY_DIGITS_MIN = 4;

/** The issue whose key begins so; `ambiguous` when several do, and undefined when none does. */
export async function findIssue(
  store: Pick<Store, 'issues'>,
  keyPrefix: string,
  { freshness, isSilent }: Moment,
): Promise<IssueDetails | 'ambiguous' | undefined> {
  if (!/^[0-9a-f]+$/.test(keyPrefix) || keyPrefix.length < KEY_DIGITS_MIN || keyPrefix.length > KEY_DIGITS) {
    return undefined;
  }
  // The store reads what comes *after* a key: a whole one comes after itself without its last digit.
  const isWhole = keyPrefix.length === KEY_DIGITS;
  const records = await store.issues(isWhole ? keyPrefix.slice(0, -1) : keyPrefix, isWhole ? 16 : 2);
  const [record, other] = records.filter(({ key }) => key.startsWith(keyPrefix));
  if (other !== undefined) return 'ambiguous';
  const issue = record && viewIssue(record, isSilent(record.identity));
  return record && issue && { issue, history: viewHistory(record), ...freshness };
}
