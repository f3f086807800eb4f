import * as semconv from '../../../../src/semconv.ts';

/** What Prometheus makes of a resource without being told: `service.namespace/service.name`, `service.instance.id`. */
export const JOB = 'job';
export const INSTANCE = 'instance';

/** Resource attributes that prometheus.yml promotes to labels. */
export const PROMOTED: readonly string[] = [
  semconv.ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  semconv.ATTR_AGENT_ID,
  semconv.ATTR_AGENT_TYPE,
];

const AGENT = [semconv.ATTR_AGENT_ID, semconv.ATTR_AGENT_TYPE];
const GEN_AI = [semconv.ATTR_AGENT_ID, semconv.ATTR_GEN_AI_AGENT_NAME, semconv.ATTR_GEN_AI_OPERATION_NAME];
const MODEL = semconv.ATTR_GEN_AI_REQUEST_MODEL;
const ISSUE = [semconv.ATTR_AGENT_ID];

/** The attributes on the points of each metric: a query may name these, the promoted ones, `job` and `instance`. */
const ATTRIBUTES: ReadonlyMap<semconv.MetricDefinition, readonly string[]> = new Map([
  [semconv.METRIC_TASK_DURATION, [...GEN_AI, semconv.ATTR_TASK_TYPE, semconv.ATTR_ERROR_TYPE]],
  [semconv.METRIC_TOOL_DURATION, [...GEN_AI, semconv.ATTR_GEN_AI_TOOL_NAME, semconv.ATTR_ERROR_TYPE]],
  [semconv.METRIC_LLM_DURATION, [...GEN_AI, MODEL, semconv.ATTR_ERROR_TYPE]],
  [semconv.METRIC_TOKEN_USAGE, [...GEN_AI, MODEL, semconv.ATTR_GEN_AI_TOKEN_TYPE]],
  [semconv.METRIC_LLM_COST, [...AGENT, MODEL]],
  [semconv.METRIC_RETRY_COUNT, [...AGENT, semconv.ATTR_TASK_TYPE]],
  [semconv.METRIC_RETRY_BACKOFF, [...AGENT, semconv.ATTR_TASK_TYPE]],
  [semconv.METRIC_ESCALATION_COUNT, [...AGENT, semconv.ATTR_TASK_TYPE]],
  [semconv.METRIC_APPROVAL_PENDING, AGENT],
  [semconv.METRIC_APPROVAL_OLDEST_AGE, AGENT],
  [semconv.METRIC_APPROVAL_WAIT, [...AGENT, semconv.ATTR_APPROVAL_DECISION]],
  [semconv.METRIC_PLAN_STEPS, [...AGENT, semconv.ATTR_TASK_TYPE, semconv.ATTR_OUTCOME]],
  [semconv.METRIC_TASK_ACTIVE, AGENT],
  [semconv.METRIC_QUEUE_DEPTH, AGENT],
  [semconv.METRIC_QUEUE_OLDEST_AGE, AGENT],
  [semconv.METRIC_HEARTBEAT_TIME, AGENT],
  [semconv.METRIC_STUCK_THRESHOLD, AGENT],
  [semconv.METRIC_ISSUE_REPORTS, [...AGENT, semconv.ATTR_ISSUE_SEVERITY, semconv.ATTR_ISSUE_CATEGORY]],
  [semconv.METRIC_ISSUE_ACTIVE, [...ISSUE, semconv.ATTR_ISSUE_SEVERITY, semconv.ATTR_ISSUE_CATEGORY]],
  [semconv.METRIC_ISSUE_TRANSITIONS, [...ISSUE, semconv.ATTR_ISSUE_TRANSITION]],
  [semconv.METRIC_ISSUE_OCCURRENCES, ISSUE],
  [semconv.METRIC_ISSUE_OLDEST_AGE, ISSUE],
  [
    semconv.METRIC_ISSUE_OPENED_AT,
    [...ISSUE, semconv.ATTR_ISSUE_ID, semconv.ATTR_ISSUE_FINGERPRINT, semconv.ATTR_ISSUE_SEVERITY],
  ],
  [semconv.METRIC_ISSUE_OPENED_AT_OMITTED, []],
  [semconv.METRIC_ISSUE_TIME_TO_RESOLVE, [...ISSUE, semconv.ATTR_ISSUE_SEVERITY, semconv.ATTR_ISSUE_TRANSITION]],
  [semconv.METRIC_TRANSLATOR_EVENTS_RECEIVED, []],
  [semconv.METRIC_TRANSLATOR_EVENTS, [semconv.ATTR_RESULT]],
  [semconv.METRIC_TRANSLATOR_RECORDS, [semconv.ATTR_RESULT]],
  [semconv.METRIC_TRANSLATOR_REQUESTS, [semconv.ATTR_SIGNAL, semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]],
  [semconv.METRIC_TRANSLATOR_SNAPSHOT_TIME, []],
  [semconv.METRIC_TRANSLATOR_STORE_CREATED, []],
  [semconv.METRIC_TRANSLATOR_WINDOW_SHORTENED, []],
  [semconv.METRIC_TRANSLATOR_OUTBOX_ROWS, [semconv.ATTR_SIGNAL]],
  [semconv.METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE, [semconv.ATTR_SIGNAL]],
  [semconv.METRIC_TRANSLATOR_OUTBOX_PARKED, [semconv.ATTR_SIGNAL]],
  [semconv.METRIC_TRANSLATOR_OUTBOX_AGED_OUT, [semconv.ATTR_SIGNAL]],
  [semconv.METRIC_TRANSLATOR_OUTBOX_REJECTED, [semconv.ATTR_SIGNAL]],
]);

/** The attributes on a metric's points, without those of the resource. */
export function pointAttributes(metric: semconv.MetricDefinition): readonly string[] {
  const attributes = ATTRIBUTES.get(metric);
  if (attributes === undefined) throw new Error(`${metric.name}: its labels are not in metric-labels.ts`);
  return attributes;
}

/** Whether a metric can be asked by this attribute. */
export function hasLabel(metric: semconv.MetricDefinition, attribute: string): boolean {
  return attribute === JOB || attribute === INSTANCE || [...PROMOTED, ...pointAttributes(metric)].includes(attribute);
}
