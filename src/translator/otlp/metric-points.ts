import type { Attributes, NumberPoint, ScopeMetrics } from './model.ts';
import type { ScopeItems } from './scope-items.ts';
import { SkippedCount, skippedField } from './skipped.ts';

/** One metric as both decoders read it: the points that are read, and how many there were. */
export interface MetricPoints {
  readonly name: string;
  readonly points: readonly NumberPoint[];
  readonly pointCount: number;
}

/** A point before its metric's name and unit are known; without a value it is only counted. */
export interface UnnamedPoint {
  readonly value: number | undefined;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export function namePoints(name: string, unit: string, points: readonly UnnamedPoint[]): readonly NumberPoint[] {
  return points.flatMap(({ value, timeUnixNano, attributes }) =>
    value === undefined ? [] : [{ name, unit, value, timeUnixNano, attributes }],
  );
}

export function toScopeMetrics({ resource, scope, items }: ScopeItems<MetricPoints>): ScopeMetrics {
  const skipped = new SkippedCount();
  let pointCount = 0;
  for (const metric of items) {
    pointCount += metric.pointCount;
    skipped.add(metric.name, metric.pointCount - metric.points.length);
  }
  return { resource, scope, points: items.flatMap(({ points }) => points), pointCount, ...skippedField(skipped) };
}
