import type { AnyValue, Attributes, MetricData, MetricPoint } from '../otlp/model.ts';

/** Content type of {@link prometheusText}. */
export const PROMETHEUS_TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics in Prometheus' text format 0.0.4, for a scrape. Names and labels are those that Prometheus itself makes of
 * OTLP: `hiveloop.issue.oldest_age` in `s` is `hiveloop_issue_oldest_age_seconds`, a counter ends in `_total`. So a query
 * finds a series whichever way it came. No timestamps: the scrape has its own; a series that has ended is left out.
 */
export function prometheusText(metrics: readonly MetricData[]): string {
  const families = new Map<string, { readonly metric: MetricData; readonly lines: string[] }>();
  for (const metric of metrics) {
    const name = prometheusName(metric);
    const family = families.get(name) ?? { metric, lines: [] };
    families.set(name, family);
    for (const point of metric.points) {
      if (!point.isEnd) family.lines.push(...sampleLines(name, metric, point));
    }
  }
  return [...families].map(([name, { metric, lines }]) => familyText(name, metric, lines)).join('');
}

function familyText(name: string, { description, kind }: MetricData, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${[`# HELP ${name} ${escapeHelp(description)}`, `# TYPE ${name} ${kind}`, ...lines].join('\n')}\n`;
}

function sampleLines(name: string, { kind }: MetricData, point: MetricPoint): readonly string[] {
  const labels = labelTexts(point.attributes);
  if (kind !== 'histogram') return [sample(name, labels, point.value)];
  const { boundaries, bucketCounts } = point.distribution ?? { boundaries: [], bucketCounts: [] };
  let count = 0;
  const buckets = bucketCounts.map((bucket, index) => {
    count += bucket;
    const bound = numberText(boundaries[index] ?? Infinity);
    return sample(`${name}_bucket`, [...labels, `le="${bound}"`], count);
  });
  return [...buckets, sample(`${name}_sum`, labels, point.value), sample(`${name}_count`, labels, count)];
}

function sample(name: string, labels: readonly string[], value: number): string {
  return `${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`} ${numberText(value)}`;
}

/** Units that become part of the name; one in braces is an annotation and does not. */
const UNIT_NAMES: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds', By: 'bytes', '1': 'ratio' };

function prometheusName({ name, unit, kind }: MetricData): string {
  const words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  const isRatioOfOther = unit === '1' && kind !== 'gauge';
  const unitName = isRatioOfOther ? undefined : UNIT_NAMES[unit];
  if (unitName !== undefined && !words.includes(unitName)) words.push(unitName);
  if (kind === 'counter') return [...words.filter((word) => word !== 'total'), 'total'].join('_');
  return words.join('_');
}

function labelTexts(attributes: Attributes): readonly string[] {
  const labels = Object.entries(attributes).map(
    ([key, value]) => [key.replace(/[^a-zA-Z0-9_]+/g, '_').replace(/^(?=\d)/, 'key_'), valueText(value)] as const,
  );
  return labels.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
}

function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
