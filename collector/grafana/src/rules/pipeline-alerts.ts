import {
  ATTR_RESULT,
  ATTR_SIGNAL,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_OUTBOX_AGED_OUT,
  METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE,
  METRIC_TRANSLATOR_OUTBOX_PARKED,
  METRIC_TRANSLATOR_OUTBOX_REJECTED,
  METRIC_TRANSLATOR_WINDOW_SHORTENED,
  type MetricDefinition,
} from '../../../../src/semconv.ts';
import { COLLECTOR_METRICS } from '../names/collector-metrics.ts';
import { INSTANCE, JOB } from '../names/metric-labels.ts';
import { by, collectorSeries, type Matchers, series } from '../names/promql.ts';
import { promql, type Query } from '../query.ts';
import { ISSUE_MEMORY, THRESHOLDS } from '../thresholds.ts';
import type { Alert } from './alert.ts';
import { DROPPED_PREFIX, sumOfAll, UNAUTHORIZED_PREFIX } from './recording.ts';

const HEALTHY = { empty: 'nothing goes wrong in the pipeline of the scenario' };
const WINDOW = '15m';
const STORE = 'Translator with store {{ $labels.instance }}';

/** A counter of the translator's that should stand still. They are there from the start, at 0, so `increase` sees the first one too. */
function moved(id: string, metric: MetricDefinition, labels: readonly string[], matchers: Matchers = {}): Query {
  const expr = by('sum', [INSTANCE, ...labels], `increase(${series(metric, matchers)}[${WINDOW}])`);
  return promql(id, `${expr} > 0`, HEALTHY);
}

/** The same of the Collector's exporters, as the rules have recorded it. */
const dropped = (exporter: string): string => sumOfAll(DROPPED_PREFIX, ['exporter'], `, exporter${exporter}`);

export const PIPELINE_ALERTS: readonly Alert[] = [
  {
    name: 'HiveLoopTranslatorNotReady',
    severity: 'critical',
    query: promql(
      'alert.translator-not-ready',
      `${by('max', [INSTANCE, ATTR_SIGNAL], `last_over_time(${series(METRIC_TRANSLATOR_OUTBOX_OLDEST_AGE)}[${ISSUE_MEMORY}])`)} > ${THRESHOLDS.outboxSeconds}`,
      HEALTHY,
    ),
    for: '1m',
    keepFiringFor: '5m',
    summary: `${STORE} is not ready: its {{ $labels.hiveloop_signal }} do not go out`,
    description:
      'The oldest has waited for {{ $value | humanizeDuration }}. Nothing is lost yet; openings and closings are told late.',
  },
  {
    name: 'HiveLoopRecordsParked',
    severity: 'warning',
    query: moved('alert.records-parked', METRIC_TRANSLATOR_OUTBOX_PARKED, [ATTR_SIGNAL]),
    for: '0m',
    keepFiringFor: '30m',
    summary: `${STORE} has parked {{ $labels.hiveloop_signal }}`,
    description:
      'About {{ $value | printf "%.0f" }} were refused by the receiver for good and set aside, with the reason.',
  },
  {
    name: 'HiveLoopRecordsAgedOut',
    severity: 'warning',
    query: moved('alert.records-aged-out', METRIC_TRANSLATOR_OUTBOX_AGED_OUT, [ATTR_SIGNAL]),
    for: '0m',
    keepFiringFor: '30m',
    summary: `${STORE} dropped {{ $labels.hiveloop_signal }} that waited too long`,
    description: 'About {{ $value | printf "%.0f" }} were never told, because the receiver was away for too long.',
  },
  {
    name: 'HiveLoopRecordsRejected',
    severity: 'warning',
    query: moved('alert.records-rejected', METRIC_TRANSLATOR_OUTBOX_REJECTED, [ATTR_SIGNAL]),
    for: '0m',
    keepFiringFor: '30m',
    summary: `The receiver rejected {{ $labels.hiveloop_signal }} of the translator with store {{ $labels.instance }}`,
    description:
      'About {{ $value | printf "%.0f" }} were rejected inside an answer of success (partial success), so they are not in the backend.',
  },
  {
    name: 'HiveLoopEventsRejected',
    severity: 'warning',
    query: moved('alert.events-rejected', METRIC_TRANSLATOR_EVENTS, [], { [ATTR_RESULT]: '="rejected"' }),
    for: '0m',
    keepFiringFor: '30m',
    summary: `${STORE} rejects issue events`,
    description:
      'About {{ $value | printf "%.0f" }} had no agent id or no summary. Their senders were told so in the answer.',
  },
  {
    name: 'HiveLoopEventsStraggling',
    severity: 'warning',
    query: moved('alert.events-straggling', METRIC_TRANSLATOR_EVENTS, [], { [ATTR_RESULT]: '="straggler"' }),
    for: '0m',
    keepFiringFor: '30m',
    summary: `Issue events come too late for the translator with store {{ $labels.instance }}`,
    description:
      'About {{ $value | printf "%.0f" }} came after the reorder window: they were counted, and changed no state.',
  },
  {
    name: 'HiveLoopWindowShortened',
    severity: 'warning',
    query: moved('alert.window-shortened', METRIC_TRANSLATOR_WINDOW_SHORTENED, []),
    for: '0m',
    keepFiringFor: '30m',
    summary: `The reorder window of the translator with store {{ $labels.instance }} is shortened`,
    description:
      'About {{ $value | printf "%.0f" }} events were folded early: an issue gets more than 1 024 reports within the window.',
  },
  {
    name: 'HiveLoopCollectorDown',
    severity: 'critical',
    query: promql('alert.collector-down', `${collectorSeries(COLLECTOR_METRICS.up)} == 0`, HEALTHY),
    for: '1m',
    keepFiringFor: '5m',
    summary: 'Collector {{ $labels.instance }} is down',
    description:
      'Prometheus cannot scrape it. Nothing arrives through it: services keep their data for as long as they can.',
  },
  {
    name: 'HiveLoopCollectorQueueFilling',
    severity: 'warning',
    query: promql(
      'alert.collector-queue-filling',
      `${collectorSeries(COLLECTOR_METRICS.queueSize)} / ${collectorSeries(COLLECTOR_METRICS.queueCapacity)} > ${THRESHOLDS.queueFill}`,
      HEALTHY,
    ),
    for: '5m',
    keepFiringFor: '10m',
    summary: 'The queue of {{ $labels.exporter }} in Collector {{ $labels.instance }} fills',
    description:
      'It is {{ $value | humanizePercentage }} full. When it is full, services get 503 and have to keep their data.',
  },
  {
    name: 'HiveLoopCollectorDropping',
    severity: 'warning',
    query: promql('alert.collector-dropping', `${dropped('!~"otlp_http/translator.*"')} > 0`, HEALTHY),
    for: '0m',
    keepFiringFor: '30m',
    summary: 'The Collector drops data for {{ $labels.exporter }}',
    description: '{{ $value }} records were given up or not taken in 15 minutes.',
  },
  {
    name: 'HiveLoopTranslatorRefuses',
    severity: 'critical',
    query: promql('alert.translator-refuses', `${dropped('=~"otlp_http/translator.*"')} > 0`, HEALTHY),
    for: '0m',
    keepFiringFor: '1h',
    summary: 'Issue events do not get through: the translator refuses them, or its queue in the Collector is full',
    description:
      '{{ $value }} records. What is refused is lost, most often for a token: 401. With the queue full, services get 503 and send again for as long as their SDK does.',
  },
  {
    name: 'HiveLoopRequestsUnauthorized',
    severity: 'warning',
    query: promql('alert.requests-unauthorized', `${sumOfAll(UNAUTHORIZED_PREFIX, [JOB, INSTANCE])} > 0`, {
      empty: 'nobody sends a wrong token in the scenario',
    }),
    for: '0m',
    keepFiringFor: '30m',
    summary: '{{ $labels.job }} {{ $labels.instance }} refuses requests for their token',
    description: 'About {{ $value | printf "%.0f" }} in 15 minutes. Senders drop their data at a 401.',
  },
];
