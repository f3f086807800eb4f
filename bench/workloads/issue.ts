import { metrics } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { METRIC_ISSUE_REPORTS } from '../../src/semconv.ts';
import { AGENT, AGENT_TYPE } from './agent-work.ts';
import { nextUid, SCOPE, SCOPE_VERSION } from './by-hand.ts';
import type { Work } from './work.ts';

/* One report of an issue: a log record of ten attributes, and a counter. */

export function openIssueByHiveLoop({ init }: typeof import('hiveloop-otel')): Work {
  const agent = init().agent(AGENT, { type: AGENT_TYPE, heartbeatIntervalSeconds: 0 });
  return (count) => {
    agent.reportIssue({
      summary: 'CRM API returns 403 for workspace queries',
      severity: 'high',
      issueId: 'crm-403',
      category: 'permissions',
      context: { endpoint: '/v2/workspaces', status: 403 },
      occurrenceCount: count,
    });
  };
}

export function openIssueByHand(): Work {
  const logger = logs.getLogger(SCOPE, SCOPE_VERSION);
  const { name, unit, description } = METRIC_ISSUE_REPORTS;
  const reports = metrics.getMeter(SCOPE, SCOPE_VERSION).createCounter(name, { unit, description });
  return (count) => {
    logger.emit({
      eventName: 'hiveloop.issue.reported',
      severityNumber: SeverityNumber.ERROR,
      severityText: 'ERROR',
      body: 'CRM API returns 403 for workspace queries',
      attributes: {
        'log.record.uid': nextUid(),
        'hiveloop.event.category': 'pipeline',
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.issue.severity': 'high',
        'hiveloop.issue.id': 'crm-403',
        'hiveloop.issue.category': 'permissions',
        'hiveloop.issue.occurrence_count': count,
        'hiveloop.issue.context.endpoint': '/v2/workspaces',
        'hiveloop.issue.context.status': 403,
      },
    });
    reports.add(1, {
      'hiveloop.agent.id': 'lead-qualifier',
      'hiveloop.agent.type': 'sales',
      'hiveloop.issue.severity': 'high',
      'hiveloop.issue.category': 'permissions',
    });
  };
}
