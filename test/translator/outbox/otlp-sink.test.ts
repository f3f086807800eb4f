import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { openOtlpSink } from '../../../src/translator/outbox/otlp-sink.ts';
import { issueLog, logBatch } from '../issue-batches.ts';

let server: Server | undefined;

afterEach(async () => {
  const closing = server;
  server = undefined;
  closing?.closeAllConnections();
  await new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())));
});

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('openOtlpSink', () => {
  it('posts protobuf to the path of the signal with the headers given', async () => {
    const received: { path: string | undefined; headers: IncomingMessage['headers']; body: Buffer }[] = [];
    const url = await listen((request, response) => {
      void readBody(request).then((body) => {
        received.push({ path: request.url, headers: request.headers, body });
        response.end();
      });
    });
    const sink = openOtlpSink({ url: `${url}/base/`, headers: { authorization: 'Bearer x' } });
    const batch = logBatch(issueLog('report', 1));
    expect(await sink.logs(batch)).toEqual({ kind: 'accepted' });
    const [request] = received;
    expect(request?.path).toBe('/base/v1/logs');
    expect(request?.headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/x-protobuf' });
    expect(decodeLogs(request?.body ?? Buffer.alloc(0), 'protobuf')[0]?.logRecords).toEqual(batch[0]?.logRecords);
  });

  it.each([
    [400, 'refused'],
    [413, 'refused'],
    [401, 'retryable'],
    [404, 'retryable'],
    [429, 'retryable'],
    [500, 'retryable'],
    [503, 'retryable'],
  ])('takes %i as %s', async (status, kind) => {
    const url = await listen((_, response) => response.writeHead(status, { 'retry-after': '7' }).end('no'));
    const outcome = await openOtlpSink({ url }).traces([]);
    expect(outcome).toMatchObject({ kind, reason: `${url}/v1/traces answered ${String(status)}: no` });
    if (outcome.kind === 'retryable') expect(outcome.retryAfterMillis).toBe(7000);
  });

  it('takes a receiver that is not there, or hangs, as retryable', async () => {
    const url = await listen(() => undefined);
    expect(await openOtlpSink({ url, timeoutMillis: 20 }).metrics([])).toMatchObject({ kind: 'retryable' });
    expect(await openOtlpSink({ url: 'http://127.0.0.1:1' }).metrics([])).toMatchObject({ kind: 'retryable' });
  });

  it('refuses an address that is none', () => {
    expect(() => openOtlpSink({ url: 'localhost:4318' })).toThrow(/http or https URL/);
  });
});
