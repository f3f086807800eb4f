import type { AnyValue, Attributes } from '../../src/translator/otlp/model.ts';
import type { Origin } from './collector.ts';
import { textOf } from './text.ts';

/** One data point of any kind of metric. */
export interface MetricPoint extends Origin {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'number';
  /** Of a histogram: the sum of what was recorded. */
  readonly value: number;
  /** Of a histogram: how often something was recorded. */
  readonly count: number | undefined;
  readonly attributes: Attributes;
}

interface JsonValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}
interface JsonPoint {
  readonly attributes?: readonly JsonAttribute[];
  readonly asInt?: number | string;
  readonly asDouble?: number;
  readonly sum?: number;
  readonly count?: number | string;
}
interface JsonAttribute {
  readonly key: string;
  readonly value: JsonValue;
}
interface JsonPoints {
  readonly dataPoints: readonly JsonPoint[];
}
type JsonMetric = { readonly name: string; readonly unit: string } & Partial<
  Record<(typeof KINDS)[number], JsonPoints>
>;
interface JsonRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly JsonAttribute[] };
    readonly scopeMetrics: readonly { readonly scope: Origin['scope']; readonly metrics: readonly JsonMetric[] }[];
  }[];
}

const KINDS = ['gauge', 'sum', 'histogram'] as const;

/** The data points of an `ExportMetricsServiceRequest` in JSON, as an SDK sends it. */
export function pointsFromJson(body: string): readonly MetricPoint[] {
  const request = JSON.parse(body) as JsonRequest;
  return request.resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap((metric) =>
        pointsOf(metric).map((point) => ({ ...point, scope, resource: attributesOf(resource.attributes) })),
      ),
    ),
  );
}

/** The last value of each series of a metric, by its labels as `key=value` in the order of the keys. */
export function lastValues(points: readonly MetricPoint[], name: string): Readonly<Record<string, number>> {
  const series = points
    .filter((point) => point.name === name)
    .map((point): [string, number] => [labelsOf(point), point.value]);
  return Object.fromEntries(series);
}

export function labelsOf({ attributes }: MetricPoint): string {
  return Object.keys(attributes)
    .sort()
    .map((key) => `${key}=${textOf(attributes[key])}`)
    .join(' ');
}

function pointsOf(metric: JsonMetric): readonly Omit<MetricPoint, keyof Origin>[] {
  return KINDS.flatMap((kind) =>
    (metric[kind]?.dataPoints ?? []).map((point) => ({
      name: metric.name,
      unit: metric.unit,
      kind,
      value: Number(point.asInt ?? point.asDouble ?? point.sum),
      count: point.count === undefined ? undefined : Number(point.count),
      attributes: attributesOf(point.attributes ?? []),
    })),
  );
}

function attributesOf(list: readonly JsonAttribute[]): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf({ stringValue, intValue, doubleValue, boolValue }: JsonValue): AnyValue {
  return stringValue ?? doubleValue ?? boolValue ?? Number(intValue);
}
