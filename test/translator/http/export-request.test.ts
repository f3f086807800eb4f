import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ACCEPTED, type Receipt, type SentBody } from '../../../src/translator/http/receiver.ts';
import { fromProtobuf, toJson, toProtobuf } from '../otlp/oracle.ts';
import {
  bytesOf,
  JSON_TYPE,
  openServer,
  post,
  PROTOBUF_TYPE,
  RecordingReceiver,
  responseTo,
  startPost,
} from './open-server.ts';

const LOGS = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ eventName: 'e', timeUnixNano: '5' }] }] }] };

describe('a request that is taken', () => {
  it.each([
    ['logs', { resourceLogs: [] }],
    ['traces', { resourceSpans: [] }],
    ['metrics', { resourceMetrics: [] }],
  ])('for %s, also an empty one, is answered in its own encoding', async (signal, empty) => {
    const { url, receiver } = await openServer();
    const json = await post(`${url}/v1/${signal}`, 'application/json; charset=utf-8', toJson(empty));
    expect([json.status, json.headers.get('content-type'), await json.text()]).toEqual([200, JSON_TYPE, '{}']);
    const protobuf = await post(`${url}/v1/${signal}`, 'Application/X-Protobuf', '');
    expect([protobuf.status, protobuf.headers.get('content-type')]).toEqual([200, PROTOBUF_TYPE]);
    expect(await protobuf.text()).toBe('');
    expect(receiver.batches).toEqual([[], []]);
  });

  it.each([
    [JSON_TYPE, toJson(LOGS)],
    [PROTOBUF_TYPE, toProtobuf('ExportLogsServiceRequest', LOGS)],
  ])('in %s arrives decoded, plain and gzip alike', async (type, body) => {
    const { url, receiver } = await openServer();
    expect((await post(`${url}/v1/logs`, type, body)).status).toBe(200);
    expect((await post(`${url}/v1/logs`, type, body, { 'content-encoding': 'identity' })).status).toBe(200);
    expect((await post(`${url}/v1/logs`, type, gzipSync(body), { 'content-encoding': 'GZIP' })).status).toBe(200);
    expect(receiver.batches).toHaveLength(3);
    for (const batch of receiver.batches) {
      expect(batch).toMatchObject([{ logRecords: [{ eventName: 'e', timeUnixNano: 5n }] }]);
    }
  });

  it('in protobuf goes undecoded to a receiver that reads encoded logs, and nothing else does', async () => {
    const encoded: { readonly body: Buffer; readonly sent: SentBody }[] = [];
    const encodedLogs = (body: Uint8Array, sent: SentBody): Promise<Receipt> => {
      encoded.push({ body: Buffer.from(body), sent });
      return Promise.resolve(ACCEPTED);
    };
    const decoded = new RecordingReceiver();
    const { url } = await openServer({ receiver: Object.assign(decoded, { encodedLogs }) });
    const body = Buffer.from(toProtobuf('ExportLogsServiceRequest', LOGS));
    const packed = gzipSync(body);
    expect((await post(`${url}/v1/logs`, PROTOBUF_TYPE, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(encoded).toEqual([
      { body, sent: { encoding: 'protobuf', isGzip: true, bytes: packed, unpackedBytes: body.length } },
    ]);
    expect(decoded.batches).toEqual([]);
    await post(`${url}/v1/logs`, JSON_TYPE, toJson(LOGS));
    await post(`${url}/v1/traces`, PROTOBUF_TYPE, '');
    expect(encoded).toHaveLength(1);
    expect(decoded.batches).toHaveLength(2);
  });

  it('with unknown fields is taken', async () => {
    const { url } = await openServer();
    expect((await post(`${url}/v1/logs`, JSON_TYPE, '{"resourceLogs":[],"future":1}')).status).toBe(200);
    expect((await post(`${url}/v1/logs`, PROTOBUF_TYPE, Buffer.from('a03801', 'hex'))).status).toBe(200);
  });

  it('in chunks, on a connection that is kept, is taken each time', async () => {
    const { url, receiver } = await openServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = toProtobuf('ExportLogsServiceRequest', LOGS);
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 3; i++) {
      const request = startPost(`${url}/v1/logs`, {}, agent);
      for (const byte of body) request.write(Buffer.from([byte]));
      request.end();
      const response = await responseTo(request);
      expect(response.statusCode).toBe(200);
      ports.add(response.socket.localPort);
      response.resume();
      await once(response, 'end');
    }
    agent.destroy();
    expect(ports.size).toBe(1);
    expect(receiver.batches).toHaveLength(3);
  });

  it('tells in either encoding what can never be taken', async () => {
    const { url, receiver } = await openServer();
    receiver.receipt = () => Promise.resolve({ kind: 'accepted', rejected: 2, message: 'no agent id' });
    const expected = { partialSuccess: { rejectedLogRecords: '2', errorMessage: 'no agent id' } };
    const json = await post(`${url}/v1/logs`, JSON_TYPE, '{}');
    expect([json.status, await json.json()]).toEqual([200, expected]);
    const protobuf = await post(`${url}/v1/logs`, PROTOBUF_TYPE, '');
    expect(protobuf.status).toBe(200);
    expect(fromProtobuf('ExportLogsServiceResponse', await bytesOf(protobuf))).toEqual(expected);
  });
});

describe('a request that can never succeed', () => {
  it('is refused by path, method, type and coding before its body is read', async () => {
    const { url, receiver } = await openServer();
    const refused = [
      startPost(`${url}/v1/profiles`, {}),
      startPost(`${url}/v1/logs/`, {}),
      startPost(`${url}/v1/logs`, { 'content-type': 'text/plain' }),
      startPost(`${url}/v1/logs`, { 'content-encoding': 'zstd' }),
      startPost(`${url}/v1/logs`, { 'content-length': String(64 * 1024 * 1024 + 1) }),
    ];
    const answers = await Promise.all(
      refused.map(async (request) => {
        request.flushHeaders(); // and never a body
        const response = await responseTo(request);
        request.destroy();
        return response.statusCode;
      }),
    );
    expect(answers).toEqual([404, 404, 415, 415, 413]);
    expect(receiver.batches).toEqual([]);
  });

  it('is told which methods and codings there are', async () => {
    const { url } = await openServer();
    const get = await fetch(`${url}/v1/logs`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const zstd = await post(`${url}/v1/logs`, JSON_TYPE, '{}', { 'content-encoding': 'zstd' });
    expect([zstd.status, zstd.headers.get('accept-encoding')]).toEqual([415, 'gzip, identity']);
  });

  it.each([
    ['JSON that is none', JSON_TYPE, '{', {}],
    ['protobuf that is none', PROTOBUF_TYPE, Buffer.from('ffff', 'hex'), {}],
    ['gzip that is none', JSON_TYPE, '{}', { 'content-encoding': 'gzip' }],
    ['gzip cut short', JSON_TYPE, gzipSync('{"resourceLogs":[]}').subarray(0, 20), { 'content-encoding': 'gzip' }],
  ])('as %s is answered 400 in its encoding', async (_what, type, body, headers) => {
    const { url, receiver } = await openServer();
    const response = await post(`${url}/v1/logs`, type, body, headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, type]);
    const status = type === JSON_TYPE ? await response.json() : fromProtobuf('Status', await bytesOf(response));
    expect(status).toEqual({ code: 3, message: expect.any(String) as string });
    expect(receiver.batches).toEqual([]);
  });

  it('leaves the connection usable for the next', async () => {
    const { url } = await openServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const expected of [400, 415, 200]) {
      const type = expected === 415 ? 'text/plain' : JSON_TYPE;
      const request = startPost(`${url}/v1/logs`, { 'content-type': type }, agent);
      request.end(expected === 400 ? '{' : '{}');
      const response = await responseTo(request);
      expect(response.statusCode).toBe(expected);
      response.resume();
      await once(response, 'end');
    }
    agent.destroy();
  });
});

describe('trouble behind the edge', () => {
  it('that the receiver foresees is answered 503 with its delay', async () => {
    const { url, receiver } = await openServer();
    receiver.receipt = () => Promise.resolve({ kind: 'retryable', message: 'disk full', retryAfterSeconds: 6.2 });
    const response = await post(`${url}/v1/logs`, JSON_TYPE, '{}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await response.json()).toEqual({ code: 14, message: 'disk full' });
  });

  it.each([
    [
      'throws',
      (): never => {
        throw new Error('secret');
      },
    ],
    ['rejects', (): Promise<Receipt> => Promise.reject(new Error('secret'))],
  ])('when the receiver %s is 503, never 500, and is told to onError alone', async (_how, receipt) => {
    const errors: unknown[] = [];
    const { url, receiver } = await openServer({ onError: (error) => errors.push(error) });
    receiver.receipt = receipt;
    const response = await post(`${url}/v1/traces`, PROTOBUF_TYPE, '');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(JSON.stringify(fromProtobuf('Status', await bytesOf(response)))).not.toContain('secret');
    expect(errors).toEqual([new Error('secret')]);
  });

  it('by a sender that leaves half-way reaches nobody', async () => {
    const { url, receiver } = await openServer();
    const left = startPost(`${url}/v1/logs`, { 'content-length': '100' });
    left.write('{');
    await once(left, 'socket');
    await once(left.socket ?? left, 'connect');
    left.destroy();
    expect((await post(`${url}/v1/logs`, JSON_TYPE, '{}')).status).toBe(200);
    expect(receiver.batches).toHaveLength(1);
  });

  it('by bytes that are no HTTP is answered 400', async () => {
    const { port } = await openServer();
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.write('\u0016\u0003 hello\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });
});
