import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_RESULT,
  ATTR_SIGNAL,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_EVENTS_RECEIVED,
  METRIC_TRANSLATOR_OUTBOX_AGED_OUT,
  METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE,
  METRIC_TRANSLATOR_OUTBOX_PARKED,
  METRIC_TRANSLATOR_OUTBOX_REJECTED,
  METRIC_TRANSLATOR_OUTBOX_ROWS,
  METRIC_TRANSLATOR_RECORDS,
  METRIC_TRANSLATOR_REQUESTS,
  METRIC_TRANSLATOR_STORE_CREATED,
  METRIC_TRANSLATOR_WINDOW_SHORTENED,
} from '../../../../src/semconv.ts';
import { COLLECTOR_METRICS, type CollectorMetric } from '../names/collector-metrics.ts';
import { INSTANCE } from '../names/metric-labels.ts';
import { by, collectorSeries, recorded, risen, series } from '../names/promql.ts';
import { promql, type Query } from '../query.ts';
import {
  COLLECTOR_REFUSES_TOKEN,
  DROPPED_PREFIX,
  SNAPSHOT_TIME,
  sumOfAll,
  TRANSLATOR_REFUSES_TOKEN,
} from '../rules/recording.ts';

const STEP = '$__interval';
const RANGE = '$__range';
const NOT_UNTIL = { empty: 'the Collector has this counter only once it has counted something' };
const { acceptedLogs, acceptedSpans, acceptedPoints, refusedLogs, refusedSpans, refusedPoints } = COLLECTOR_METRICS;

const received = (id: string, metric: CollectorMetric): Query =>
  promql(`health.${id}`, by('sum', ['receiver'], risen(collectorSeries(metric), STEP)));
const sent = (id: string, metric: CollectorMetric): Query =>
  promql(`health.${id}`, by('sum', ['exporter'], risen(collectorSeries(metric), STEP)));

export const HEALTH = {
  snapshotAge: promql('health.snapshot-age', by('max', [INSTANCE], `time() - ${recorded(SNAPSHOT_TIME)}`)),
  storeAge: promql('health.store-age', by('max', [INSTANCE], `time() - ${series(METRIC_TRANSLATOR_STORE_CREATED)}`)),
  outboxAge: promql('health.outbox-age', by('max', [ATTR_SIGNAL], series(METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE))),
  outboxRows: promql('health.outbox-rows', by('sum', [ATTR_SIGNAL], series(METRIC_TRANSLATOR_OUTBOX_ROWS))),
  parked: promql('health.parked', `sum(${series(METRIC_TRANSLATOR_OUTBOX_PARKED)})`),
  agedOut: promql('health.aged-out', `sum(${series(METRIC_TRANSLATOR_OUTBOX_AGED_OUT)})`),
  rejectedBelow: promql('health.rejected-below', `sum(${series(METRIC_TRANSLATOR_OUTBOX_REJECTED)})`),
  receivedEvents: promql('health.received', `sum(${risen(series(METRIC_TRANSLATOR_EVENTS_RECEIVED), RANGE)})`),
  accountedEvents: promql('health.accounted', `sum(${risen(series(METRIC_TRANSLATOR_EVENTS), RANGE)})`),
  events: promql('health.events', by('sum', [ATTR_RESULT], risen(series(METRIC_TRANSLATOR_EVENTS), STEP))),
  records: promql('health.records', by('sum', [ATTR_RESULT], risen(series(METRIC_TRANSLATOR_RECORDS), STEP))),
  shortened: promql('health.shortened', `sum(${series(METRIC_TRANSLATOR_WINDOW_SHORTENED)})`),
  collectorUp: promql('health.collector-up', collectorSeries(COLLECTOR_METRICS.up)),
  queueFill: promql(
    'health.queue-fill',
    by(
      'max',
      ['exporter', 'data_type'],
      `${collectorSeries(COLLECTOR_METRICS.queueSize)} / ${collectorSeries(COLLECTOR_METRICS.queueCapacity)}`,
    ),
  ),
  dropped: promql('health.dropped', sumOfAll(DROPPED_PREFIX, ['exporter']), {
    empty: 'nothing is dropped in the scenario, and the Collector has these counters only once something was',
  }),
  acceptedLogs: received('accepted-logs', acceptedLogs),
  acceptedSpans: received('accepted-spans', acceptedSpans),
  acceptedPoints: received('accepted-points', acceptedPoints),
  refusedLogs: received('refused-logs', refusedLogs),
  refusedSpans: received('refused-spans', refusedSpans),
  refusedPoints: received('refused-points', refusedPoints),
  sentLogs: sent('sent-logs', COLLECTOR_METRICS.sentLogs),
  sentSpans: sent('sent-spans', COLLECTOR_METRICS.sentSpans),
  sentPoints: sent('sent-points', COLLECTOR_METRICS.sentPoints),
  unauthorized: promql(
    'health.unauthorized',
    `sum(${risen(collectorSeries(COLLECTOR_METRICS.serverRequests, COLLECTOR_REFUSES_TOKEN), RANGE)})`,
    NOT_UNTIL,
  ),
  translatorUnauthorized: promql(
    'health.translator-unauthorized',
    `sum(${risen(series(METRIC_TRANSLATOR_REQUESTS, TRANSLATOR_REFUSES_TOKEN), RANGE)})`,
  ),
  answers: promql(
    'health.answers',
    by('sum', [ATTR_HTTP_RESPONSE_STATUS_CODE], risen(series(METRIC_TRANSLATOR_REQUESTS), STEP)),
  ),
  refusals: promql(
    'health.refusals',
    by(
      'sum',
      [ATTR_SIGNAL],
      risen(series(METRIC_TRANSLATOR_REQUESTS, { [ATTR_HTTP_RESPONSE_STATUS_CODE]: '=~"4.."' }), STEP),
    ),
  ),
} as const;
