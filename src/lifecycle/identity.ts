import { fingerprint } from './fingerprint.ts';
import { sha256 } from './sha256.ts';

/** Whose issue it is. Replicas of one agent share it, so no instance is part of it. */
export interface AgentIdentity {
  /** Empty when the service does not say. */
  readonly environment: string;
  /** `service.namespace`, empty when the service does not say. */
  readonly namespace: string;
  readonly agentId: string;
}

/** Which issue: the agent's own id for it, or the fingerprint of its summary. Exactly one of the two is not empty. */
export interface IssueIdentity extends AgentIdentity {
  readonly issueId: string;
  readonly fingerprint: string;
}

/** @param summary of the report, or of the report that a closing event answers; used only without an issue id */
export function identifyIssue(agent: AgentIdentity, issueId: string, summary: string): IssueIdentity {
  return { ...agent, issueId, fingerprint: issueId === '' ? fingerprint(summary) : '' };
}

/** The agent as one string, for keeping uids apart. */
export function agentKey({ environment, namespace, agentId }: AgentIdentity): string {
  return JSON.stringify([environment, namespace, agentId]);
}

/** The issue as 32 hex digits: what a person types to dismiss it, and what every derived id hangs on. */
export function issueKey({ environment, namespace, agentId, issueId, fingerprint: print }: IssueIdentity): string {
  return sha256(JSON.stringify([environment, namespace, agentId, issueId, print])).slice(0, 32);
}
