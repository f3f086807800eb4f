import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import { encodeExportResponse } from '../../../src/translator/otlp/encode-response.ts';
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
    [415, 'refused'],
    [422, 'refused'],
    [401, 'retryable'],
    [403, 'retryable'],
    [404, 'retryable'],
    [429, 'retryable'],
    [500, 'retryable'],
    [502, 'retryable'],
    [503, 'retryable'],
    [504, 'retryable'],
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

  it.each<[string, string, Buffer]>([
    ['protobuf', 'application/x-protobuf', Buffer.from(encodeExportResponse('protobuf', 'logs', 3, 'too old'))],
    ['JSON', 'application/json', Buffer.from('{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}')],
  ])('reads partial success in %s', async (_, contentType, answer) => {
    const url = await listen((_request, response) =>
      response.writeHead(200, { 'content-type': contentType }).end(answer),
    );
    const outcome = await openOtlpSink({ url }).logs([]);
    expect(outcome).toEqual({ kind: 'accepted', rejected: 3, reason: 'too old' });
  });

  it.each(['', '\u0000\u0001', '{', '<html>fine</html>'])(
    'takes 200 with the answer %j as accepted',
    async (answer) => {
      for (const type of ['application/x-protobuf', 'application/json', 'text/html']) {
        server?.closeAllConnections();
        server?.close();
        const url = await listen((_, response) => response.writeHead(200, { 'content-type': type }).end(answer));
        expect(await openOtlpSink({ url }).logs([])).toMatchObject({ kind: 'accepted' });
      }
    },
  );

  it('takes an answer that breaks off as retryable: nobody knows whether it was taken', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    expect(await openOtlpSink({ url }).logs([])).toMatchObject({ kind: 'retryable' });
  });

  it('waits an hour at most, whatever the receiver asks', async () => {
    const url = await listen((_, response) => response.writeHead(503, { 'retry-after': '999999' }).end());
    expect(await openOtlpSink({ url }).logs([])).toMatchObject({ retryAfterMillis: 3_600_000 });
  });

  describe('packing', () => {
    interface Sent {
      readonly coding: string | undefined;
      readonly body: Buffer;
    }
    /** A receiver that keeps what it got, unpacked, and answers by the status. */
    async function receiver(status: (coding: string | undefined) => number): Promise<{ url: string; sent: Sent[] }> {
      const sent: Sent[] = [];
      const url = await listen((request, response) => {
        void readBody(request).then((body) => {
          const coding = request.headers['content-encoding'];
          sent.push({ coding, body: coding === 'gzip' ? gunzipSync(body) : body });
          response.writeHead(status(coding)).end();
        });
      });
      return { url, sent };
    }
    const large = encodeLogs(logBatch(...Array.from({ length: 20 }, (_, second) => issueLog('report', second))));
    const small = encodeLogs(logBatch(issueLog('report', 1))).subarray(0, 1023);

    it('packs bodies of 1 KiB and more; a resend is the same body byte for byte', async () => {
      const { url, sent } = await receiver(() => 503);
      const sink = openOtlpSink({ url });
      for (const body of [large, large, small]) await sink.encoded('logs', body);
      expect(sent.map(({ coding }) => coding)).toEqual(['gzip', 'gzip', undefined]);
      expect(sent.map(({ body }) => body)).toEqual([large, large, small].map((body) => Buffer.from(body)));
    });

    it('packs nothing when told so, or nothing of one signal', async () => {
      const { url, sent } = await receiver(() => 200);
      await openOtlpSink({ url, compression: 'none' }).encoded('logs', large);
      await openOtlpSink({ url, compression: { logs: 'none' } }).encoded('logs', large);
      await openOtlpSink({ url, compression: { logs: 'none' } }).encoded('traces', large);
      expect(sent.map(({ coding }) => coding)).toEqual([undefined, undefined, 'gzip']);
    });

    it.each([400, 415])(
      'gives a receiver that answers a packed body by %i what it can read, from then on',
      async (status) => {
        const { url, sent } = await receiver((coding) => (coding === 'gzip' ? status : 200));
        const sink = openOtlpSink({ url });
        expect(await sink.encoded('logs', large)).toEqual({ kind: 'accepted' });
        expect(await sink.encoded('logs', large)).toEqual({ kind: 'accepted' });
        expect(sent.map(({ coding }) => coding)).toEqual(['gzip', undefined, undefined]);
      },
    );

    it('believes a receiver that has taken a packed body: its 400 is about the records', async () => {
      let status = 200;
      const { url, sent } = await receiver(() => status);
      const sink = openOtlpSink({ url });
      await sink.encoded('logs', large);
      status = 400;
      expect(await sink.encoded('logs', large)).toMatchObject({ kind: 'refused' });
      expect(sent).toHaveLength(2);
    });
  });

  it('refuses an address that is none', () => {
    expect(() => openOtlpSink({ url: 'localhost:4318' })).toThrow(/http or https URL/);
  });
});
