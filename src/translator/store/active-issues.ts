import type { IssueRecord } from '../../lifecycle/issue.ts';
import { SEVERITIES } from '../../lifecycle/issue-event.ts';
import type { ActiveIssues, OpenIssue } from './store.ts';

/** The group that an issue is counted in; an issue with no report yet is in none. */
export function activeGroup({ identity, reporter, history }: IssueRecord): ActiveIssues | undefined {
  const { status, severity, category, openedAt } = history.head;
  if (status === 'unseen') return undefined;
  const { environment, namespace, agentId } = identity;
  const isOpen = status === 'open';
  return {
    agent: { environment, namespace, agentId },
    reporter,
    severity,
    category,
    open: isOpen ? 1 : 0,
    oldestOpenedAt: isOpen ? openedAt : 0n,
  };
}

export function openIssue({ key, identity, reporter, history }: IssueRecord): OpenIssue {
  const { severity, openedAt } = history.head;
  return { key, identity, reporter, severity, openedAt };
}

/** Place of an issue among the open ones, the smallest first: how severe it is. */
export function severityRank({ history }: IssueRecord): number {
  return SEVERITIES.indexOf(history.head.severity);
}
