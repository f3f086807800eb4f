import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
} from '../../../../../src/semconv.ts';
import { INSTANCE, JOB } from '../../names/metric-labels.ts';
import { AGENT_QUERIES as ONE } from '../../queries/agent.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { graph, logLines, type Row, row } from '../panels.ts';
import { table } from '../table.ts';
import { lines, over, rows } from '../targets.ts';

export function agentActivity(): Row {
  return row('Activity stream', [
    logLines({
      title: 'Activity: $filter',
      description:
        'What the agent did, newest first; choose one of the filters at the top. Heartbeats are left out. A line’s details lead to its trace.',
      width: 24,
      height: 12,
      target: lines(ONE.activity),
    }),
  ]);
}

export function agentQueueAndIssues(): Row {
  return row('Queue and issues', [
    logLines({
      title: 'Queue, latest snapshots',
      description:
        'Items as id │ priority │ source │ summary │ since. The newest snapshot is on top; at most as many items as the agent sends (10, or its `limits.queueItems`).',
      width: 12,
      height: 9,
      target: lines(ONE.queueItems, 3),
    }),
    table({
      title: 'Open issues',
      description:
        'Longest first. Open as far as is known: while the translator is not heard, what was known last. `hiveloop issues dismiss` closes one.',
      width: 12,
      height: 9,
      worstFirst: 'Open for',
      hidden: [INSTANCE, JOB, ATTR_AGENT_ID, ATTR_AGENT_TYPE, ATTR_DEPLOYMENT_ENVIRONMENT_NAME],
      labels: [
        { attribute: ATTR_ISSUE_SEVERITY, title: 'Severity', width: 90 },
        { attribute: ATTR_ISSUE_ID, title: 'Issue' },
        { attribute: ATTR_ISSUE_FINGERPRINT, title: 'Fingerprint' },
      ],
      values: [
        {
          title: 'Open for',
          target: rows(ONE.openIssues),
          unit: 's',
          limits: [
            [null, 'text'],
            [THRESHOLDS.issueOpenSeconds, 'red'],
          ],
          width: 110,
        },
      ],
    }),
    graph({
      title: 'Queue',
      description: 'Items that wait.',
      unit: 'none',
      width: 12,
      height: 7,
      as: 'lines',
      targets: [over(ONE.queueOverTime, 'items')],
    }),
    logLines({
      title: 'Issue history',
      description: 'Each step in the life of the agent’s issues, with the link to the trace that reported it.',
      width: 12,
      height: 7,
      target: lines(ONE.issueHistory, 100),
    }),
  ]);
}
