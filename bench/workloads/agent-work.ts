/** The agent's own work, the same in every contender: what is measured is how it is told, not what it does. */
export const AGENT = 'lead-qualifier';
export const AGENT_TYPE = 'sales';
export const TASK_TYPE = 'lead_processing';
export const PROJECT = 'sales-pipeline';
export const MODEL = 'gpt-4o';
export const PROVIDER = 'openai';
export const GOAL = 'Qualify and route lead';
export const RETRY_SUMMARY = 'Enrichment API timeout';
export const ESCALATION_SUMMARY = 'Lead score 0.12: below threshold, needs manual review';
export const ASSIGNED_TO = 'senior-sales';
export const REASON = 'low score';

/** A step of the plan: one LLM call and three tools; with `nested`, the third runs inside the second. */
export interface Step {
  readonly title: string;
  readonly tools: readonly [string, string, string];
  readonly nested: boolean;
  readonly retries: number;
}

export const STEPS: readonly Step[] = [
  {
    title: 'Search CRM for existing record',
    tools: ['search_crm', 'fetch_history', 'load_account'],
    nested: true,
    retries: 0,
  },
  {
    title: 'Score lead against criteria',
    tools: ['score_lead', 'load_criteria', 'get_weights'],
    nested: true,
    retries: 0,
  },
  {
    title: 'Generate follow-up email',
    tools: ['draft_email', 'enrich_lead', 'clearbit_lookup'],
    nested: true,
    retries: 2,
  },
  {
    title: 'Update CRM with outcome',
    tools: ['update_crm', 'assign_to_rep', 'notify_rep'],
    nested: false,
    retries: 0,
  },
];
export const TITLES: readonly string[] = STEPS.map((step) => step.title);

export interface Reply {
  readonly text: string;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly finishReasons: readonly string[];
}

let calls = 0;

/** The id that the model gave the tool call. */
export function nextCallId(): string {
  calls = (calls + 1) & 1023;
  return `call_${calls}`;
}

export async function runTool(name: string, argument: string): Promise<unknown> {
  await Promise.resolve();
  return { ok: true, name, argument };
}

export async function askModel(prompt: string): Promise<Reply> {
  await Promise.resolve();
  return {
    text: `call ${prompt}`,
    model: 'gpt-4o-2024-08-06',
    tokensIn: 812 + (prompt.length & 63),
    tokensOut: 96,
    finishReasons: ['stop'],
  };
}
