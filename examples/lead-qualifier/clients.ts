/**
 * Clients of the APIs that the agent works with: plain `fetch`, nothing of HiveLoop in it. Their HTTP spans nest below
 * the tool that is current all the same, because context is OpenTelemetry's.
 */
import { paced } from './pace.ts';

export interface CrmRecord {
  readonly company: string;
  readonly isCustomer: boolean;
  /** Unknown until the lead is enriched. */
  readonly employees?: number;
  /** Other records with the same address. */
  readonly duplicates: number;
}

export interface Enrichment {
  readonly employees: number;
  readonly industry: string;
}

export interface ApprovalDecision {
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly note: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: 'qualify_lead' | 'assign_to_rep' | 'escalate' | 'grant_credit';
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

export interface ModelReply {
  readonly model: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly stopReason: string;
}

/** No answer in time: worth another try. */
export class ApiTimeoutError extends Error {
  override readonly name = 'ApiTimeout';
}

/** The API answered that it is in trouble: worth another try. */
export class ApiUnavailableError extends Error {
  override readonly name = 'ApiUnavailable';
}

/** The API knows us and says no: trying again cannot help. */
export class ForbiddenError extends Error {
  override readonly name = 'Forbidden';
}

const TIMEOUT_MILLIS = 1100;
const APPROVAL_TIMEOUT_MILLIS = 60_000;

export class Clients {
  readonly #url: string;

  /** @param url base address of the APIs */
  constructor(url: string) {
    this.#url = url;
  }

  searchCrm(email: string): Promise<CrmRecord> {
    return this.#post('CRM', '/crm/search', { email });
  }

  scoreLead(email: string, employees: number | undefined): Promise<{ readonly score: number }> {
    return this.#post('Scoring', '/scoring/score', { email, employees });
  }

  enrich(email: string): Promise<Enrichment> {
    return this.#post('Enrichment', '/enrichment/company', { email });
  }

  assign(email: string, team: string): Promise<{ readonly rep: string }> {
    return this.#post('CRM', '/crm/assign', { email, team });
  }

  grantCredit(email: string, dollars: number): Promise<{ readonly creditId: string }> {
    return this.#post('Billing', '/billing/credit', { email, dollars });
  }

  /** Resolves when a person has decided. */
  awaitApproval(question: string): Promise<ApprovalDecision> {
    return this.#post('Approvals', '/approvals', { question }, APPROVAL_TIMEOUT_MILLIS);
  }

  chat(model: string, messages: readonly Message[]): Promise<ModelReply> {
    return this.#post('Model', '/model/chat', { model, messages }, 5 * TIMEOUT_MILLIS);
  }

  async #post<T>(api: string, path: string, body: unknown, timeoutMillis: number = TIMEOUT_MILLIS): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(paced(timeoutMillis)),
    }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') throw timedOut(api, timeoutMillis, error);
      throw error;
    });
    if (response.status === 403) throw new ForbiddenError(`${api} 403: ${await response.text()}`);
    if (!response.ok) throw new ApiUnavailableError(`${api} API ${response.status}`);
    return (await response.json()) as T;
  }
}

function timedOut(api: string, timeoutMillis: number, cause: Error): ApiTimeoutError {
  return new ApiTimeoutError(`${api} API timed out (${paced(timeoutMillis) / 1000} s)`, { cause });
}
