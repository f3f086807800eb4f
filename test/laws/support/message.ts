import type { IssueEvent } from '../../../src/lifecycle/issue-event.ts';

/** An issue event as a service says it, before any carrier: what the model reads, and what is put on the wire. */
export interface Message {
  readonly kind: IssueEvent['kind'];
  readonly agent: string;
  /** The agent's id for the issue; empty: the translator tells it by its summary. */
  readonly issueId: string;
  /** The problem in words, with digits that vary from report to report: `Lead 7: the CRM answers late`. */
  readonly problem: string;
  readonly uid: string;
  /** Unix ns; 0n for what it does not say. */
  readonly time: bigint;
  readonly observedTime: bigint;
  readonly severity: string;
  readonly category: string;
  /** 0: not said. */
  readonly occurrenceCount: number;
  readonly carrier: 'log' | 'span' | 'spanEvent';
  /** What makes it a message that can never be taken, if anything does. */
  readonly flaw: 'none' | 'noAgent' | 'noSummary';
}

export const SECOND = 1_000_000_000n;
export const WINDOW: bigint = 900n * SECOND;
/** Where the tests' clocks begin, unix ns. */
export const START: bigint = 1_790_000_000n * SECOND;

const SOUND: Message = {
  kind: 'report',
  agent: 'lead-qualifier',
  issueId: 'crm-403',
  problem: 'CRM API returns 403',
  uid: '',
  time: 0n,
  observedTime: 0n,
  severity: 'high',
  category: 'permissions',
  occurrenceCount: 0,
  carrier: 'log',
  flaw: 'none',
};

/** A report of that second after the start; its uid is the kind and the second. */
export function report(seconds: number, said: Partial<Message> = {}): Message {
  return { ...SOUND, uid: `r${String(seconds)}`, time: START + BigInt(seconds) * SECOND, ...said };
}

/** A resolve of that second. */
export function resolve(seconds: number, said: Partial<Message> = {}): Message {
  return { ...report(seconds), kind: 'resolve', uid: `c${String(seconds)}`, ...said };
}

/** `'c10 r5'`: a resolve of second 10 arrives, then a report of second 5. */
export function parseMessages(history: string): readonly Message[] {
  return history.split(' ').map((word) => {
    const seconds = Number(word.slice(1));
    return word.startsWith('r') ? report(seconds) : resolve(seconds);
  });
}

/** What one issue is called, by model and product alike. */
export function labelOf(agent: string, issueId: string, problem: string): string {
  return issueId === '' || issueId.startsWith('v1-')
    ? `${agent}: ${problem.replaceAll(/\d+/g, '#')}`
    : `${agent}/${issueId}`;
}
