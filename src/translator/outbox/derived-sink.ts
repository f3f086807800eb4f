import type { ScopeLogs, ScopeMetricData, ScopeSpans } from '../otlp/model.ts';

/** Where derived telemetry goes. A method never throws: what happened is its answer. */
export interface DerivedSink {
  logs(batch: readonly ScopeLogs[]): Promise<SendOutcome>;
  traces(batch: readonly ScopeSpans[]): Promise<SendOutcome>;
  metrics(batch: readonly ScopeMetricData[]): Promise<SendOutcome>;
}

/**
 * `accepted`: the receiver has it. `retryable`: it may work later, the same again. `refused`: the receiver will never
 * take this batch; a part of it perhaps.
 */
export type SendOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'retryable'; readonly reason: string; readonly retryAfterMillis: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };
