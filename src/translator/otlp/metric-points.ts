import type { Attributes, NumberPoint, ScopeMetrics } from './model.ts';
import type { ScopeItems } from './scope-items.ts';

/** One metric as both decoders read it: the points that are read, and how many there were. */
export interface MetricPoints {
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
  const pointCount = items.reduce((count, metric) => count + metric.pointCount, 0);
  return { resource, scope, points: items.flatMap((metric) => metric.points), pointCount };
}
