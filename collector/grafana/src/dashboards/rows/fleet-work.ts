import { FLEET } from '../../queries/fleet.ts';
import { graph, type Row, row } from '../panels.ts';
import { over } from '../targets.ts';

export function fleetWork(): Row {
  return row('Work', [
    graph({
      title: 'Tasks ended',
      description: 'By agent. A gap while the queue grows: the agent does not work.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.tasksOverTime, '{{hiveloop_agent_id}}')],
    }),
    graph({
      title: 'Tasks failed',
      description: 'By agent and type of error. The agent’s page has the traces.',
      unit: 'none',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.failuresOverTime, '{{hiveloop_agent_id}} {{error_type}}')],
    }),
    graph({
      title: 'Slowest tasks (95 %)',
      description: 'Time that 95 of 100 tasks stay below, by agent.',
      unit: 's',
      width: 12,
      height: 8,
      as: 'lines',
      targets: [over(FLEET.slowTasks, '{{hiveloop_agent_id}}', true)],
    }),
    graph({
      title: 'Retries',
      description: 'By agent. Many at once, of several agents: something that they share is down.',
      unit: 'none',
      width: 6,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.retriesOverTime, '{{hiveloop_agent_id}}')],
    }),
    graph({
      title: 'Escalations',
      description: 'By agent.',
      unit: 'none',
      width: 6,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.escalationsOverTime, '{{hiveloop_agent_id}}')],
    }),
  ]);
}

export function fleetModels(): Row {
  return row('Models', [
    graph({
      title: 'LLM cost',
      description: 'USD by model, as agents reported it.',
      unit: 'currencyUSD',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.costOverTime, '{{gen_ai_request_model}}')],
    }),
    graph({
      title: 'Tokens',
      description: 'By model and direction.',
      unit: 'short',
      width: 12,
      height: 8,
      as: 'bars',
      targets: [over(FLEET.tokensOverTime, '{{gen_ai_request_model}} {{gen_ai_token_type}}')],
    }),
  ]);
}
