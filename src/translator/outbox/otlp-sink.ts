import { encodeLogs, encodeMetrics, encodeTraces } from '../otlp/encode.ts';
import type { Signal } from '../otlp/model.ts';
import { type Compression, packBody } from './compression.ts';
import type { DerivedSink, SendOutcome } from './derived-sink.ts';
import { readPartialSuccess } from './partial-success.ts';

export interface OtlpSinkOptions {
  /** Base address of an OTLP/HTTP receiver; `/v1/logs` and so on are added to it. */
  readonly url: string;
  /** Sent with every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. Default: 10 000. */
  readonly timeoutMillis?: number;
  /** For all signals, or for some. Default: gzip for bodies of 1 KiB and more, as the Collector does and every OTLP server has to take. */
  readonly compression?: Compression | Partial<Readonly<Record<Signal, Compression>>>;
}

const TIMEOUT_MILLIS = 10_000;
const REASON_CHARACTERS_MAX = 300;
/** What is read of an answer: an OTLP answer is short, and a receiver that never ends must cost nothing. */
const ANSWER_BYTES_MAX = 65_536;
/** A receiver that asks for days is wrong about itself. */
const RETRY_AFTER_MILLIS_MAX = 3_600_000;

/**
 * The 4xx that say that a setting or a network is wrong (a token, an address, a limit), and nothing about the record: it
 * waits. OTLP names only 429 here. A sender that gives up on 401, 403 or 404 loses all that it has by a token that was
 * rotated too early or a path that was mistyped, and nobody can get it back; the other failure, telemetry that waits in
 * the store until somebody looks, is seen in `hiveloop.translator.outbox.oldest_age` and ends by a restart.
 */
const WAITING_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 421, 425, 429]);

/** What a receiver that cannot unpack says; of one that has shown that it can, it is about the records. */
const UNREADABLE_STATUSES: ReadonlySet<number> = new Set([400, 415]);

/**
 * Sends over OTLP/HTTP, in protobuf: the same batch is the same bytes, once unpacked. A receiver that never took a packed
 * body and refuses one gets it once more as it is, before it is believed that the records are at fault.
 * @throws when the address is no http or https URL
 */
export function openOtlpSink({
  url,
  headers = {},
  timeoutMillis = TIMEOUT_MILLIS,
  compression = {},
}: OtlpSinkOptions): Required<DerivedSink> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Error(`the address to export to is an http or https URL, and not ${JSON.stringify(url)}`);
  }
  const base = url.replace(/\/+$/, '');
  let takesPacked: boolean | undefined;
  const post = async (signal: Signal, body: Uint8Array, how: Compression): Promise<SendOutcome> => {
    const packed = await packBody(body, how);
    const isPacked = packed.body !== body;
    const response = await fetch(`${base}/v1/${signal}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-protobuf', ...packed.headers },
      body: Uint8Array.from(packed.body),
      signal: AbortSignal.timeout(timeoutMillis),
      redirect: 'error',
    });
    const outcome = await readOutcome(response);
    if (isPacked && response.ok) takesPacked = true;
    if (!isPacked || takesPacked !== undefined || !UNREADABLE_STATUSES.has(response.status)) return outcome;
    const again = await post(signal, body, 'none');
    if (again.kind === 'accepted') takesPacked = false;
    return again;
  };
  const send = async (signal: Signal, body: Uint8Array): Promise<SendOutcome> => {
    const wanted = typeof compression === 'string' ? compression : (compression[signal] ?? 'gzip');
    try {
      return await post(signal, body, takesPacked === false ? 'none' : wanted);
    } catch (error) {
      return { kind: 'retryable', reason: describeFailure(error), retryAfterMillis: undefined };
    }
  };
  return {
    logs: (batch) => send('logs', encodeLogs(batch)),
    traces: (batch) => send('traces', encodeTraces(batch)),
    metrics: (batch) => send('metrics', encodeMetrics(batch)),
    encoded: (signal, body) => send(signal, body),
  };
}

async function readOutcome(response: Response): Promise<SendOutcome> {
  const { status, ok, headers, url } = response;
  const answer = await readAnswer(response);
  if (ok) {
    const { rejected, message } = readPartialSuccess(answer, headers.get('content-type') ?? '');
    return rejected === 0 ? { kind: 'accepted' } : { kind: 'accepted', rejected, reason: shorten(message) };
  }
  const reason = `${url} answered ${status}: ${shorten(Buffer.from(answer).toString('utf8'))}`;
  const isRefused = status >= 400 && status < 500 && !WAITING_STATUSES.has(status);
  if (isRefused) return { kind: 'refused', reason };
  return { kind: 'retryable', reason, retryAfterMillis: readRetryAfter(headers.get('retry-after')) };
}

/** The whole answer, since one that breaks off may be of a request that was not taken; only its beginning is kept. */
async function readAnswer({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  if (body === null) return Buffer.concat(chunks);
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (kept < ANSWER_BYTES_MAX) chunks.push(chunk.subarray(0, ANSWER_BYTES_MAX - kept));
    kept += chunk.length;
  }
  return Buffer.concat(chunks);
}

function shorten(text: string): string {
  return text.slice(0, REASON_CHARACTERS_MAX);
}

/** `Retry-After` in seconds; its other form, a date, is left to our own backoff, since it trusts two clocks. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null || !/^\d{1,9}$/.test(value)) return undefined;
  return Math.min(Number(value) * 1000, RETRY_AFTER_MILLIS_MAX);
}

function describeFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${String(error)}${cause}`;
}
