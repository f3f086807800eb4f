import type { MetricDefinition } from '../../../src/semconv.ts';

/** Metrics that no panel shows, with the reason. The test wants every other metric of semconv.ts in a panel. */
export const UNSHOWN: readonly { readonly metric: MetricDefinition; readonly why: string }[] = [];
