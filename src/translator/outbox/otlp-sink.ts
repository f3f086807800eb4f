import { encodeLogs, encodeMetrics, encodeTraces } from '../otlp/encode.ts';
import type { DerivedSink, SendOutcome } from './derived-sink.ts';

export interface OtlpSinkOptions {
  /** Base address of an OTLP/HTTP receiver; `/v1/logs` and so on are added to it. */
  readonly url: string;
  /** Sent with every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. Default: 10 000. */
  readonly timeoutMillis?: number;
}

const TIMEOUT_MILLIS = 10_000;
const REASON_CHARACTERS_MAX = 300;

/**
 * Statuses that say something about the record. Any other failure says that a setting or a network is wrong (a token,
 * an address, a limit): then the record waits, since nothing is wrong with it.
 */
const REFUSING_STATUSES: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Sends over OTLP/HTTP, in protobuf: the same batch is the same bytes.
 * @throws when the address is no http or https URL
 */
export function openOtlpSink({ url, headers = {}, timeoutMillis = TIMEOUT_MILLIS }: OtlpSinkOptions): DerivedSink {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Error(`the address to export to is an http or https URL, and not ${JSON.stringify(url)}`);
  }
  const base = url.replace(/\/+$/, '');
  const send = async (path: string, body: Uint8Array): Promise<SendOutcome> => {
    try {
      const response = await fetch(base + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-protobuf' },
        body: Uint8Array.from(body),
        signal: AbortSignal.timeout(timeoutMillis),
        redirect: 'error',
      });
      return await readOutcome(response);
    } catch (error) {
      return { kind: 'retryable', reason: describeFailure(error), retryAfterMillis: undefined };
    }
  };
  return {
    logs: (batch) => send('/v1/logs', encodeLogs(batch)),
    traces: (batch) => send('/v1/traces', encodeTraces(batch)),
    metrics: (batch) => send('/v1/metrics', encodeMetrics(batch)),
  };
}

async function readOutcome(response: Response): Promise<SendOutcome> {
  const answer = await response.text();
  if (response.ok) return { kind: 'accepted' };
  const reason = `${response.url} answered ${response.status}: ${answer.slice(0, REASON_CHARACTERS_MAX)}`;
  if (REFUSING_STATUSES.has(response.status)) return { kind: 'refused', reason };
  return { kind: 'retryable', reason, retryAfterMillis: readRetryAfter(response.headers.get('retry-after')) };
}

/** `Retry-After` in seconds; its other form, a date, is left to our own backoff, since it trusts two clocks. */
function readRetryAfter(value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}

function describeFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${String(error)}${cause}`;
}
