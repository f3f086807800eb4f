import { once } from 'node:events';
import { connect } from 'node:net';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromProtobuf } from '../otlp/oracle.ts';
import { bytesOf, JSON_TYPE, openServer, post, PROTOBUF_TYPE, responseTo, startPost } from './open-server.ts';

describe('a body past the limit', () => {
  it.each(['identity', 'gzip'] as const)('sent in chunks (%s) is answered 413 while it still comes', async (coding) => {
    const { url, receiver } = await openServer({ maxBodyBytes: 100_000 });
    const request = startPost(`${url}/v1/logs`, { 'content-encoding': coding });
    const body = coding === 'gzip' ? createGzip({ level: 0 }) : request;
    if (body !== request) body.pipe(request);
    body.write(Buffer.alloc(200_000)); // and no end
    const response = await responseTo(request);
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
    request.destroy();
    expect(receiver.batches).toEqual([]);
  });

  it('counts unpacked: a small body that unpacks to a large one is refused', async () => {
    const { url } = await openServer({ maxBodyBytes: 1_000_000 });
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(1_000_000);
    const before = process.memoryUsage().arrayBuffers;
    const response = await post(`${url}/v1/logs`, PROTOBUF_TYPE, bomb, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(413);
    expect(fromProtobuf('Status', await bytesOf(response))).toMatchObject({ code: 8 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  it('may be as large as the limit', async () => {
    const { url } = await openServer({ maxBodyBytes: 1_000 });
    const padded = '{}'.padEnd(1_000);
    expect((await post(`${url}/v1/logs`, JSON_TYPE, padded)).status).toBe(200);
    expect((await post(`${url}/v1/logs`, JSON_TYPE, gzipSync(padded), { 'content-encoding': 'gzip' })).status).toBe(
      200,
    );
    expect((await post(`${url}/v1/logs`, JSON_TYPE, `${padded} `)).status).toBe(413);
  });

  it('gives its answer to a sender that reads only once it has sent all', async () => {
    const { port } = await openServer({ maxBodyBytes: 1_000 });
    const length = 20_000_000;
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${length}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.write(Buffer.alloc(length), resolve));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString())).resume();
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('that is announced with Expect: 100-continue is refused before it is sent', async () => {
    const { url } = await openServer({ maxBodyBytes: 1_000 });
    const refused = startPost(`${url}/v1/logs`, { expect: '100-continue', 'content-length': '2000' });
    refused.on('continue', () => refused.destroy(new Error('told to go on')));
    expect((await responseTo(refused)).statusCode).toBe(413);
    refused.destroy();

    const taken = startPost(`${url}/v1/logs`, { expect: '100-continue', 'content-type': JSON_TYPE });
    taken.on('continue', () => taken.end('{}'));
    expect((await responseTo(taken)).statusCode).toBe(200);
  });
});

describe('a small packed body', () => {
  const packed = { 'content-encoding': 'gzip' };

  it.each([1_000, 2_097_152, 2_097_153, 20_000_000])('is taken whole when it unpacks to %i bytes', async (length) => {
    const { url, receiver } = await openServer({});
    const body = gzipSync('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}'.padEnd(length));
    expect(body.length).toBeLessThan(131_072);
    expect((await post(`${url}/v1/logs`, JSON_TYPE, body, packed)).status).toBe(200);
    expect(receiver.batches).toHaveLength(1);
  });

  it('in several members, one after the other, is one body', async () => {
    const { url } = await openServer({});
    const body = Buffer.concat([gzipSync('{"resource'), gzipSync('Logs":[]}')]);
    expect((await post(`${url}/v1/logs`, JSON_TYPE, body, packed)).status).toBe(200);
  });

  it('that unpacks to more than the limit is answered 413, however little it is', async () => {
    const { url } = await openServer({ maxBodyBytes: 3_000_000 });
    expect((await post(`${url}/v1/logs`, JSON_TYPE, gzipSync('{}'.padEnd(3_000_001)), packed)).status).toBe(413);
  });

  it.each([
    ['is cut short', gzipSync('{}'.padEnd(5_000)).subarray(0, 20)],
    ['is no gzip', Buffer.from('{}')],
    ['is empty', Buffer.alloc(0)],
    ['lies about its length', Buffer.concat([gzipSync('{}').subarray(0, -4), Buffer.alloc(4, 0xff)])],
  ])('that %s is answered 400', async (_, body) => {
    const { url } = await openServer({});
    expect((await post(`${url}/v1/logs`, JSON_TYPE, body, packed)).status).toBe(400);
  });
});
