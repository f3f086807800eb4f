import type { ScopeLogs, ScopeMetrics, ScopeSpans } from '../otlp/model.ts';

/**
 * What the HTTP edge hands decoded requests to. The edge knows neither store nor lifecycle; what is behind this knows
 * neither sockets nor encodings. A method resolves once the batch is durable, so the edge answers 200 only then.
 */
export interface Receiver {
  logs(batch: readonly ScopeLogs[]): Promise<Receipt>;
  traces(batch: readonly ScopeSpans[]): Promise<Receipt>;
  metrics(batch: readonly ScopeMetrics[]): Promise<Receipt>;
}

/** `accepted`: answer 200 (with `partial_success` when some can never be taken); `retryable`: answer 503 with `Retry-After`. */
export type Receipt =
  | { readonly kind: 'accepted'; readonly rejected: number; readonly message: string }
  | { readonly kind: 'retryable'; readonly message: string; readonly retryAfterSeconds: number };

/** The answer to a batch that was taken whole. */
export const ACCEPTED: Receipt = { kind: 'accepted', rejected: 0, message: '' };
