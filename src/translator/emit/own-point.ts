import type { MetricDefinition } from '../../semconv.ts';
import type { Attributes } from '../otlp/model.ts';

/** A value of the translator's own telemetry. */
export interface OwnPoint {
  readonly definition: MetricDefinition;
  readonly attributes: Attributes;
  readonly value: number;
}
