import {
  ATTR_AGENT_ID,
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_TOKEN_TYPE,
  METRIC_ESCALATION_COUNT,
  METRIC_LLM_COST,
  METRIC_RETRY_COUNT,
  METRIC_STUCK_THRESHOLD,
  METRIC_TASK_DURATION,
  METRIC_TOKEN_USAGE,
} from '../../../../src/semconv.ts';
import { by, recorded, risen, series } from '../names/promql.ts';
import { CHOSEN_ENVIRONMENT } from '../names/scope.ts';
import { promql } from '../query.ts';
import { AGENT, SILENCE } from '../rules/recording.ts';
import { agentState, type AgentStateQueries } from './agent-state.ts';

const STEP = '$__interval';

/** Totals. Of ages of heartbeats and of attention they would say nothing: those are in the rows. */
export const FLEET_TOTALS: Omit<AgentStateQueries, 'attention' | 'beatAge' | 'silence'> = without(
  agentState('fleet', CHOSEN_ENVIRONMENT, []),
  ['attention', 'beatAge', 'silence'],
);
export const FLEET_ROWS: Omit<AgentStateQueries, 'agents'> = without(
  agentState('fleet.row', CHOSEN_ENVIRONMENT, AGENT),
  ['agents'],
);

export const FLEET = {
  silent: promql('fleet.silent', `count(${recorded(SILENCE, CHOSEN_ENVIRONMENT)} > 1)`),
  environments: promql('fleet.environments', series(METRIC_STUCK_THRESHOLD)),
  tasksOverTime: promql(
    'fleet.tasks-over-time',
    by('sum', [ATTR_AGENT_ID], risen(series(METRIC_TASK_DURATION, CHOSEN_ENVIRONMENT, 'count'), STEP)),
  ),
  failuresOverTime: promql(
    'fleet.failures-over-time',
    by(
      'sum',
      [ATTR_AGENT_ID, ATTR_ERROR_TYPE],
      risen(series(METRIC_TASK_DURATION, { ...CHOSEN_ENVIRONMENT, [ATTR_ERROR_TYPE]: '!=""' }, 'count'), STEP),
    ),
  ),
  retriesOverTime: promql(
    'fleet.retries-over-time',
    by('sum', [ATTR_AGENT_ID], risen(series(METRIC_RETRY_COUNT, CHOSEN_ENVIRONMENT), STEP)),
  ),
  escalationsOverTime: promql(
    'fleet.escalations-over-time',
    by('sum', [ATTR_AGENT_ID], risen(series(METRIC_ESCALATION_COUNT, CHOSEN_ENVIRONMENT), STEP)),
  ),
  costOverTime: promql(
    'fleet.cost-over-time',
    by('sum', [ATTR_GEN_AI_REQUEST_MODEL], risen(series(METRIC_LLM_COST, CHOSEN_ENVIRONMENT), STEP)),
  ),
  tokensOverTime: promql(
    'fleet.tokens-over-time',
    by(
      'sum',
      [ATTR_GEN_AI_REQUEST_MODEL, ATTR_GEN_AI_TOKEN_TYPE],
      risen(series(METRIC_TOKEN_USAGE, CHOSEN_ENVIRONMENT, 'sum'), STEP),
    ),
  ),
  slowTasks: promql(
    'fleet.slow-tasks',
    `histogram_quantile(0.95, ${by('sum', [ATTR_AGENT_ID, 'le'], risen(series(METRIC_TASK_DURATION, CHOSEN_ENVIRONMENT, 'bucket'), STEP))})`,
  ),
} as const;

function without<T extends object, K extends keyof T & string>(from: T, names: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name as K))) as Omit<T, K>;
}
