import { ATTR_AGENT_ID, ATTR_DEPLOYMENT_ENVIRONMENT_NAME } from '../../../../../src/semconv.ts';
import { JOB } from '../../names/metric-labels.ts';
import { FLEET_ROWS as ROW } from '../../queries/fleet.ts';
import { THRESHOLDS } from '../../thresholds.ts';
import { TO_AGENT } from '../links.ts';
import { queueLimits, type Row, row } from '../panels.ts';
import { table } from '../table.ts';
import { rows } from '../targets.ts';

export function fleetAgents(): Row {
  return row('Agents, worst first', [
    table({
      title: 'Agents',
      description:
        'A row an agent. Attention adds up what is wrong: 1000 silent, 100 a critical issue, 20 high, 5 medium, 1 low, 10 an approval that waits, 10 a long queue. Heartbeat is the age of the newest one, Threshold used its share of what the agent itself allows: full is silent. Click an agent for its page. A stuck or failed status comes with a later version.',
      width: 24,
      height: 12,
      worstFirst: 'Attention',
      labels: [
        { attribute: ATTR_AGENT_ID, title: 'Agent', links: [{ title: 'Show the agent', url: TO_AGENT }], width: 180 },
        { attribute: JOB, title: 'Service', width: 160 },
        { attribute: ATTR_DEPLOYMENT_ENVIRONMENT_NAME, title: 'Environment', width: 110 },
      ],
      values: [
        {
          title: 'Attention',
          target: rows(ROW.attention),
          limits: [
            [null, 'green'],
            [1, 'orange'],
            [100, 'red'],
          ],
          width: 90,
        },
        { title: 'Heartbeat', target: rows(ROW.beatAge), unit: 's', width: 95 },
        {
          title: 'Threshold used',
          target: rows(ROW.silence),
          unit: 'percentunit',
          gaugeTo: 1,
          limits: [
            [null, 'green'],
            [0.7, 'orange'],
            [1, 'red'],
          ],
          width: 130,
        },
        {
          title: 'Running',
          target: rows(ROW.running),
          limits: [
            [null, 'text'],
            [1, 'blue'],
          ],
          width: 80,
        },
        {
          title: 'Waiting',
          target: rows(ROW.waiting),
          limits: [
            [null, 'text'],
            [1, 'orange'],
          ],
          width: 80,
        },
        { title: 'Waits since', target: rows(ROW.waitingAge), unit: 's', width: 95 },
        {
          title: '● Issues',
          target: rows(ROW.issues),
          limits: [
            [null, 'text'],
            [1, 'red'],
          ],
          width: 80,
        },
        {
          title: 'Q',
          target: rows(ROW.queue),
          unit: 'prefix:Q:',
          limits: queueLimits(THRESHOLDS.queueDepth),
          width: 65,
        },
        {
          title: 'Oldest item',
          target: rows(ROW.queueAge),
          unit: 's',
          limits: [
            [null, 'text'],
            [THRESHOLDS.queueOldestItemSeconds, 'orange'],
          ],
          width: 95,
        },
        { title: 'Tasks', target: rows(ROW.tasks), width: 70 },
        {
          title: 'Failed',
          target: rows(ROW.failures),
          limits: [
            [null, 'text'],
            [1, 'red'],
          ],
          width: 70,
        },
        { title: 'Retries', target: rows(ROW.retries), width: 75 },
        { title: 'Time lost', target: rows(ROW.lost), unit: 's', width: 90 },
        { title: 'Escalations', target: rows(ROW.escalations), width: 95 },
        { title: 'Approvals', target: rows(ROW.approvals), width: 85 },
        { title: 'Cost', target: rows(ROW.cost), unit: 'currencyUSD', decimals: 2, width: 80 },
        { title: 'Tokens', target: rows(ROW.tokens), unit: 'short', width: 80 },
      ],
    }),
  ]);
}
