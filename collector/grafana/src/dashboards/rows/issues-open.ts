import { ATTR_AGENT_TYPE, ATTR_DEPLOYMENT_ENVIRONMENT_NAME, ATTR_ISSUE_KEY } from '../../../../../src/semconv.ts';
import { INSTANCE, JOB } from '../../names/metric-labels.ts';
import { ISSUES } from '../../queries/issues.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { goodUntil, type Row, row, stat } from '../panels.ts';
import { table } from '../table.ts';
import { AGENT, FINGERPRINT, ISSUE, SEVERITY } from './issue-columns.ts';
import { LOKI, now, rows } from '../targets.ts';

export function openIssues(): Row {
  return row('Open', [
    stat({
      title: 'Open',
      unit: 'none',
      width: 4,
      target: now(ISSUES.open),
      limits: goodUntil(1),
      description: 'Now. – is not 0: the translator is not heard, look at Health.',
    }),
    stat({
      title: 'By severity',
      unit: 'none',
      width: 8,
      target: now(ISSUES.bySeverity, '{{hiveloop_issue_severity}}'),
      limits: goodUntil(1),
      description: 'Open now.',
    }),
    stat({
      title: 'By category',
      unit: 'none',
      width: 6,
      target: now(ISSUES.byCategory, '{{hiveloop_issue_category}}'),
      limits: goodUntil(1),
      description: 'Open now. Without a name: the agent gave none.',
    }),
    stat({
      title: 'Oldest',
      unit: 's',
      width: 3,
      target: now(ISSUES.oldest),
      limits: goodUntil(THRESHOLDS.issueOpenSeconds),
      description: 'How long the oldest of them has been open.',
    }),
    stat({
      title: 'Not in the table',
      unit: 'none',
      width: 3,
      target: now(ISSUES.omitted),
      limits: goodUntil(1, 'orange'),
      description:
        'The 200 most severe have a series of their own; these others are only counted. `hiveloop issues` lists all.',
    }),
    table({
      title: 'Open issues, longest first',
      description:
        'Open as far as is known: while the translator is not heard, what was known last. `hiveloop issues show` tells one’s whole life, `hiveloop issues dismiss` closes it.',
      width: 12,
      height: 10,
      worstFirst: 'Open for',
      hidden: [INSTANCE, ATTR_AGENT_TYPE],
      labels: [
        SEVERITY,
        AGENT,
        ISSUE,
        FINGERPRINT,
        { attribute: JOB, title: 'Service' },
        { attribute: ATTR_DEPLOYMENT_ENVIRONMENT_NAME, title: 'Environment' },
      ],
      values: [
        {
          title: 'Open for',
          target: rows(ISSUES.active),
          unit: 's',
          limits: [
            [null, 'text'],
            [THRESHOLDS.issueOpenSeconds, 'red'],
          ],
          width: 110,
        },
      ],
    }),
    table({
      title: 'Occurrences and episodes',
      description:
        'Of every issue that was told of within the time shown, the closed ones too: the most occurrences of an episode, and how often it opened. More than one episode: what closed it did not cure it.',
      width: 12,
      height: 10,
      worstFirst: 'Occurrences',
      source: LOKI,
      labels: [AGENT, ISSUE, FINGERPRINT, { attribute: ATTR_ISSUE_KEY, title: 'Key' }],
      values: [
        { title: 'Occurrences', target: rows(ISSUES.occurrences), width: 110 },
        {
          title: 'Episodes',
          target: rows(ISSUES.episodes),
          limits: [
            [null, 'text'],
            [2, 'orange'],
          ],
          width: 90,
        },
      ],
    }),
  ]);
}
