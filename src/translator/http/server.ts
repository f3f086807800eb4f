import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Encoding, Signal } from '../otlp/model.ts';
import type { IsWanted } from '../otlp/skipped.ts';
import type { Answer } from './answer.ts';
import { isFromOtherOrigin, isLoopback } from './browser-guard.ts';
import { ByteBudget } from './byte-budget.ts';
import { answerBadRequest } from './client-error.ts';
import { encodingOf } from './content-type.ts';
import { answerExport, type ExportEdge } from './export-request.ts';
import { findRoute } from './find-route.ts';
import { closeListener, createListener, listen, openSockets, replaceTls, type TlsFiles } from './listener.ts';
import type { Receiver } from './receiver.ts';
import { refuse, refuseForNow, sendReply, type Reply } from './reply.ts';
import type { Route } from './route.ts';
import { isAuthorised, type TokenList } from './token-list.ts';

export interface OtlpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly receiver: Receiver;
  /**
   * Names of the events that the receiver wants: log records, and spans, of no such name are passed over on the bytes
   * and arrive as counts, and so does every data point. A receiver with `encodedLogs` chooses from those itself. Default: all is built.
   */
  readonly isWanted?: IsWanted;
  /** Pages beside OTLP. Default: none. */
  readonly routes?: readonly Route[];
  /** One of these must come with every request, but for routes that are public. Default: none is asked for. */
  readonly tokens?: TokenList;
  /** Default: plain HTTP. */
  readonly tls?: TlsFiles;
  /** Limit of a body once unpacked. Default: 64 MiB, as OTLP recommends. */
  readonly maxBodyBytes?: number;
  /** Limit of all unpacked bodies whose requests are not answered yet; beyond it the answer is 503. Default: 128 MiB. */
  readonly maxBytesInFlight?: number;
  /** Beyond it connections are closed unheard, after idle ones made room. Default: 4 096. */
  readonly maxConnections?: number;
  /** Time for the headers to arrive, in milliseconds, at most the next. Default: 10 000. */
  readonly headersTimeoutMillis?: number;
  /** Time for the whole request to arrive, in milliseconds. Default: 30 000. */
  readonly requestTimeoutMillis?: number;
  /** Hears of each answer, but for those of public routes. Of a 401 nobody else does: senders drop their data at it. Default: nobody does. */
  readonly onAnswer?: (answer: Answer) => void;
  /** Hears what the receiver or a route threw; the sender got 503. Default: nobody does. */
  readonly onError?: (error: unknown) => void;
}

export interface OtlpServer {
  /** Where it listens, as a client on this machine would say it, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /**
   * Another certificate, shown from the next connection on; without TLS nothing happens.
   * @throws OpenSSL's error when it is no certificate and key; then the one before stays
   */
  readonly replaceTls: (files: TlsFiles) => void;
  /** Takes no more connections, lets requests that have begun finish, and ends what is still open after 5 s. */
  close(): Promise<void>;
}

const SIGNAL_BY_PATH: ReadonlyMap<string, Signal> = new Map([
  ['/v1/logs', 'logs'],
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
]);
const MEBIBYTE = 1024 * 1024;

/** What a request is answered by. */
interface Edge extends ExportEdge {
  readonly routes: readonly Route[];
  readonly tokens: TokenList | undefined;
  /** Nobody but programs and pages on this machine is meant to ask, and no token tells them apart. */
  readonly isLoopbackOnly: boolean;
}

/**
 * Opens an OTLP/HTTP server: protobuf and JSON, plain or gzip, on the three signals' paths.
 * @throws the system's error, with its `code` (`EADDRINUSE`), when it cannot listen; OpenSSL's, when TLS is no certificate and key
 */
export async function openOtlpServer(options: OtlpServerOptions): Promise<OtlpServer> {
  const { host, receiver, isWanted, tokens, tls } = options;
  const edge: Edge = {
    receiver,
    isWanted,
    tokens,
    routes: options.routes ?? [],
    maxBodyBytes: options.maxBodyBytes ?? 64 * MEBIBYTE,
    budget: new ByteBudget(options.maxBytesInFlight ?? 128 * MEBIBYTE),
    isLoopbackOnly: tokens === undefined && isLoopback(host),
    onError: options.onError ?? (() => undefined),
  };
  const { maxConnections = 4096, headersTimeoutMillis = 10_000, requestTimeoutMillis = 30_000 } = options;
  const server = createListener({ maxConnections, headersTimeoutMillis, requestTimeoutMillis }, tls);
  const sockets = openSockets(server);
  const { onAnswer = () => undefined } = options;

  const handle = (request: IncomingMessage, response: ServerResponse, beforeBody: () => void): void => {
    answer(edge, request, beforeBody)
      .catch((error: unknown) => {
        edge.onError(error);
        return refuseForNow(encodingOf(request.headers['content-type']), 'the request failed, send again later');
      })
      .then((reply) => {
        if (reply === undefined) return;
        countReply(edge, request, reply, onAnswer);
        sendReply(request, response, reply, !server.listening);
      })
      .catch((error: unknown) => {
        edge.onError(error);
        response.destroy(); // a reply that cannot be sent: the sender takes it for a network fault, and keeps its data
      });
  };
  server.on('request', (request, response) => handle(request, response, () => undefined));
  // A sender that asks first (`Expect: 100-continue`) is refused before it sends its body.
  server.on('checkContinue', (request, response) => handle(request, response, () => response.writeContinue()));
  server.on('clientError', answerBadRequest);

  await listen(server, host, options.port);
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  const url = `${tls === undefined ? 'http' : 'https'}://${hostInUrl(host)}:${port}`;
  return { url, port, replaceTls: (files) => replaceTls(server, files), close: () => closeListener(server, sockets) };
}

/** Probes are not counted: they would outnumber all else, and say only that somebody looked. */
function countReply(
  { routes }: Edge,
  request: IncomingMessage,
  { status }: Reply,
  onAnswer: (answer: Answer) => void,
): void {
  const path = urlOf(request)?.pathname ?? '';
  if (routes.some((route) => route.access === 'public' && route.path === path)) return;
  onAnswer({ signal: SIGNAL_BY_PATH.get(path), status });
}

async function answer(edge: Edge, request: IncomingMessage, beforeBody: () => void): Promise<Reply | undefined> {
  const { method = '', headers } = request;
  const encoding = encodingOf(headers['content-type']);
  const url = urlOf(request);
  const signal = SIGNAL_BY_PATH.get(url?.pathname ?? '');
  const isAllowed = (): boolean => isAuthorised(headers.authorization, edge.tokens);
  if (signal !== undefined) {
    if (method !== 'POST') return wrongMethod(['POST'], encoding);
    return isAllowed() ? answerExport(edge, signal, request, beforeBody) : unauthorised(encoding);
  }

  const match = findRoute(edge.routes, method, url?.pathname ?? '');
  if (match.kind === 'wrongMethod') return wrongMethod(match.allowed, encoding);
  if (match.kind === 'none' || url === undefined) {
    return refuse({ status: 404, message: 'nothing is served at this path', encoding });
  }
  if (match.route.access === 'token') {
    if (isFromOtherOrigin(request, edge.isLoopbackOnly)) {
      return refuse({ status: 403, message: 'pages of other origins are not served', encoding });
    }
    if (!isAllowed()) return unauthorised(encoding);
  }
  beforeBody();
  return match.route.handle(request, url, match.params);
}

function unauthorised(encoding: Encoding | undefined): Reply {
  const message = 'a bearer token of this server is needed (Authorization: Bearer …)';
  return refuse({ status: 401, message, encoding, headers: { 'www-authenticate': 'Bearer' } });
}

function wrongMethod(allowed: readonly string[], encoding: Encoding | undefined): Reply {
  const allow = allowed.join(', ');
  return refuse({ status: 405, message: `the method must be ${allow}`, encoding, headers: { allow } });
}

function urlOf(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '';
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost') : undefined;
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
