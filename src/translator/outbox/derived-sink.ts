import type { ScopeLogs, ScopeMetricData, ScopeSpans } from '../otlp/model.ts';

/** Where derived telemetry goes. A method never throws: what happened is its answer. */
export interface DerivedSink {
  logs(batch: readonly ScopeLogs[]): Promise<SendOutcome>;
  traces(batch: readonly ScopeSpans[]): Promise<SendOutcome>;
  metrics(batch: readonly ScopeMetricData[]): Promise<SendOutcome>;
  /**
   * Takes an export request in protobuf, to be put on the wire as it is. Default: the request is decoded and given to
   * `logs` or `traces`.
   */
  encoded?(signal: 'logs' | 'traces', body: Uint8Array): Promise<SendOutcome>;
}

/**
 * `accepted`: the receiver has it; what it `rejected` of it (partial success) it will never take. `retryable`: it may
 * work later, the same again. `refused`: the receiver will never take this batch; a part of it perhaps.
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly rejected?: number; readonly reason?: string }
  | { readonly kind: 'retryable'; readonly reason: string; readonly retryAfterMillis: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };
