import { SEVERITIES, type Severity } from '../../lifecycle/issue-event.ts';
import { CommandFailure } from '../command-failure.ts';

/** An issue as the translator's API gives it; times are RFC 3339. */
export interface ApiIssue {
  readonly key: string;
  readonly environment: string;
  readonly namespace: string;
  readonly agentId: string;
  readonly issueId: string;
  readonly summary: string;
  readonly state: string;
  readonly isStale: boolean;
  readonly severity: Severity;
  readonly category: string;
  readonly episode: number;
  readonly occurrences: number;
  readonly totalOccurrences: number;
  readonly openedAt: string;
  /** Empty while open. */
  readonly resolvedAt: string;
  readonly timeToResolveSeconds: number;
  readonly traceId: string;
  readonly spanId: string;
}

export interface ApiHistoryEntry {
  readonly at: string;
  readonly transition: string;
  readonly episode: number;
  readonly occurrences: number;
  readonly severity: Severity;
  readonly said: string;
}

export interface ApiFreshness {
  /** Empty before the first event. */
  readonly asOf: string;
  readonly lagSeconds: number;
}

export interface ApiPage extends ApiFreshness {
  readonly issues: readonly ApiIssue[];
  /** Empty after the last page. */
  readonly next: string;
}

export interface ApiDetails extends ApiFreshness {
  readonly issue: ApiIssue;
  readonly history: readonly ApiHistoryEntry[];
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws CommandFailure when it is no page: then something else than a translator answers there */
export function readPage(answer: unknown): ApiPage {
  const page = fieldsOf(answer);
  return { issues: listOf(page['issues']).map(readIssue), next: text(page, 'next'), ...readFreshness(page) };
}

/** @throws CommandFailure, likewise */
export function readDetails(answer: unknown): ApiDetails {
  const details = fieldsOf(answer);
  const history = listOf(details['history']).map(readEntry);
  return { issue: readIssue(details['issue']), history, ...readFreshness(details) };
}

function readIssue(value: unknown): ApiIssue {
  const issue = fieldsOf(value);
  const key = text(issue, 'key');
  if (key === '') throw notATranslator();
  return {
    key,
    environment: text(issue, 'environment'),
    namespace: text(issue, 'namespace'),
    agentId: text(issue, 'agentId'),
    issueId: text(issue, 'issueId'),
    summary: text(issue, 'summary'),
    state: text(issue, 'state'),
    isStale: issue['stale'] === true,
    severity: readSeverity(issue),
    category: text(issue, 'category'),
    episode: count(issue, 'episode'),
    occurrences: count(issue, 'occurrences'),
    totalOccurrences: count(issue, 'totalOccurrences'),
    openedAt: text(issue, 'openedAt'),
    resolvedAt: text(issue, 'resolvedAt'),
    timeToResolveSeconds: count(issue, 'timeToResolveSeconds'),
    traceId: text(issue, 'traceId'),
    spanId: text(issue, 'spanId'),
  };
}

function readEntry(value: unknown): ApiHistoryEntry {
  const entry = fieldsOf(value);
  return {
    at: text(entry, 'at'),
    transition: text(entry, 'transition'),
    episode: count(entry, 'episode'),
    occurrences: count(entry, 'occurrences'),
    severity: readSeverity(entry),
    said: text(entry, 'said'),
  };
}

function readFreshness(fields: Fields): ApiFreshness {
  return { asOf: text(fields, 'asOf'), lagSeconds: count(fields, 'lagSeconds') };
}

function readSeverity(fields: Fields): Severity {
  return SEVERITIES.find((severity) => severity === fields['severity']) ?? 'medium';
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function count(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw notATranslator();
  return value;
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw notATranslator();
  return value as Fields;
}

function notATranslator(): CommandFailure {
  return new CommandFailure('what answers there is no hiveloop translator of this version; give its address by --url');
}
