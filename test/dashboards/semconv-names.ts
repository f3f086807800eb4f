import * as semconv from '../../src/semconv.ts';

/** Every metric of semconv.ts. */
export function allMetrics(): readonly semconv.MetricDefinition[] {
  return Object.entries(semconv).flatMap(([name, value]) =>
    name.startsWith('METRIC_') ? [value as semconv.MetricDefinition] : [],
  );
}

/** Every attribute name of semconv.ts. */
export function allAttributes(): readonly string[] {
  return Object.entries(semconv).flatMap(([name, value]) =>
    name.startsWith('ATTR_') && typeof value === 'string' ? [value] : [],
  );
}
