/**
 * The Collector's own metrics that are used, as Prometheus 3 scrapes them from Collector v0.155 (without `_total`). They
 * are no names of ours, so they are not in semconv.ts; a name that is not here cannot be written into a query.
 */
export const COLLECTOR_METRICS = {
  up: 'up',
  queueSize: 'otelcol_exporter_queue_size',
  queueCapacity: 'otelcol_exporter_queue_capacity',
  sentLogs: 'otelcol_exporter_sent_log_records',
  sentSpans: 'otelcol_exporter_sent_spans',
  sentPoints: 'otelcol_exporter_sent_metric_points',
  failedLogs: 'otelcol_exporter_send_failed_log_records',
  failedSpans: 'otelcol_exporter_send_failed_spans',
  failedPoints: 'otelcol_exporter_send_failed_metric_points',
  notQueuedLogs: 'otelcol_exporter_enqueue_failed_log_records',
  notQueuedSpans: 'otelcol_exporter_enqueue_failed_spans',
  notQueuedPoints: 'otelcol_exporter_enqueue_failed_metric_points',
  acceptedLogs: 'otelcol_receiver_accepted_log_records',
  acceptedSpans: 'otelcol_receiver_accepted_spans',
  acceptedPoints: 'otelcol_receiver_accepted_metric_points',
  refusedLogs: 'otelcol_receiver_refused_log_records',
  refusedSpans: 'otelcol_receiver_refused_spans',
  refusedPoints: 'otelcol_receiver_refused_metric_points',
  /** Only with `service.telemetry.metrics.level: detailed`, which overlays/tls-auth.yaml sets: nothing else counts a 401. */
  serverRequests: 'http_server_request_duration_count',
} as const;

export type CollectorMetric = (typeof COLLECTOR_METRICS)[keyof typeof COLLECTOR_METRICS];

/**
 * Exporters of collector.yaml that wait for the backend's answer and pass it on: each attempt that fails counts as dropped
 * there, and the translator has it still. What becomes of it, the translator's own metrics say.
 */
export const ANSWERING_EXPORTERS = 'otlp_(grpc|http)/(jaeger|loki|prometheus)_derived';

/** Labels of the metrics above. */
export const COLLECTOR_LABELS = [
  'job',
  'instance',
  'exporter',
  'receiver',
  'data_type',
  'http_response_status_code',
] as const;
/** The job that scrapes the Collector, in prometheus.yml. */
export const COLLECTOR_JOB = 'otelcol';
