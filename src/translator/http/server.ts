import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Signal } from '../otlp/model.ts';
import { answerBadRequest } from './client-error.ts';
import { encodingOf } from './content-type.ts';
import { answerExport, type ExportEdge } from './export-request.ts';
import type { Receiver } from './receiver.ts';
import { refuse, refuseForNow, sendReply, type Reply } from './reply.ts';
import type { Route } from './route.ts';

export interface OtlpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly receiver: Receiver;
  /** Pages beside OTLP. Default: none. */
  readonly routes?: readonly Route[];
  /** Limit of a body once unpacked. Default: 64 MiB, as OTLP recommends. */
  readonly maxBodyBytes?: number;
  /** Hears what the receiver or a route threw; the sender got 503. Default: nobody does. */
  readonly onError?: (error: unknown) => void;
}

export interface OtlpServer {
  /** Where it listens, as a client on this machine would say it, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets requests that have begun finish, and ends what is still open after 5 s. */
  close(): Promise<void>;
}

const SIGNAL_BY_PATH: ReadonlyMap<string, Signal> = new Map([
  ['/v1/logs', 'logs'],
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
]);
const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024;
const CLOSE_MILLIS = 5_000;

/** Longer than the 90 s for which Go clients, the Collector among them, keep idle connections: so they close, not we. */
const KEEP_ALIVE_MILLIS = 95_000;
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: KEEP_ALIVE_MILLIS,
  connectionsCheckingInterval: 5_000,
};

/**
 * Opens an OTLP/HTTP server: protobuf and JSON, plain or gzip, on the three signals' paths.
 * @throws the system's error, with its `code` (`EADDRINUSE`), when it cannot listen
 */
export async function openOtlpServer(options: OtlpServerOptions): Promise<OtlpServer> {
  const edge: ExportEdge = {
    receiver: options.receiver,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    onError: options.onError ?? (() => undefined),
  };
  const routes = options.routes ?? [];
  const server = createServer(TIMEOUTS);
  const sockets = openSockets(server);

  const handle = (request: IncomingMessage, response: ServerResponse, beforeBody: () => void): void => {
    answer(edge, routes, request, beforeBody)
      .catch((error: unknown) => {
        edge.onError(error);
        return refuseForNow(encodingOf(request.headers['content-type']), 'the request failed, send again later');
      })
      .then((reply) => reply && sendReply(request, response, reply, !server.listening))
      .catch((error: unknown) => {
        edge.onError(error);
        response.destroy(); // a reply that cannot be sent: the sender takes it for a network fault, and keeps its data
      });
  };
  server.on('request', (request, response) => handle(request, response, () => undefined));
  // A sender that asks first (`Expect: 100-continue`) is refused before it sends its body.
  server.on('checkContinue', (request, response) => handle(request, response, () => response.writeContinue()));
  server.on('clientError', answerBadRequest);

  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  return { url: `http://${hostInUrl(options.host)}:${port}`, port, close: () => close(server, sockets) };
}

async function answer(
  edge: ExportEdge,
  routes: readonly Route[],
  request: IncomingMessage,
  beforeBody: () => void,
): Promise<Reply | undefined> {
  const url = urlOf(request);
  const signal = SIGNAL_BY_PATH.get(url?.pathname ?? '');
  if (signal !== undefined && request.method === 'POST') return answerExport(edge, signal, request, beforeBody);

  const candidates = routes.filter(({ path }) => path === url?.pathname);
  const route = candidates.find(({ method }) => method === request.method);
  if (route !== undefined && url !== undefined) {
    beforeBody();
    return route.handle(request, url);
  }
  const encoding = encodingOf(request.headers['content-type']);
  const allowed = signal === undefined ? candidates.map(({ method }) => method) : ['POST'];
  if (allowed.length === 0) return refuse({ status: 404, message: 'nothing is served at this path', encoding });
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

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MILLIS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    // Node counts a connection that never sent anything as busy.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
