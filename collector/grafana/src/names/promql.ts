import type { MetricDefinition } from '../../../../src/semconv.ts';
import { type CollectorMetric, COLLECTOR_JOB, type COLLECTOR_LABELS } from './collector-metrics.ts';
import { hasLabel } from './metric-labels.ts';
import { labelName, prometheusName } from './prometheus-name.ts';

/** Conditions on labels, by attribute name: `{ [ATTR_ISSUE_SEVERITY]: '="critical"' }`. */
export type Matchers = Readonly<Record<string, string>>;
/** Which series of a histogram. */
export type HistogramPart = 'bucket' | 'count' | 'sum';

/** A series that a recording rule keeps. Its labels are attribute names, like those of a metric. */
export interface Recorded {
  readonly record: string;
  readonly labels: readonly string[];
}

/** The series of a metric. Throws for a label that the metric does not have, so that no query asks for what is never sent. */
export function series(metric: MetricDefinition, matchers: Matchers = {}, part?: HistogramPart): string {
  for (const attribute of Object.keys(matchers)) {
    if (!hasLabel(metric, attribute)) throw new Error(`${metric.name} has no label ${attribute}`);
  }
  if ((metric.kind === 'histogram') !== (part !== undefined)) throw new Error(`${metric.name} is a ${metric.kind}`);
  return prometheusName(metric) + (part === undefined ? '' : `_${part}`) + braces(matchers);
}

/** The series that a rule recorded. */
export function recorded({ record, labels }: Recorded, matchers: Matchers = {}): string {
  for (const attribute of Object.keys(matchers)) {
    if (!labels.includes(attribute)) throw new Error(`${record} has no label ${attribute}`);
  }
  return record + braces(matchers);
}

/** The series of a metric of the Collector's own. */
export function collectorSeries(
  metric: CollectorMetric,
  matchers: Partial<Record<(typeof COLLECTOR_LABELS)[number], string>> = {},
): string {
  return metric + braces({ job: `="${COLLECTOR_JOB}"`, ...matchers });
}

/** `name by (labels) (inner)`. */
export function by(name: 'sum' | 'max' | 'min' | 'count', attributes: readonly string[], inner: string): string {
  return attributes.length === 0
    ? `${name}(${inner})`
    : `${name} by (${attributes.map(labelName).join(', ')}) (${inner})`;
}

/**
 * By how much a counter rose within a window, exactly: no extrapolation, and a series that was born within the window
 * counts from 0, which `increase()` leaves out: an agent's first escalation would not be seen. What was before the window
 * may be as old as `memory`, so that an outage of the metrics' way is not taken for a birth. After a reset without a new
 * `instance` it is what was counted since.
 *
 * Its `or` joins a series with itself, so it supplies no data that was not sent.
 */
export function risen(counter: string, window: string, memory = '1h'): string {
  const now = `last_over_time(${counter}[${window}])`;
  return `((${now} - last_over_time(${counter}[${memory}] offset ${window}) >= 0) or ${now})`;
}

/** Attribute names as the labels of a matching clause: `on (a, b)`. */
export function labels(attributes: readonly string[]): string {
  return attributes.map(labelName).join(', ');
}

function braces(matchers: Matchers): string {
  const conditions = Object.entries(matchers).map(([attribute, condition]) => labelName(attribute) + condition);
  return conditions.length === 0 ? '' : `{${conditions.join(', ')}}`;
}
