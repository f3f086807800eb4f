import { ISSUES } from '../../queries/issues.ts';
import { graph, type Row, row, stat } from '../panels.ts';
import { now, over } from '../targets.ts';

export function issueNumbers(): Row {
  return row('Numbers', [
    graph({
      title: 'Steps',
      description: 'How often issues opened, recurred, closed. Many reopened: closings that cure nothing.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(ISSUES.transitions, '{{hiveloop_issue_transition}}', true)],
    }),
    graph({
      title: 'Occurrences',
      description: 'By agent. The dots lead to the trace that reported one.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(ISSUES.occurrencesOverTime, '{{hiveloop_agent_id}}', true)],
    }),
    stat({
      title: 'Time to resolve, half below',
      unit: 's',
      width: 8,
      target: now(ISSUES.timeToResolve, '{{hiveloop_issue_severity}}'),
      description: 'By severity, of what closed within the time shown.',
    }),
    stat({
      title: 'Time to resolve, 95 % below',
      unit: 's',
      width: 8,
      target: now(ISSUES.slowToResolve, '{{hiveloop_issue_severity}}'),
      description: 'By severity.',
    }),
    stat({
      title: 'Closed',
      unit: 'none',
      width: 8,
      target: now(ISSUES.resolved, '{{hiveloop_issue_transition}}'),
      description: 'By agents (resolved) and by people (dismissed), within the time shown.',
    }),
    stat({
      title: 'Reports',
      unit: 'none',
      width: 24,
      target: now(ISSUES.reports, '{{hiveloop_issue_severity}} {{hiveloop_issue_category}}'),
      description: 'As agents sent them, within the time shown, by severity and category.',
    }),
  ]);
}
