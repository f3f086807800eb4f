import {
  ATTR_AGENT_ID,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_ISSUE_SEVERITY,
  METRIC_APPROVAL_PENDING,
  METRIC_HEARTBEAT_TIME,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OPENED_AT,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_QUEUE_DEPTH,
  METRIC_STUCK_THRESHOLD,
  METRIC_TRANSLATOR_REQUESTS,
  METRIC_TRANSLATOR_SNAPSHOT_TIME,
} from '../../../../src/semconv.ts';
import { ANSWERING_EXPORTERS, type CollectorMetric, COLLECTOR_METRICS } from '../names/collector-metrics.ts';
import { INSTANCE, JOB, pointAttributes, PROMOTED } from '../names/metric-labels.ts';
import { by, collectorSeries, labels, recorded, type Recorded, risen, series } from '../names/promql.ts';
import { promql, type Query } from '../query.ts';
import { AGENT_MEMORY, ISSUE_MEMORY, THRESHOLDS } from '../thresholds.ts';

/** What tells an agent from all others: the issues' identity has the same three. */
export const AGENT: readonly string[] = [ATTR_DEPLOYMENT_ENVIRONMENT_NAME, JOB, ATTR_AGENT_ID];

export const NEWEST_BEAT: Recorded = { record: 'hiveloop:agent_heartbeat:newest', labels: AGENT };
export const STUCK_THRESHOLD: Recorded = { record: 'hiveloop:agent_stuck_threshold:max', labels: AGENT };
export const SILENCE: Recorded = { record: 'hiveloop:agent_silence:ratio', labels: AGENT };
export const QUEUE_DEPTH: Recorded = { record: 'hiveloop:agent_queue_depth:max', labels: AGENT };
export const ATTENTION_PREFIX = 'hiveloop:agent_attention:';
export const DROPPED_PREFIX = 'hiveloop:collector_dropped:';
export const UNAUTHORIZED_PREFIX = 'hiveloop:unauthorized:';
export const SNAPSHOT_TIME: Recorded = { record: 'hiveloop:translator_snapshot:newest', labels: [INSTANCE] };
const DERIVED_AT: Recorded = { record: 'hiveloop:translator_derived:newest', labels: [INSTANCE] };
const OPENED_LABELS = [JOB, INSTANCE, ...PROMOTED, ...pointAttributes(METRIC_ISSUE_OPENED_AT)];
const OPENED_TOLD_AT: Recorded = { record: 'hiveloop:issue_opened:told_at', labels: OPENED_LABELS };
export const OPENED_HELD: Recorded = { record: 'hiveloop:issue_opened:held', labels: OPENED_LABELS };

/** How each of them answers a token that is missing or wrong. A 403 of the translator is about a page's origin. */
export const COLLECTOR_REFUSES_TOKEN = { http_response_status_code: '=~"401|403"' } as const;
export const TRANSLATOR_REFUSES_TOKEN = { [ATTR_HTTP_RESPONSE_STATUS_CODE]: '="401"' } as const;

/** A rule, and what is said about it in the file. */
export interface RecordingRule {
  readonly recorded: Recorded;
  readonly why: string;
  readonly query: Query;
}

function rule(recordedAs: Recorded, why: string, expr: string, expects: Query['expects'] = 'data'): RecordingRule {
  return { recorded: recordedAs, why, query: promql(`rule.${recordedAs.record}`, expr, expects) };
}

const BEATS = `${series(METRIC_HEARTBEAT_TIME)}[${AGENT_MEMORY}]`;

/** An agent's state, remembered for a day: a process that is gone sends nothing, and Prometheus forgets it in 5 min. */
export const AGENT_RULES: readonly RecordingRule[] = [
  rule(
    NEWEST_BEAT,
    'Unix time of the newest heartbeat of any instance of the agent, unless that instance was stopped on purpose (its last value is 0)',
    `${by('max', AGENT, `max_over_time(${BEATS}) and (last_over_time(${BEATS}) > 0)`)} >= ${by('max', AGENT, `max_over_time(${BEATS})`)}`,
  ),
  rule(
    STUCK_THRESHOLD,
    "The agent's own threshold",
    by('max', AGENT, `last_over_time(${series(METRIC_STUCK_THRESHOLD)}[${AGENT_MEMORY}])`),
  ),
  rule(
    SILENCE,
    'Age of the newest heartbeat in thresholds: above 1 the agent is silent',
    `(time() - ${recorded(NEWEST_BEAT)}) / ${recorded(STUCK_THRESHOLD)}`,
  ),
  rule(
    QUEUE_DEPTH,
    'The longest queue that an instance of the agent reports: instances that share a queue all report it',
    by('max', AGENT, series(METRIC_QUEUE_DEPTH)),
  ),
];

const attention = (part: string): Recorded => ({ record: `${ATTENTION_PREFIX}${part}`, labels: AGENT });
const openIssues = (severity: string): string =>
  by('sum', AGENT, series(METRIC_ISSUE_ACTIVE, { [ATTR_ISSUE_SEVERITY]: `="${severity}"` }));

/** Parts of one number, for the order of the fleet: their sum is asked by the common beginning of their names. */
export const ATTENTION_RULES: readonly RecordingRule[] = [
  rule(attention('silent'), 'Silent: 1000', `1000 * (${recorded(SILENCE)} > bool 1)`),
  rule(attention('critical'), 'Critical issues: 100 each', `100 * ${openIssues('critical')}`),
  rule(attention('high'), 'High issues: 20 each', `20 * ${openIssues('high')}`),
  rule(attention('medium'), 'Medium issues: 5 each', `5 * ${openIssues('medium')}`),
  rule(attention('low'), 'Low issues: 1 each', openIssues('low')),
  rule(
    attention('approvals'),
    'Approvals that wait: 10 each',
    `10 * ${by('sum', AGENT, series(METRIC_APPROVAL_PENDING))}`,
  ),
  rule(attention('queue'), 'A long queue: 10', `10 * (${recorded(QUEUE_DEPTH)} > bool ${THRESHOLDS.queueDepth})`),
];

const OPENED = series(METRIC_ISSUE_OPENED_AT);

/**
 * Which issues are open, also when the translator is not heard any more. An issue that closes is left out of the next
 * snapshot, whose other series go on; when data stops, all of them stop at one time. So an issue counts as open as long as
 * its last sample is as new as the newest of its store (one snapshot may be missed).
 */
export const ISSUE_RULES: readonly RecordingRule[] = [
  rule(
    SNAPSHOT_TIME,
    'Unix time of the newest snapshot of each store',
    by('max', [INSTANCE], `max_over_time(${series(METRIC_TRANSLATOR_SNAPSHOT_TIME)}[${ISSUE_MEMORY}])`),
  ),
  rule(
    DERIVED_AT,
    'When the derived series of each store were last sent: the transitions are in every snapshot and never end with an issue',
    by('max', [INSTANCE], `timestamp(${series(METRIC_ISSUE_TRANSITIONS)})`),
  ),
  rule(OPENED_TOLD_AT, 'When each open issue was last told', `timestamp(${OPENED})`),
  rule(
    OPENED_HELD,
    'Unix time at which each issue opened that is open as far as is known',
    `last_over_time(${OPENED}[${ISSUE_MEMORY}]) and (max_over_time(${recorded(OPENED_TOLD_AT)}[${ISSUE_MEMORY}]) ` +
      `>= on (${labels([INSTANCE])}) group_left () (max_over_time(${recorded(DERIVED_AT)}[${ISSUE_MEMORY}]) - 90))`,
  ),
];

/** What the Collector's exporters gave up, or could not put into their queues, within 15 minutes. */
export const COLLECTOR_RULES: readonly RecordingRule[] = (
  [
    ['failed_logs', COLLECTOR_METRICS.failedLogs],
    ['failed_spans', COLLECTOR_METRICS.failedSpans],
    ['failed_points', COLLECTOR_METRICS.failedPoints],
    ['not_queued_logs', COLLECTOR_METRICS.notQueuedLogs],
    ['not_queued_spans', COLLECTOR_METRICS.notQueuedSpans],
    ['not_queued_points', COLLECTOR_METRICS.notQueuedPoints],
  ] as const satisfies readonly (readonly [string, CollectorMetric])[]
).map(([name, metric]) =>
  rule(
    { record: `${DROPPED_PREFIX}${name}`, labels: ['exporter'] },
    'By exporter, within 15 minutes; not those that pass the answer on to the translator, which keeps what was not taken',
    by('sum', ['exporter'], risen(collectorSeries(metric, { exporter: `!~"${ANSWERING_EXPORTERS}"` }), '15m', '6h')),
    { empty: 'the Collector has this counter only once it has dropped something' },
  ),
);

const SERVER: readonly string[] = [JOB, INSTANCE];
const unauthorized = (at: string): Recorded => ({ record: `${UNAUTHORIZED_PREFIX}${at}`, labels: SERVER });

/** Requests refused for their token within 15 minutes: nobody but the server that refuses counts them, and senders drop their data. */
export const UNAUTHORIZED_RULES: readonly RecordingRule[] = [
  rule(
    unauthorized('collector'),
    'By the Collector, within 15 minutes',
    by('sum', SERVER, risen(collectorSeries(COLLECTOR_METRICS.serverRequests, COLLECTOR_REFUSES_TOKEN), '15m', '6h')),
    { empty: 'the default Collector asks for no token and counts no HTTP answers; overlays/tls-auth.yaml does both' },
  ),
  rule(
    unauthorized('translator'),
    'By the translator, within 15 minutes. Its counter is there from the start, at 0, so increase() sees the first one too',
    by('sum', SERVER, `increase(${series(METRIC_TRANSLATOR_REQUESTS, TRANSLATOR_REFUSES_TOKEN)}[15m])`),
  ),
];

/** The sum of recorded series whose names begin alike: a union without `or`, in which a part that has no data is left out. */
export function sumOfAll(prefix: string, by: readonly string[], matchers = ''): string {
  return `sum by (${labels(by)}) ({__name__=~"${prefix}.+"${matchers}})`;
}
