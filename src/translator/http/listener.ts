import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** A certificate chain and its key, in PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface ListenerLimits {
  readonly maxConnections: number;
  /** From the first byte, or the opening of the connection, to the end of the headers. */
  readonly headersTimeoutMillis: number;
  /** From the first byte to the end of the body. */
  readonly requestTimeoutMillis: number;
}

const MAX_HEADER_BYTES = 16_384;
/** Longer than the 90 s for which Go clients, the Collector among them, keep idle connections: so they close, not we. */
const KEEP_ALIVE_MILLIS = 95_000;
/** Of a connection on which nothing moves, such as one whose client does not read its answer. */
const SILENCE_MILLIS = 120_000;
const MIN_VERSION = 'TLSv1.2';
const CLOSE_MILLIS = 5_000;

/** The server with its limits, before it listens. @throws when certificate or key are none */
export function createListener(limits: ListenerLimits, tls: TlsFiles | undefined): Server {
  const { headersTimeoutMillis: headersTimeout, requestTimeoutMillis: requestTimeout } = limits;
  const options: ServerOptions = {
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MILLIS,
    connectionsCheckingInterval: Math.min(5_000, Math.ceil(headersTimeout / 2)),
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server: Server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: headersTimeout, minVersion: MIN_VERSION });
  server.timeout = SILENCE_MILLIS;
  server.maxConnections = limits.maxConnections;
  // A connection beyond the limit is closed unheard. Those that only wait make room, so that the next one is taken.
  server.on('drop', () => server.closeIdleConnections());
  return server;
}

/** What a server that speaks TLS shows from its next connection on. @throws OpenSSL's error, and nothing has changed */
export function replaceTls(server: Server, { cert, key }: TlsFiles): void {
  if (server instanceof TlsServer) server.setSecureContext({ cert, key, minVersion: MIN_VERSION });
}

/** @throws the system's error, with its `code` */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The connections that are open, for {@link closeListener}. */
export function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Takes no more connections, lets requests that have begun finish, and ends what is still open after 5 s. */
export function closeListener(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, CLOSE_MILLIS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
    // Node counts a connection that never sent anything as busy.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
}
