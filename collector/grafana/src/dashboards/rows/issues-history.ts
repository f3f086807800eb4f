import {
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_KEY,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_TRACE_ID,
  ATTR_ISSUE_TRANSITION,
} from '../../../../../src/semconv.ts';
import { TRACE_LABEL } from '../../names/logql.ts';
import { ISSUES } from '../../queries/issues.ts';
import { TO_JAEGER, TO_TRACE } from '../links.ts';
import { logLines, type Row, row } from '../panels.ts';
import { table } from '../table.ts';
import { AGENT, FINGERPRINT, ISSUE, SEVERITY } from './issue-columns.ts';
import { LOKI, lines, rows } from '../targets.ts';

export function issueHistory(): Row {
  return row('History', [
    table({
      title: 'What was told, and the traces',
      description:
        'Each kind of step in each episode. Reported in: the trace of the task that reported it. Life: the trace of the episode, from opened to closed.',
      width: 24,
      height: 10,
      worstFirst: 'Occurrences',
      source: LOKI,
      hidden: [ATTR_ISSUE_KEY],
      labels: [
        { attribute: ATTR_ISSUE_TRANSITION, title: 'Step', width: 120 },
        SEVERITY,
        { attribute: ATTR_ISSUE_CATEGORY, title: 'Category', width: 110 },
        AGENT,
        ISSUE,
        FINGERPRINT,
        { attribute: ATTR_ISSUE_EPISODE, title: 'Episode', width: 80 },
        { attribute: ATTR_ISSUE_SUMMARY, title: 'Summary' },
        {
          attribute: ATTR_ISSUE_TRACE_ID,
          title: 'Reported in',
          links: [
            { title: 'Show the trace', url: TO_TRACE },
            { title: 'Open in Jaeger', url: TO_JAEGER, isElsewhere: true },
          ],
        },
        {
          attribute: TRACE_LABEL,
          title: 'Life',
          links: [
            { title: 'Show the trace', url: TO_TRACE },
            { title: 'Open in Jaeger', url: TO_JAEGER, isElsewhere: true },
          ],
        },
      ],
      values: [{ title: 'Occurrences', target: rows(ISSUES.told), width: 110 }],
    }),
    logLines({
      title: 'Lifecycle',
      description: 'Every step that was told, newest first.',
      width: 24,
      height: 9,
      target: lines(ISSUES.history),
    }),
  ]);
}
