/** A real server on a free port, a receiver that records, and the ways in which the tests send to it. */
import { once } from 'node:events';
import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { afterEach } from 'vitest';
import { ACCEPTED, type Receipt, type Receiver } from '../../../src/translator/http/receiver.ts';
import { openOtlpServer, type OtlpServer, type OtlpServerOptions } from '../../../src/translator/http/server.ts';

export const JSON_TYPE = 'application/json';
export const PROTOBUF_TYPE = 'application/x-protobuf';

const opened: OtlpServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

/** A receiver that keeps what it got and answers by `receipt`. */
export class RecordingReceiver implements Receiver {
  readonly batches: unknown[] = [];
  receipt: () => Promise<Receipt> = () => Promise.resolve(ACCEPTED);

  logs(batch: unknown): Promise<Receipt> {
    return this.#take(batch);
  }
  traces(batch: unknown): Promise<Receipt> {
    return this.#take(batch);
  }
  metrics(batch: unknown): Promise<Receipt> {
    return this.#take(batch);
  }
  #take(batch: unknown): Promise<Receipt> {
    this.batches.push(batch);
    return this.receipt();
  }
}

export async function openServer(
  options: Partial<OtlpServerOptions> = {},
): Promise<OtlpServer & { receiver: RecordingReceiver }> {
  const receiver = new RecordingReceiver();
  const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver, ...options });
  opened.push(server);
  return { ...server, receiver };
}

export function post(
  url: string,
  type: string,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': type, ...headers }, body });
}

/** A POST whose body the test sends bit by bit. */
export function startPost(url: string, headers: Record<string, string>, agent: Agent | false = false): ClientRequest {
  const request = httpRequest(url, { method: 'POST', agent, headers: { 'content-type': PROTOBUF_TYPE, ...headers } });
  request.on('error', () => undefined); // the server may close while we still send
  return request;
}

export async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

export async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
