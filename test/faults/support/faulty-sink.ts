import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeLogs, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import type { LogRecord, Span } from '../../../src/translator/otlp/model.ts';

/** What a receiver does with one request. Only `take` and `takeThenBreak` keep what it carries. */
export type Behaviour =
  | { readonly kind: 'take' }
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Takes it, and the answer breaks off half-way: the sender cannot know. */
  | { readonly kind: 'takeThenBreak' }
  /** Reads the request and closes the connection. */
  | { readonly kind: 'close' }
  /** Never answers. */
  | { readonly kind: 'hang' };

export interface SinkRequest {
  readonly signal: 'logs' | 'traces' | 'metrics';
  readonly logRecords: readonly LogRecord[];
  readonly spans: readonly Span[];
}

/** A real OTLP/HTTP receiver that misbehaves as told, and keeps what it took. */
export class FaultySink {
  behave: (request: SinkRequest) => Behaviour = () => ({ kind: 'take' });
  /** When each request for logs came, in milliseconds, whatever became of it. */
  readonly logAttempts: number[] = [];
  readonly logRecords: LogRecord[] = [];
  readonly spans: Span[] = [];
  /** False: what was taken is only counted. */
  keeps = true;
  taken = 0;
  readonly port: number;
  readonly #server: Server;
  readonly #onRequest: (() => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async open(port = 0): Promise<FaultySink> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FaultySink(server);
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Called at each request, before it is answered. */
  onRequest(act: () => void): void {
    this.#onRequest.push(act);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const received = read(request.url ?? '', body);
    if (received.signal === 'logs') this.logAttempts.push(performance.now());
    for (const act of this.#onRequest) act();
    this.#answer(received, response);
  }

  #answer(received: SinkRequest, response: ServerResponse): void {
    const behaviour = this.behave(received);
    switch (behaviour.kind) {
      case 'take':
        this.#take(received);
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
        return;
      case 'answer': {
        const { status, retryAfterSeconds: after } = behaviour;
        response.writeHead(status, after === undefined ? {} : { 'retry-after': String(after) }).end('as told');
        return;
      }
      case 'takeThenBreak':
        this.#take(received);
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => response.destroy());
        return;
      case 'close':
        response.destroy();
        return;
      case 'hang':
    }
  }

  #take({ logRecords, spans }: SinkRequest): void {
    this.taken += logRecords.length + spans.length;
    if (!this.keeps) return;
    this.logRecords.push(...logRecords);
    this.spans.push(...spans);
  }
}

function read(path: string, body: Buffer): SinkRequest {
  if (path === '/v1/logs') {
    const logRecords = decodeLogs(body, 'protobuf').flatMap((scope) => scope.logRecords);
    return { signal: 'logs', logRecords, spans: [] };
  }
  if (path === '/v1/traces') {
    const spans = decodeTraces(body, 'protobuf').flatMap((scope) => scope.spans);
    return { signal: 'traces', logRecords: [], spans };
  }
  return { signal: 'metrics', logRecords: [], spans: [] };
}
