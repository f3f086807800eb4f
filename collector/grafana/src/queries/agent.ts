import {
  ATTR_AGENT_ID,
  ATTR_APPROVAL_DECISION,
  ATTR_ERROR_TYPE,
  ATTR_EVENT_CATEGORY,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_TOKEN_TYPE,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_ISSUE_TRANSITION,
  ATTR_OUTCOME,
  ATTR_QUEUE_ITEMS,
  ATTR_QUEUE_PROCESSING,
  ATTR_TASK_TYPE,
  EVENT_AGENT_HEARTBEAT,
  EVENT_ISSUE_LIFECYCLE,
  EVENT_QUEUE_SNAPSHOT,
  METRIC_APPROVAL_WAIT,
  METRIC_ESCALATION_COUNT,
  METRIC_LLM_COST,
  METRIC_LLM_DURATION,
  METRIC_PLAN_STEPS,
  METRIC_QUEUE_DEPTH,
  METRIC_RETRY_BACKOFF,
  METRIC_RETRY_COUNT,
  METRIC_STUCK_THRESHOLD,
  METRIC_TASK_DURATION,
  METRIC_TOKEN_USAGE,
  METRIC_TOOL_DURATION,
} from '../../../../src/semconv.ts';
import { EVENT_LABEL, isEvent, logs, SEVERITY_LABEL, where } from '../names/logql.ts';
import { labelName } from '../names/prometheus-name.ts';
import { by, type HistogramPart, recorded, risen, series } from '../names/promql.ts';
import { CHOSEN_AGENT, CHOSEN_ENVIRONMENT, CHOSEN_STREAMS } from '../names/scope.ts';
import { logql, promql } from '../query.ts';
import { NEWEST_BEAT, OPENED_HELD, STUCK_THRESHOLD } from '../rules/recording.ts';
import { agentState } from './agent-state.ts';

const STEP = '$__interval';
const RANGE = '$__range';
const tool = (part: HistogramPart): string => series(METRIC_TOOL_DURATION, CHOSEN_AGENT, part);
const quantile = (q: number, labels: readonly string[], buckets: string): string =>
  `histogram_quantile(${q}, ${by('sum', [...labels, 'le'], buckets)})`;
const isChosen = where(ATTR_AGENT_ID, '=~"$agent"');

export const AGENT_STATE = agentState('agent', CHOSEN_AGENT, []);

/** The filters of HiveLoop's activity stream, as conditions of LogQL. */
export const ACTIVITY_FILTERS = {
  all: where(ATTR_EVENT_CATEGORY, '=~".+"'),
  task: where(ATTR_EVENT_CATEGORY, '="task"'),
  action: where(ATTR_EVENT_CATEGORY, '="action"'),
  llm: where(ATTR_EVENT_CATEGORY, '="llm"'),
  pipeline: where(ATTR_EVENT_CATEGORY, '="pipeline"'),
  human: where(ATTR_EVENT_CATEGORY, '="human"'),
  error: `${SEVERITY_LABEL}>=17`,
} as const;

/** An attribute of the record inside a template of LogQL. */
const field = (attribute: string): string => `.${labelName(attribute)}`;
/** A line for each item: Loki keeps the list as JSON. */
const QUEUE_LINES =
  `{{ if ${field(ATTR_QUEUE_PROCESSING)} }}▪ in progress: {{ ${field(ATTR_QUEUE_PROCESSING)} }}\\n{{ end }}` +
  `{{ range $i, $item := fromJson ${field(ATTR_QUEUE_ITEMS)} }}{{ $item.id }} │ {{ $item.priority }} │ {{ $item.source }} │ {{ $item.summary }} │ since {{ $item.queued_at }}\\n{{ end }}`;

export const AGENT_QUERIES = {
  agents: promql('agent.choice', series(METRIC_STUCK_THRESHOLD, CHOSEN_ENVIRONMENT)),
  threshold: promql('agent.threshold', `max(${recorded(STUCK_THRESHOLD, CHOSEN_AGENT)})`),
  beat: promql('agent.beat', `1000 * max(${recorded(NEWEST_BEAT, CHOSEN_AGENT)})`),
  openIssues: promql('agent.open-issues', `time() - ${recorded(OPENED_HELD, CHOSEN_AGENT)}`),
  queueOverTime: promql('agent.queue-over-time', `max(${series(METRIC_QUEUE_DEPTH, CHOSEN_AGENT)})`),
  taskTimes: promql(
    'agent.task-times',
    quantile(0.5, [ATTR_TASK_TYPE], risen(series(METRIC_TASK_DURATION, CHOSEN_AGENT, 'bucket'), STEP)),
  ),
  slowTasks: promql(
    'agent.slow-tasks',
    quantile(0.95, [ATTR_TASK_TYPE], risen(series(METRIC_TASK_DURATION, CHOSEN_AGENT, 'bucket'), STEP)),
  ),
  outcomes: promql(
    'agent.outcomes',
    by('sum', [ATTR_ERROR_TYPE], risen(series(METRIC_TASK_DURATION, CHOSEN_AGENT, 'count'), STEP)),
  ),
  toolCalls: promql('agent.tool-calls', by('sum', [ATTR_GEN_AI_TOOL_NAME], risen(tool('count'), RANGE))),
  toolFailures: promql(
    'agent.tool-failures',
    by(
      'sum',
      [ATTR_GEN_AI_TOOL_NAME],
      risen(series(METRIC_TOOL_DURATION, { ...CHOSEN_AGENT, [ATTR_ERROR_TYPE]: '!=""' }, 'count'), RANGE),
    ),
  ),
  toolTimes: promql('agent.tool-times', quantile(0.95, [ATTR_GEN_AI_TOOL_NAME], risen(tool('bucket'), RANGE))),
  llmCalls: promql(
    'agent.llm-calls',
    by('sum', [ATTR_GEN_AI_REQUEST_MODEL], risen(series(METRIC_LLM_DURATION, CHOSEN_AGENT, 'count'), RANGE)),
  ),
  llmTimes: promql(
    'agent.llm-times',
    quantile(0.95, [ATTR_GEN_AI_REQUEST_MODEL], risen(series(METRIC_LLM_DURATION, CHOSEN_AGENT, 'bucket'), RANGE)),
  ),
  llmTokens: promql(
    'agent.llm-tokens',
    by(
      'sum',
      [ATTR_GEN_AI_REQUEST_MODEL],
      risen(
        series(METRIC_TOKEN_USAGE, { ...CHOSEN_AGENT, [ATTR_GEN_AI_TOKEN_TYPE]: '=~"input|output"' }, 'sum'),
        RANGE,
      ),
    ),
  ),
  llmCost: promql(
    'agent.llm-cost',
    by('sum', [ATTR_GEN_AI_REQUEST_MODEL], risen(series(METRIC_LLM_COST, CHOSEN_AGENT), RANGE)),
  ),
  planSteps: promql(
    'agent.plan-steps',
    by('sum', [ATTR_OUTCOME], risen(series(METRIC_PLAN_STEPS, CHOSEN_AGENT), STEP)),
  ),
  retries: promql(
    'agent.retries-over-time',
    by('sum', [ATTR_TASK_TYPE], risen(series(METRIC_RETRY_COUNT, CHOSEN_AGENT), STEP)),
  ),
  lost: promql(
    'agent.lost-over-time',
    by('sum', [ATTR_TASK_TYPE], risen(series(METRIC_RETRY_BACKOFF, CHOSEN_AGENT), STEP)),
  ),
  escalations: promql(
    'agent.escalations-over-time',
    by('sum', [ATTR_TASK_TYPE], risen(series(METRIC_ESCALATION_COUNT, CHOSEN_AGENT), STEP)),
  ),
  approvalWaits: promql(
    'agent.approval-waits',
    quantile(0.95, [ATTR_APPROVAL_DECISION], risen(series(METRIC_APPROVAL_WAIT, CHOSEN_AGENT, 'bucket'), RANGE)),
  ),
  queueItems: logql(
    'agent.queue-items',
    logs(
      CHOSEN_STREAMS,
      isEvent(EVENT_QUEUE_SNAPSHOT),
      isChosen,
      where(ATTR_QUEUE_ITEMS, '!=""'),
      `line_format "${QUEUE_LINES}"`,
    ),
  ),
  activity: logql(
    'agent.activity',
    logs(
      CHOSEN_STREAMS,
      isChosen,
      '$filter',
      `${EVENT_LABEL}!="${EVENT_AGENT_HEARTBEAT}"`,
      `line_format "{{ .${EVENT_LABEL} }}  {{ __line__ }}"`,
    ),
  ),
  issueHistory: logql('agent.issue-history', logs(CHOSEN_STREAMS, isEvent(EVENT_ISSUE_LIFECYCLE), isChosen)),
  transitions: logql(
    'agent.issue-marks',
    logs(
      CHOSEN_STREAMS,
      isEvent(EVENT_ISSUE_LIFECYCLE),
      isChosen,
      where(ATTR_ISSUE_TRANSITION, '=~"opened|reopened|resolved|dismissed"'),
    ),
  ),
} as const;
