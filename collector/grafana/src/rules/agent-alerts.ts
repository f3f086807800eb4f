import {
  ATTR_ERROR_TYPE,
  METRIC_APPROVAL_OLDEST_AGE,
  METRIC_LLM_COST,
  METRIC_QUEUE_OLDEST_AGE,
  METRIC_RETRY_COUNT,
  METRIC_TASK_DURATION,
} from '../../../../src/semconv.ts';
import { by, recorded, risen, series } from '../names/promql.ts';
import { promql } from '../query.ts';
import { THRESHOLDS } from '../thresholds.ts';
import type { Alert } from './alert.ts';
import { AGENT, QUEUE_DEPTH, SILENCE } from './recording.ts';

const NAME = '{{ $labels.hiveloop_agent_id }} of {{ $labels.job }}';
/** How far back an alert looks for the last value of a counter: an outage shorter than this is not taken for a birth. */
const MEMORY = '6h';

const tasks = by('sum', AGENT, risen(series(METRIC_TASK_DURATION, {}, 'count'), '15m', MEMORY));
const failedTasks = by(
  'sum',
  AGENT,
  risen(series(METRIC_TASK_DURATION, { [ATTR_ERROR_TYPE]: '!=""' }, 'count'), '15m', MEMORY),
);

export const AGENT_ALERTS: readonly Alert[] = [
  {
    name: 'HiveLoopAgentSilent',
    severity: 'critical',
    query: promql('alert.agent-silent', `${recorded(SILENCE)} > 1`),
    for: '1m',
    keepFiringFor: '5m',
    summary: `Agent ${NAME} is silent`,
    description:
      'Its newest heartbeat is {{ $value | humanize }} times as old as its own threshold allows, and it was not stopped on purpose.',
  },
  {
    name: 'HiveLoopQueueGrowing',
    severity: 'warning',
    query: promql(
      'alert.queue-growing',
      `deriv(${recorded(QUEUE_DEPTH)}[15m]) > 0 and ${recorded(QUEUE_DEPTH)} > ${THRESHOLDS.queueDepth}`,
    ),
    for: '15m',
    keepFiringFor: '15m',
    summary: `The queue of agent ${NAME} grows`,
    description: `It has more than ${THRESHOLDS.queueDepth} items and gains {{ $value | humanize }} a second.`,
  },
  {
    name: 'HiveLoopQueueOldestItem',
    severity: 'warning',
    query: promql(
      'alert.queue-oldest-item',
      `${by('max', AGENT, series(METRIC_QUEUE_OLDEST_AGE))} > ${THRESHOLDS.queueOldestItemSeconds}`,
    ),
    for: '5m',
    keepFiringFor: '15m',
    summary: `Work waits too long in the queue of agent ${NAME}`,
    description: 'The oldest item has waited for {{ $value | humanizeDuration }}.',
  },
  {
    name: 'HiveLoopRetryStorm',
    severity: 'warning',
    query: promql(
      'alert.retry-storm',
      `${by('sum', AGENT, risen(series(METRIC_RETRY_COUNT), '10m', MEMORY))} > ${THRESHOLDS.retries}`,
    ),
    for: '2m',
    keepFiringFor: '15m',
    summary: `Agent ${NAME} retries again and again`,
    description: '{{ $value }} retries in 10 minutes.',
  },
  {
    name: 'HiveLoopApprovalWaiting',
    severity: 'warning',
    query: promql(
      'alert.approval-waiting',
      `${by('max', AGENT, series(METRIC_APPROVAL_OLDEST_AGE))} > ${THRESHOLDS.approvalSeconds}`,
      { empty: 'nothing waits for an hour in the scenario' },
    ),
    for: '1m',
    keepFiringFor: '10m',
    summary: `Agent ${NAME} waits for a person`,
    description: 'Its oldest approval request has had no answer for {{ $value | humanizeDuration }}.',
  },
  {
    name: 'HiveLoopLlmSpendRate',
    severity: 'warning',
    query: promql(
      'alert.llm-spend-rate',
      `${by('sum', AGENT, risen(series(METRIC_LLM_COST), '1h', MEMORY))} > ${THRESHOLDS.llmCost}`,
    ),
    for: '5m',
    keepFiringFor: '15m',
    summary: `Agent ${NAME} spends more on models than it should`,
    description: 'USD {{ $value | printf "%.2f" }} within the last hour.',
  },
  {
    name: 'HiveLoopTaskFailureRatio',
    severity: 'warning',
    query: promql(
      'alert.task-failure-ratio',
      `${failedTasks} / ${tasks} > ${THRESHOLDS.taskFailureRatio} and ${tasks} >= ${THRESHOLDS.taskFailureMinimum}`,
    ),
    for: '5m',
    keepFiringFor: '15m',
    summary: `Most tasks of agent ${NAME} fail`,
    description: '{{ $value | humanizePercentage }} of its tasks of the last 15 minutes ended with an error.',
  },
];
