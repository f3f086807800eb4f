import { Document, isMap, isScalar } from 'yaml';
import { AGENT_ALERTS } from './agent-alerts.ts';
import { type Alert, runbookOf } from './alert.ts';
import { ISSUE_ALERTS } from './issue-alerts.ts';
import { PIPELINE_ALERTS } from './pipeline-alerts.ts';
import {
  AGENT_RULES,
  ATTENTION_RULES,
  COLLECTOR_RULES,
  ISSUE_RULES,
  type RecordingRule,
  UNAUTHORIZED_RULES,
} from './recording.ts';

interface Group<T> {
  readonly name: string;
  readonly rules: readonly T[];
}

export const RECORDING_GROUPS: readonly Group<RecordingRule>[] = [
  { name: 'hiveloop-agents', rules: [...AGENT_RULES, ...ATTENTION_RULES] },
  { name: 'hiveloop-issues', rules: ISSUE_RULES },
  { name: 'hiveloop-collector', rules: COLLECTOR_RULES },
  { name: 'hiveloop-unauthorized', rules: UNAUTHORIZED_RULES },
];
export const ALERT_GROUPS: readonly Group<Alert>[] = [
  { name: 'hiveloop-agent-alerts', rules: AGENT_ALERTS },
  { name: 'hiveloop-issue-alerts', rules: ISSUE_ALERTS },
  { name: 'hiveloop-pipeline-alerts', rules: PIPELINE_ALERTS },
];
export const ALERTS: readonly Alert[] = ALERT_GROUPS.flatMap(({ rules }) => rules);
export const RECORDING_RULES: readonly RecordingRule[] = RECORDING_GROUPS.flatMap(({ rules }) => rules);

const HEAD = ' Made by `npm run dashboards` from collector/grafana/src/rules: edit there.';

/** @param runbooks address of the folder of runbooks, without a slash at the end */
export function ruleFiles(runbooks: string): Readonly<Record<string, string>> {
  return {
    'recording.yml': toYaml(RECORDING_GROUPS.map(({ name, rules }) => ({ name, rules: rules.map(recordingYaml) }))),
    'alerts.yml': toYaml(
      ALERT_GROUPS.map(({ name, rules }) => ({
        name,
        rules: rules.map((alert) => alertYaml(alert, runbooks)),
      })),
    ),
  };
}

function recordingYaml({ recorded, why, query }: RecordingRule): object {
  return { comment: why, record: recorded.record, expr: query.expr };
}

function alertYaml(alert: Alert, runbooks: string): object {
  return {
    alert: alert.name,
    expr: alert.query.expr,
    for: alert.for,
    keep_firing_for: alert.keepFiringFor,
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: `${runbooks}/${runbookOf(alert)}`,
    },
  };
}

/** A `comment` becomes one: Prometheus knows no such field. */
function toYaml(groups: readonly object[]): string {
  const document = new Document({ groups });
  document.commentBefore = HEAD;
  const rules = groups.flatMap((_, group) => document.getIn(['groups', group, 'rules']));
  for (const list of rules) {
    for (const rule of (list as { items: unknown[] }).items) {
      if (!isMap(rule) || !rule.has('comment')) continue;
      const comment = rule.get('comment', true);
      rule.delete('comment');
      if (isScalar(comment)) rule.commentBefore = ` ${String(comment.value)}`;
    }
  }
  return document.toString({ lineWidth: 0 });
}
