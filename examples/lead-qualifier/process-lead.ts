/**
 * The agent's work on one lead, from the first look to the hand-over, with the story that it tells on the way.
 * No call of HiveLoop is wrapped in try/catch or guarded by `if`: none of them throws, and none changes what happens.
 * @see HiveLoop manual, part 7, section 9, of which this is the whole, and sections 3.5, 4.6 and 8.8
 */
import { toolPayload, type Task } from 'hiveloop-otel';
import { agent } from './agent.ts';
import type { Clients, CrmRecord, Enrichment, Message, ToolCall } from './clients.ts';
import { enrichmentFailed, enrichmentSucceeded } from './enrichment-health.ts';
import type { Lead } from './leads.ts';
import { runTurn } from './model-turn.ts';
import { routeLead } from './route-lead.ts';
import { withRetries } from './with-retries.ts';

const PLAN = ['Search CRM', 'Score lead', 'Enrich', 'Route'];
const SEARCH = 0;
const SCORE = 1;
const ENRICH = 2;
const ROUTE = 3;
const PLAN_WITHOUT_ENRICHMENT = ['Score on CRM data', 'Route'];

/** What the agent has found out about a lead. */
interface Profile {
  readonly record: CrmRecord;
  readonly score: number;
}

/**
 * Qualifies a lead and hands it over.
 * @throws what made it impossible; the task has then failed, and says why
 */
export function processLead(lead: Lead, clients: Clients): Promise<void> {
  return agent.task(`lead-${lead.id}`, { project: 'sales-pipeline', type: 'lead_processing' }, async (task) => {
    task.setPayload({ company: lead.company, priority: lead.priority });
    task.plan('Qualify and route lead', PLAN);
    const conversation: Message[] = [
      { role: 'system', content: 'You qualify sales leads. Look at the lead, then route it with one tool call.' },
      { role: 'user', content: `New lead: ${lead.company}, ${lead.email}, priority ${lead.priority}` },
    ];

    const first = await runTurn(clients, conversation);
    let profile = await qualifyLead(task, lead, clients, first.toolCalls[0]);
    let routeStep = ROUTE;

    if (profile.record.employees !== undefined) {
      task.planStep(ENRICH, 'skipped', 'CRM record is complete');
    } else if ((await enrichLead(task, lead, clients)) === undefined) {
      task.plan('Route without enrichment', PLAN_WITHOUT_ENRICHMENT, { revision: 1 });
      task.planStep(0, 'started', 'Scoring on what the CRM knows');
      profile = { ...profile, score: await scoreLead(lead, clients, profile.record) };
      task.planStep(0, 'completed', `Score ${profile.score.toFixed(2)}, less certain`);
      routeStep = 1;
    }

    const { company, isCustomer } = profile.record;
    conversation.push({ role: 'tool', content: JSON.stringify({ company, isCustomer, score: profile.score }) });
    task.planStep(routeStep, 'started', 'Deciding where it goes');
    const second = await runTurn(clients, conversation);
    const outcome = await routeLead(task, lead, profile.score, clients, second.toolCalls[0]);
    const tokens = [first, second].reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
    task.planStep(routeStep, 'completed', outcome, { turns: 2, tokens });
  });
}

/** A tool that calls two others: they nest below it, without being told so. */
function qualifyLead(task: Task, lead: Lead, clients: Clients, call: ToolCall | undefined): Promise<Profile> {
  return agent.trackContext('qualify_lead', { callId: call?.id ?? '' }, async () => {
    task.planStep(SEARCH, 'started', 'Searching CRM');
    const record = await searchCrm(lead, clients).catch((error: unknown) => {
      task.planStep(SEARCH, 'failed', 'CRM refused the record');
      throw error;
    });
    task.planStep(SEARCH, 'completed', record.isCustomer ? 'Found: a customer' : 'Found: a prospect');

    task.planStep(SCORE, 'started', 'Scoring lead');
    const score = await scoreLead(lead, clients, record);
    task.planStep(SCORE, 'completed', `Score ${score.toFixed(2)}`);
    return { record, score };
  });
}

function searchCrm(lead: Lead, clients: Clients): Promise<CrmRecord> {
  return withRetries(() =>
    agent.trackContext('search_crm', { type: 'datastore' }, async (action) => {
      action.setPayload(toolPayload({ args: { email: lead.email }, toolCategory: 'crm' }));
      const record = await clients.searchCrm(lead.email);
      if (record.duplicates > 0) {
        // No reason to stop, and nothing that an agent can repair: somebody should look at it some day.
        agent.reportIssue({
          summary: 'Duplicate CRM records',
          severity: 'low',
          issueId: 'crm-duplicates',
          category: 'data_quality',
          context: { company: lead.company, duplicates: record.duplicates },
        });
      }
      return record;
    }),
  );
}

function scoreLead(lead: Lead, clients: Clients, record: CrmRecord): Promise<number> {
  return agent.trackContext('score_lead', async (action) => {
    const { score } = await clients.scoreLead(lead.email, record.employees);
    action.setPayload({ score });
    return score;
  });
}

/** Each attempt is a tool call of its own; undefined when all of them failed. */
async function enrichLead(task: Task, lead: Lead, clients: Clients): Promise<Enrichment | undefined> {
  task.planStep(ENRICH, 'started', 'Enriching lead');
  try {
    const enrichment = await withRetries(() => agent.trackContext('enrich_lead', () => enrichOnce(lead, clients)));
    task.planStep(ENRICH, 'completed', `${enrichment.employees} employees, ${enrichment.industry}`);
    return enrichment;
  } catch {
    task.planStep(ENRICH, 'failed', 'Enrichment failed after 3 attempts');
    return undefined;
  }
}

async function enrichOnce(lead: Lead, clients: Clients): Promise<Enrichment> {
  try {
    const enrichment = await clients.enrich(lead.email);
    enrichmentSucceeded();
    return enrichment;
  } catch (error) {
    if (error instanceof Error) enrichmentFailed(error);
    throw error;
  }
}
