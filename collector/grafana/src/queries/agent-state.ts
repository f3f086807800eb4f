import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_TOKEN_TYPE,
  METRIC_APPROVAL_OLDEST_AGE,
  METRIC_APPROVAL_PENDING,
  METRIC_APPROVAL_WAIT,
  METRIC_ESCALATION_COUNT,
  METRIC_ISSUE_ACTIVE,
  METRIC_LLM_COST,
  METRIC_QUEUE_OLDEST_AGE,
  METRIC_RETRY_BACKOFF,
  METRIC_RETRY_COUNT,
  METRIC_TASK_ACTIVE,
  METRIC_TASK_DURATION,
  METRIC_TOKEN_USAGE,
} from '../../../../src/semconv.ts';
import { by, type Matchers, recorded, risen, series } from '../names/promql.ts';
import { promql, type Query } from '../query.ts';
import {
  AGENT,
  ATTENTION_PREFIX,
  NEWEST_BEAT,
  QUEUE_DEPTH,
  SILENCE,
  STUCK_THRESHOLD,
  sumOfAll,
} from '../rules/recording.ts';

const RANGE = '$__range';

/** What a card says of agents: the same numbers for the fleet, a row of its table, and one agent. */
export interface AgentStateQueries {
  readonly agents: Query;
  readonly attention: Query;
  readonly beatAge: Query;
  readonly silence: Query;
  readonly running: Query;
  readonly waiting: Query;
  readonly waitingAge: Query;
  readonly issues: Query;
  readonly queue: Query;
  readonly queueAge: Query;
  readonly tasks: Query;
  readonly failures: Query;
  readonly retries: Query;
  readonly lost: Query;
  readonly escalations: Query;
  readonly approvals: Query;
  readonly cost: Query;
  readonly tokens: Query;
}

/**
 * @param place beginning of the ids
 * @param matchers what is chosen at the top
 * @param labels what is told apart: the three that are an agent, or nothing for a total
 */
export function agentState(place: string, matchers: Matchers, labels: readonly string[]): AgentStateQueries {
  const ask = (id: string, expr: string, expects: Query['expects'] = 'data'): Query =>
    promql(`${place}.${id}`, expr, expects);
  const sum = (expr: string): string => by('sum', labels, expr);
  const max = (expr: string): string => by('max', labels, expr);
  const counted = (counter: string): string => sum(risen(counter, RANGE));
  const environment = Object.entries(matchers).map(
    ([attribute, condition]) => `, ${attribute.replaceAll('.', '_')}${condition}`,
  );
  const attention = sumOfAll(ATTENTION_PREFIX, AGENT, environment.join(''));
  return {
    agents: ask('agents', by('count', labels, recorded(STUCK_THRESHOLD, matchers))),
    attention: ask('attention', labels.length === 0 ? `max(${attention})` : attention),
    beatAge: ask('beat-age', max(`time() - ${recorded(NEWEST_BEAT, matchers)}`)),
    silence: ask('silence', max(recorded(SILENCE, matchers))),
    running: ask('running', sum(series(METRIC_TASK_ACTIVE, matchers))),
    waiting: ask('waiting', sum(series(METRIC_APPROVAL_PENDING, matchers))),
    waitingAge: ask('waiting-age', max(series(METRIC_APPROVAL_OLDEST_AGE, matchers))),
    issues: ask('issues', sum(series(METRIC_ISSUE_ACTIVE, matchers))),
    queue: ask('queue', sum(recorded(QUEUE_DEPTH, matchers))),
    queueAge: ask('queue-age', max(series(METRIC_QUEUE_OLDEST_AGE, matchers))),
    tasks: ask('tasks', counted(series(METRIC_TASK_DURATION, matchers, 'count'))),
    failures: ask(
      'failures',
      counted(series(METRIC_TASK_DURATION, { ...matchers, [ATTR_ERROR_TYPE]: '!=""' }, 'count')),
    ),
    retries: ask('retries', counted(series(METRIC_RETRY_COUNT, matchers))),
    lost: ask('lost', counted(series(METRIC_RETRY_BACKOFF, matchers))),
    escalations: ask('escalations', counted(series(METRIC_ESCALATION_COUNT, matchers))),
    approvals: ask('approvals', counted(series(METRIC_APPROVAL_WAIT, matchers, 'count'))),
    cost: ask('cost', counted(series(METRIC_LLM_COST, matchers))),
    tokens: ask(
      'tokens',
      counted(series(METRIC_TOKEN_USAGE, { ...matchers, [ATTR_GEN_AI_TOKEN_TYPE]: '=~"input|output"' }, 'sum')),
    ),
  };
}
