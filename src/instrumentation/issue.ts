import { sayOnce } from '../otel/diag.ts';
import type { Payload } from '../otel/payload.ts';
import type { SeverityText } from '../otel/signals.ts';
import { toCount, toOptionalText, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { Open } from './open.ts';
import { originOf, TaskState } from './task-state.ts';

export type IssueSeverity = Open<'critical' | 'high' | 'medium' | 'low'>;
export type IssueCategory = Open<
  'permissions' | 'connectivity' | 'configuration' | 'data_quality' | 'rate_limit' | 'other'
>;

/** A persistent problem that the agent found: it stays open until it is resolved. Manual §5. */
export interface IssueReport {
  /** What is wrong, for people. */
  readonly summary: string;
  /** How bad it is, manual §5.6. An unknown word counts as `medium` and is kept as said. */
  readonly severity: IssueSeverity;
  /** Stable name of the problem, such as `crm-403`: what makes the next report the same issue. Strongly recommended. */
  readonly issueId?: string;
  readonly category?: IssueCategory;
  /** Data for debugging: one attribute a top-level key. */
  readonly context?: Payload;
  /** How often it happened, as the agent counts it. */
  readonly occurrenceCount?: number;
}

const LOG_SEVERITIES: Readonly<Record<string, SeverityText>> = {
  critical: 'FATAL',
  high: 'ERROR',
  medium: 'WARN',
  low: 'INFO',
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TOO_GENERIC: ReadonlySet<string> = new Set(['error', 'issue', 'failure', 'problem', 'unknown']);
const MAX_REMEMBERED = 100;

/** What a handle needs of the report it came from: where it counts as the same issue. */
export interface IssueIdentity {
  readonly issueId: string | undefined;
  readonly summary: string;
}

/**
 * Emits `hiveloop.issue.reported`, severity critical → FATAL, high → ERROR, medium → WARN, low → INFO, and adds to the
 * metric `hiveloop.issue.reports`. Works with and without a task; inside one it is correlated with its span. Manual §5.2.
 */
export function recordIssue(agent: AgentState, report: Partial<IssueReport> | undefined): void {
  const { signals, instruments } = agent.core;
  const { summaryLength, idLength } = signals.settings.limits;
  const summary = toText(report?.summary, summaryLength);
  const severity = toOptionalText(report?.severity, idLength) ?? 'medium';
  const issueId = toOptionalText(report?.issueId, idLength);
  const category = toOptionalText(report?.category, idLength);
  const count = toCount(report?.occurrenceCount);
  const context = report?.context;
  if (summary === '')
    sayOnce('issue without summary', 'agent.reportIssue() needs a summary: without one the report is refused');
  adviseOnId(issueId);
  rememberOpen(agent, issueId);
  const origin = originOf(agent);
  if (origin instanceof TaskState) origin.issues += 1;
  const metricSeverity = Object.hasOwn(LOG_SEVERITIES, severity) ? severity : 'medium';
  const hasCarrier = signals.hasAgentCarrier;
  instruments.issueReports.add(1, agent.id, agent.type, metricSeverity, category);
  if (!hasCarrier) return;
  const attributes: RecordAttributes = { [semconv.ATTR_ISSUE_SEVERITY]: severity };
  if (issueId !== undefined) attributes[semconv.ATTR_ISSUE_ID] = issueId;
  if (category !== undefined) attributes[semconv.ATTR_ISSUE_CATEGORY] = category;
  if (count !== undefined) attributes[semconv.ATTR_ISSUE_OCCURRENCE_COUNT] = count;
  signals.recordAgentEvent(origin, {
    name: semconv.EVENT_ISSUE_REPORTED,
    severity: LOG_SEVERITIES[metricSeverity] ?? 'WARN',
    summary,
    attributes,
    payload: { prefix: semconv.ATTR_ISSUE_CONTEXT_PREFIX, value: context },
  });
}

/**
 * Emits `hiveloop.issue.resolved` for the issue with this id, or with the summary of the report that it answers. With
 * neither, nothing can be matched: the event goes out and stays unmatched. Manual §5.2.
 */
export function recordResolve(agent: AgentState, summary: unknown, answers: Partial<IssueIdentity> | undefined): void {
  const { signals } = agent.core;
  const { summaryLength, idLength } = signals.settings.limits;
  const text = toText(summary, summaryLength);
  const issueId = toOptionalText(answers?.issueId, idLength);
  const reported = toOptionalText(answers?.summary, summaryLength);
  if (issueId === undefined && reported === undefined) {
    sayOnce(
      'resolve without id',
      'agent.resolveIssue() was called without an issueId, so it matches no report: give the issueId of the report, or call resolve() on the handle that reportIssue() returned',
    );
  }
  if (issueId !== undefined) agent.openIssueIds.delete(issueId);
  if (!signals.hasAgentCarrier) return;
  const attributes: RecordAttributes = {};
  if (issueId !== undefined) attributes[semconv.ATTR_ISSUE_ID] = issueId;
  if (reported !== undefined) attributes[semconv.ATTR_ISSUE_SUMMARY] = signals.summary(reported);
  signals.recordAgentEvent(originOf(agent), { name: semconv.EVENT_ISSUE_RESOLVED, summary: text, attributes });
}

/** Says once, when an agent ends, which issues it leaves open (manual §12.2): they stay open by design. */
export function remindOfOpenIssues(agent: AgentState): void {
  if (agent.openIssueIds.size === 0) return;
  const ids = [...agent.openIssueIds].slice(0, 5).join(', ');
  sayOnce(
    'issues left open',
    `the agent ended with ${agent.openIssueIds.size} issue(s) reported and not resolved (${ids}): they stay open until resolveIssue() is called`,
  );
}

function adviseOnId(issueId: string | undefined): void {
  if (issueId === undefined) {
    sayOnce(
      'issue without id',
      'agent.reportIssue() was called without an issueId: reports are then matched by their summary, which breaks when it changes (manual 12.6)',
    );
  } else if (UUID.test(issueId)) {
    sayOnce(
      'issue id is a UUID',
      'an issueId that is a UUID makes a new issue of each report: use a stable one such as crm-403',
    );
  } else if (TOO_GENERIC.has(issueId.toLowerCase())) {
    sayOnce(
      'issue id too generic',
      'an issueId such as "error" merges all problems into one issue: use one such as crm-403',
    );
  }
}

function rememberOpen(agent: AgentState, issueId: string | undefined): void {
  if (issueId !== undefined && agent.openIssueIds.size < MAX_REMEMBERED) agent.openIssueIds.add(issueId);
}
