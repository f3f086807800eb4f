import { ATTR_GEN_AI_REQUEST_MODEL, ATTR_GEN_AI_TOOL_NAME } from '../../../../../src/semconv.ts';
import { AGENT_QUERIES as ONE, AGENT_STATE as STATE } from '../../queries/agent.ts';
import { type Row, row, stat } from '../panels.ts';
import { table } from '../table.ts';
import { now, rows } from '../targets.ts';

export function agentTools(): Row {
  return row('Tools', [
    table({
      title: 'Tools',
      description: 'Calls within the time shown, most failures first.',
      width: 24,
      height: 8,
      worstFirst: 'Failed',
      labels: [{ attribute: ATTR_GEN_AI_TOOL_NAME, title: 'Tool' }],
      values: [
        { title: 'Calls', target: rows(ONE.toolCalls) },
        {
          title: 'Failed',
          target: rows(ONE.toolFailures),
          limits: [
            [null, 'text'],
            [1, 'red'],
          ],
        },
        { title: '95 % below', target: rows(ONE.toolTimes), unit: 's' },
      ],
    }),
  ]);
}

export function agentModels(): Row {
  return row('Models', [
    table({
      title: 'Models',
      description: 'Calls within the time shown, dearest first.',
      width: 24,
      height: 7,
      worstFirst: 'Cost',
      labels: [{ attribute: ATTR_GEN_AI_REQUEST_MODEL, title: 'Model' }],
      values: [
        { title: 'Calls', target: rows(ONE.llmCalls) },
        { title: '95 % below', target: rows(ONE.llmTimes), unit: 's' },
        { title: 'Tokens', target: rows(ONE.llmTokens), unit: 'short' },
        { title: 'Cost', target: rows(ONE.llmCost), unit: 'currencyUSD', decimals: 2 },
      ],
    }),
    stat({
      title: 'Services with this agent',
      description:
        'Services, by environment, in which this agent id was heard within a day. More than 1: two services use one id, and the numbers above are of both.',
      unit: 'none',
      width: 24,
      target: now(STATE.agents),
    }),
  ]);
}
