import { SEVERITIES, type Severity } from '../../lifecycle/issue-event.ts';
import type { IssueView } from '../issue-view.ts';

/** Which issues to list. What is left out matches all. */
export interface IssueQuery {
  readonly state?: IssueView['state'];
  /** The agent's id, whole. */
  readonly agent?: string;
  readonly severity?: Severity;
  /** Whole. */
  readonly category?: string;
  /** Text that the summary, the issue's id, the agent's id or the category contains, whatever its case. */
  readonly q?: string;
  /** Issues on a page, 1 to 500. Default: 100. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** A parameter that cannot be what it says; the message is a sentence for the caller. */
export class BadQueryError extends Error {
  override readonly name = 'BadQueryError';
}

export const STATES = ['open', 'resolved', 'dismissed'] as const;
export const LIMIT_MAX = 500;
const TEXT_CHARACTERS_MAX = 512;
const NAMES = ['state', 'agent', 'severity', 'category', 'q', 'limit', 'cursor'] as const;
type Name = (typeof NAMES)[number];

/**
 * Reads the query of a URL; an empty parameter counts as left out.
 * @throws BadQueryError for an unknown or repeated name, or a value that is none
 */
export function readIssueQuery(parameters: URLSearchParams): IssueQuery {
  const given = new Map<Name, string>();
  for (const [name, value] of parameters) {
    const known = NAMES.find((entry) => entry === name);
    if (known === undefined) throw new BadQueryError(`unknown parameter '${name}'; known are ${NAMES.join(', ')}`);
    if (given.has(known)) throw new BadQueryError(`parameter '${name}' is given twice`);
    if (value.length > TEXT_CHARACTERS_MAX) throw new BadQueryError(`parameter '${name}' is too long`);
    if (value !== '') given.set(known, value);
  }
  const [agent, category, q] = [given.get('agent'), given.get('category'), given.get('q')];
  const state = oneOf('state', STATES, given);
  const severity = oneOf('severity', SEVERITIES, given);
  return {
    ...(state !== undefined && { state }),
    ...(severity !== undefined && { severity }),
    ...(agent !== undefined && { agent }),
    ...(category !== undefined && { category }),
    ...(q !== undefined && { q }),
    ...readLimit(given.get('limit')),
    ...readCursor(given.get('cursor')),
  };
}

/** True for an issue that the query asks for. */
export function matchesQuery(issue: IssueView, query: IssueQuery): boolean {
  const { state, agent, severity, category, q } = query;
  if (state !== undefined && issue.state !== state) return false;
  if (agent !== undefined && issue.agentId !== agent) return false;
  if (severity !== undefined && issue.severity !== severity) return false;
  if (category !== undefined && issue.category !== category) return false;
  if (q === undefined) return true;
  const text = q.toLowerCase();
  return [issue.summary, issue.issueId, issue.agentId, issue.category].some((said) =>
    said.toLowerCase().includes(text),
  );
}

function oneOf<V extends string>(name: Name, values: readonly V[], given: ReadonlyMap<Name, string>): V | undefined {
  const text = given.get(name);
  const value = values.find((entry) => entry === text);
  if (value === undefined && text !== undefined) {
    throw new BadQueryError(`${name} is ${values.join(', ')}, and not '${text}'`);
  }
  return value;
}

function readLimit(text: string | undefined): Pick<IssueQuery, 'limit'> {
  if (text === undefined) return {};
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT_MAX) throw new BadQueryError(`limit is a whole number from 1 to ${LIMIT_MAX}`);
  return { limit };
}

function readCursor(text: string | undefined): Pick<IssueQuery, 'cursor'> {
  if (text === undefined) return {};
  if (!/^[0-9a-f]{32}$/.test(text)) throw new BadQueryError('cursor is not one that a page gave as next');
  return { cursor: text };
}
