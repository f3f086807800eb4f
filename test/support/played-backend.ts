import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeLogs, decodeTraces } from '../../src/translator/otlp/decode.ts';
import type { LogRecord, ScopeLogs, ScopeSpans, Span } from '../../src/translator/otlp/model.ts';

export interface PlayedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: Buffer;
  readonly status: number;
}

/** The far end of an exporter on a free port: it takes OTLP/HTTP on any path, keeps it, and answers what it is told to. */
export interface PlayedBackend {
  readonly url: string;
  /** In the order of arrival, also those that it refused. */
  readonly requests: readonly PlayedRequest[];
  /** From the next request on. Default: 200. */
  answer(status: number): void;
  close(): Promise<void>;
}

export async function openPlayedBackend(): Promise<PlayedBackend> {
  const requests: PlayedRequest[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const isPacked = request.headers['content-encoding'] === 'gzip';
      const { url: path = '', headers } = request;
      requests.push({ path, headers, body: isPacked ? gunzipSync(body) : body, status });
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (next) => void (status = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The log records of all requests that were answered 2xx. */
export function logsAt(backend: PlayedBackend): readonly LogRecord[] {
  return scopeLogsAt(backend).flatMap(({ logRecords }) => logRecords);
}

export function scopeLogsAt({ requests }: PlayedBackend): readonly ScopeLogs[] {
  return taken(requests, '/v1/logs').flatMap(({ body }) => decodeLogs(body, 'protobuf'));
}

/** The spans of all requests that were answered 2xx. */
export function spansAt(backend: PlayedBackend): readonly Span[] {
  return scopeSpansAt(backend).flatMap(({ spans }) => spans);
}

export function scopeSpansAt({ requests }: PlayedBackend): readonly ScopeSpans[] {
  return taken(requests, '/v1/traces').flatMap(({ body }) => decodeTraces(body, 'protobuf'));
}

/** True once metrics came whose request holds the text, as a metric's name: protobuf keeps strings as they are. */
export function hasMetricText({ requests }: PlayedBackend, text: string): boolean {
  return taken(requests, '/v1/metrics').some(({ body }) => body.includes(text));
}

function taken(requests: readonly PlayedRequest[], path: string): readonly PlayedRequest[] {
  return requests.filter((request) => request.path.endsWith(path) && request.status < 300);
}
