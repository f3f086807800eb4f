import type { Task } from 'hiveloop-otel';
import { agent } from './agent.ts';
import type { Clients, ToolCall } from './clients.ts';
import type { Lead } from './leads.ts';

/**
 * Carries out what the model decided: to a sales rep, to a person who knows better, or, for a customer with a claim, on
 * after somebody allowed it.
 * @returns what became of the lead, in a few words
 */
export function routeLead(
  task: Task,
  lead: Lead,
  score: number,
  clients: Clients,
  decision: ToolCall | undefined,
): Promise<string> {
  switch (decision?.name) {
    case 'escalate':
      return Promise.resolve(escalate(task, score, String(decision.arguments['to'])));
    case 'grant_credit':
      return grantCredit(task, lead, clients, decision);
    default:
      return assign(lead, clients, decision);
  }
}

/** Hands the work off and moves on: the agent is done with it. */
function escalate(task: Task, score: number, assignedTo: string): string {
  task.escalate(`Score ${score.toFixed(2)} is below 0.20`, { assignedTo, reason: 'low_score' });
  return `Escalated to ${assignedTo}`;
}

/**
 * Hands off and waits for permission: the agent goes on when somebody has decided.
 * @see HiveLoop manual, part 7, section 4.6
 */
async function grantCredit(task: Task, lead: Lead, clients: Clients, decision: ToolCall): Promise<string> {
  const dollars = Number(decision.arguments['dollars']);
  const question = `$${dollars} credit, ${lead.company}`;
  task.escalate('Customer asks for a credit', { assignedTo: 'senior-support' });
  task.requestApproval(question, { approver: 'support-lead', approvalId: `credit-${lead.id}` });
  const answer = await clients.awaitApproval(question);
  task.approvalReceived(answer.note, {
    approvedBy: answer.by,
    decision: answer.decision,
    approvalId: `credit-${lead.id}`,
  });
  if (answer.decision !== 'approved') return 'Credit refused';
  await agent.trackContext('grant_credit', { callId: decision.id, payload: { dollars } }, () =>
    clients.grantCredit(lead.email, dollars),
  );
  return `$${dollars} credit granted`;
}

function assign(lead: Lead, clients: Clients, decision: ToolCall | undefined): Promise<string> {
  const team = String(decision?.arguments['team'] ?? 'inbound');
  return agent.trackContext('assign_to_rep', { callId: decision?.id ?? '', payload: { team } }, async () => {
    const { rep } = await clients.assign(lead.email, team);
    return `Assigned to ${rep}`;
  });
}
