import type { IssueRecord } from '../../lifecycle/issue.ts';
import type { ActiveIssues } from './store.ts';

/** The group that an issue is counted in; an issue with no report yet is in none. */
export function activeGroup({ identity, reporter, history }: IssueRecord): ActiveIssues | undefined {
  const { status, severity, category } = history.head;
  if (status === 'unseen') return undefined;
  const { environment, namespace, agentId } = identity;
  return { agent: { environment, namespace, agentId }, reporter, severity, category, open: status === 'open' ? 1 : 0 };
}
