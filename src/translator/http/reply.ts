import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeStatus } from '../otlp/encode-response.ts';
import type { Encoding } from '../otlp/model.ts';
import { CONTENT_TYPE } from './content-type.ts';

/** An answer, ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array | string;
  /** Beside content type and length, which are set by sending. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** gRPC's code for each refusal. Of these, senders try only 503 again, the others they drop for good. */
const GRPC_CODE = { 400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 503: 14 } as const;

export interface Refusal {
  readonly status: keyof typeof GRPC_CODE;
  readonly message: string;
  /** Of the answer. Default: json, for a request that did not say how it is encoded. */
  readonly encoding?: Encoding | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal with its reason as `google.rpc.Status`. */
export function refuse({ status, message, encoding = 'json', headers = {} }: Refusal): Reply {
  return {
    status,
    contentType: CONTENT_TYPE[encoding],
    body: encodeStatus(encoding, GRPC_CODE[status], message),
    headers,
  };
}

/** "Not now": the sender keeps its data and comes back after at least a second. */
export function refuseForNow(encoding: Encoding | undefined, message: string, retryAfterSeconds = 1): Reply {
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
  return refuse({ status: 503, message, encoding, headers: { 'retry-after': String(seconds) } });
}

/** How long a sender that is refused half-way may go on sending into the void. */
const LINGER_MILLIS = 2_000;

/** Sends the reply. `isLast` ends the connection after it. */
export function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply, isLast: boolean): void {
  if (response.destroyed) return;
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': body.byteLength,
    ...reply.headers,
    ...(isLast || !request.complete ? { connection: 'close' } : {}),
  });
  if (request.complete) response.end(body);
  else sendAndLinger(request, response, body);
}

/**
 * Answers a request whose body we do not want to the end. Closing at once, with bytes unread, would reset the
 * connection: the sender would lose the answer, take it for a network fault and send the same body for ever. So the
 * rest is thrown away unread by anyone until the sender stops, for a bounded time.
 */
function sendAndLinger(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void {
  const close = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MILLIS);
  request.on('end', close);
  request.on('close', close);
  response.flushHeaders();
  response.write(body);
  request.resume();
}
