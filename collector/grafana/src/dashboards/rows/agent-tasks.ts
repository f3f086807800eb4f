import { AGENT_QUERIES as ONE, AGENT_STATE as STATE } from '../../queries/agent.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { goodUntil, graph, type Row, row, stat } from '../panels.ts';
import { now, over } from '../targets.ts';

export function agentTasks(): Row {
  return row('Tasks', [
    graph({
      title: 'Tasks by outcome',
      description: 'Without a name: ended well. Else the type of the error.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [over(ONE.outcomes, '{{error_type}}')],
    }),
    graph({
      title: 'Duration of tasks',
      description: 'By task type: half of the tasks and 95 of 100 stay below.',
      unit: 's',
      width: 8,
      height: 8,
      as: 'lines',
      targets: [
        over(ONE.taskTimes, '50 % {{hiveloop_task_type}}', true),
        over(ONE.slowTasks, '95 % {{hiveloop_task_type}}'),
      ],
    }),
    graph({
      title: 'Plan steps',
      description: 'By what became of them. Many failed: look at a task’s plan.',
      unit: 'none',
      width: 8,
      height: 8,
      as: 'bars',
      targets: [over(ONE.planSteps, '{{hiveloop_outcome}}')],
    }),
    graph({
      title: 'Retries',
      description: 'By task type.',
      unit: 'none',
      width: 6,
      height: 7,
      as: 'bars',
      targets: [over(ONE.retries, '{{hiveloop_task_type}}')],
    }),
    graph({
      title: 'Time lost to backoff',
      description: 'By task type.',
      unit: 's',
      width: 6,
      height: 7,
      as: 'bars',
      targets: [over(ONE.lost, '{{hiveloop_task_type}}')],
    }),
    graph({
      title: 'Escalations',
      description: 'By task type.',
      unit: 'none',
      width: 6,
      height: 7,
      as: 'bars',
      targets: [over(ONE.escalations, '{{hiveloop_task_type}}')],
    }),
    stat({
      title: 'Wait for approvals (95 %)',
      description: 'Time that 95 of 100 answers took, by decision.',
      unit: 's',
      width: 3,
      target: now(ONE.approvalWaits, '{{hiveloop_approval_decision}}'),
    }),
    stat({
      title: 'Oldest approval',
      description: 'How long the oldest request waits now.',
      unit: 's',
      width: 3,
      target: now(STATE.waitingAge),
      limits: goodUntil(THRESHOLDS.approvalSeconds, 'orange'),
    }),
  ]);
}
