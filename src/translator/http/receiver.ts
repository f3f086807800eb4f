import type { Encoding, ScopeLogs, ScopeMetrics, ScopeSpans } from '../otlp/model.ts';

/**
 * What the HTTP edge hands decoded requests to. The edge knows neither store nor lifecycle; what is behind this knows
 * neither sockets nor encodings. A method resolves once the batch is durable, so the edge answers 200 only then.
 */
export interface Receiver {
  /** @param sent what the batch was decoded from, where there is such a thing: a store may keep it as it is */
  logs(batch: readonly ScopeLogs[], sent?: SentBody): Promise<Receipt>;
  /**
   * The same for logs in protobuf, from their bytes: for a receiver that picks out of them what it wants, and builds no
   * records. What it does not want it need not look into, so what is malformed there may stay unseen. Default: the edge
   * decodes them for `logs`.
   * @param body an `ExportLogsServiceRequest`, unpacked; there until the promise is settled
   * @throws MalformedBodyError for a body that is none; the edge answers 400
   */
  encodedLogs?(body: Uint8Array, sent: SentBody): Promise<Receipt>;
  traces(batch: readonly ScopeSpans[], sent?: SentBody): Promise<Receipt>;
  metrics(batch: readonly ScopeMetrics[]): Promise<Receipt>;
}

/** The body of an export request as it came, whole. Its bytes are there until the receiver's promise is settled. */
export interface SentBody {
  readonly encoding: Encoding;
  readonly isGzip: boolean;
  readonly bytes: Uint8Array;
  /** Length of `bytes` once unpacked. */
  readonly unpackedBytes: number;
}

/** `accepted`: answer 200 (with `partial_success` when some can never be taken); `retryable`: answer 503 with `Retry-After`. */
export type Receipt =
  | { readonly kind: 'accepted'; readonly rejected: number; readonly message: string }
  | { readonly kind: 'retryable'; readonly message: string; readonly retryAfterSeconds: number };

/** The answer to a batch that was taken whole. */
export const ACCEPTED: Receipt = { kind: 'accepted', rejected: 0, message: '' };
