import { FLEET, FLEET_TOTALS as TOTAL } from '../../queries/fleet.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { goodUntil, type Row, row, stat } from '../panels.ts';
import { now } from '../targets.ts';

export function fleetNow(): Row {
  return row('Now', [
    stat({
      title: 'Agents',
      unit: 'none',
      width: 3,
      target: now(TOTAL.agents),
      description: 'Agents heard of within a day. None: no metrics arrive, look at Health.',
    }),
    stat({
      title: 'Silent',
      unit: 'none',
      width: 3,
      target: now(FLEET.silent),
      none: '0',
      limits: goodUntil(1),
      description:
        'Agents whose newest heartbeat is older than their own threshold. They are on top of the table below.',
    }),
    stat({
      title: 'Open issues',
      unit: 'none',
      width: 3,
      target: now(TOTAL.issues),
      limits: goodUntil(1),
      link: '/d/hiveloop-issues?${__url_time_range}',
      description:
        'Issues that agents reported and nobody has resolved or dismissed. Nothing known is –, not 0: look at Health.',
    }),
    stat({
      title: 'Waiting for a person',
      unit: 'none',
      width: 3,
      target: now(TOTAL.waiting),
      limits: goodUntil(1, 'orange'),
      description: 'Approvals requested and not answered.',
    }),
    stat({
      title: 'Longest wait',
      unit: 's',
      width: 3,
      target: now(TOTAL.waitingAge),
      limits: goodUntil(THRESHOLDS.approvalSeconds, 'orange'),
      description: 'Age of the oldest approval request.',
    }),
    stat({
      title: 'Running tasks',
      unit: 'none',
      width: 3,
      target: now(TOTAL.running),
      limits: [[null, 'blue']],
      description: 'Tasks that run now.',
    }),
    stat({
      title: 'In queues',
      unit: 'none',
      width: 3,
      target: now(TOTAL.queue),
      limits: [[null, 'blue']],
      description: 'Items that wait in the queues of all agents.',
    }),
    stat({
      title: 'Oldest item',
      unit: 's',
      width: 3,
      target: now(TOTAL.queueAge),
      limits: goodUntil(THRESHOLDS.queueOldestItemSeconds, 'orange'),
      description: 'Age of the oldest item of any queue, at its last snapshot.',
    }),
    stat({
      title: 'Tasks ended',
      unit: 'none',
      width: 3,
      target: now(TOTAL.tasks),
      description: 'Within the time shown.',
    }),
    stat({
      title: 'of them failed',
      unit: 'none',
      width: 3,
      target: now(TOTAL.failures),
      none: '0',
      limits: goodUntil(1),
      description: 'Tasks that ended with an error. Which, by agent and type of error, is in the graph below.',
    }),
    stat({
      title: 'Retries',
      unit: 'none',
      width: 3,
      target: now(TOTAL.retries),
      description: 'Within the time shown.',
    }),
    stat({
      title: 'Time lost',
      unit: 's',
      width: 3,
      target: now(TOTAL.lost),
      description: 'Time that agents waited before they tried again.',
    }),
    stat({
      title: 'Escalations',
      unit: 'none',
      width: 3,
      target: now(TOTAL.escalations),
      none: '0',
      description: 'Work that agents handed off.',
    }),
    stat({
      title: 'Approvals answered',
      unit: 'none',
      width: 3,
      target: now(TOTAL.approvals),
      none: '0',
      description: 'Within the time shown. Those that wait are above.',
    }),
    stat({
      title: 'LLM cost',
      unit: 'currencyUSD',
      width: 3,
      decimals: 2,
      target: now(TOTAL.cost),
      description: 'As agents reported it with their calls.',
    }),
    stat({
      title: 'Tokens',
      unit: 'short',
      width: 3,
      target: now(TOTAL.tokens),
      description: 'In and out. None with `llm: story`: the model client counts then.',
    }),
  ]);
}
