import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../../src/translator/http/receiver.ts';
import { JSON_TYPE, openServer, post, responseTo, startPost } from './open-server.ts';

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined); // the server may close it
  await once(socket, 'connect');
  return socket;
}

describe('bodies in memory at once', () => {
  it('past the limit are answered 503 with Retry-After, and taken once there is room', async () => {
    const server = await openServer({ maxBytesInFlight: 1_000 });
    let release: (receipt: Receipt) => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      server.receiver.receipt = () => {
        resolve();
        return new Promise((answer) => (release = answer));
      };
    });
    const first = post(`${server.url}/v1/logs`, JSON_TYPE, '{}'.padEnd(600));
    await entered;
    const announced = await post(`${server.url}/v1/logs`, JSON_TYPE, '{}'.padEnd(600));
    expect([announced.status, announced.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await announced.json()).toMatchObject({ code: 14 });
    const inChunks = startPost(`${server.url}/v1/logs`, { 'content-type': JSON_TYPE });
    inChunks.write(Buffer.alloc(600, ' ')); // and no end
    expect((await responseTo(inChunks)).statusCode).toBe(503);
    inChunks.destroy();

    release({ kind: 'accepted', rejected: 0, message: '' });
    expect((await first).status).toBe(200);
    const second = post(`${server.url}/v1/logs`, JSON_TYPE, '{}'.padEnd(1_000));
    await expect.poll(() => server.receiver.batches.length).toBe(2);
    release({ kind: 'accepted', rejected: 0, message: '' });
    expect((await second).status).toBe(200);
  });

  it('are given back whatever became of the request', async () => {
    const server = await openServer({ maxBytesInFlight: 1_000, maxBodyBytes: 900 });
    const endings = [
      ['{'.padEnd(900), 400],
      [' '.repeat(901), 413],
      ['{}'.padEnd(900), 200],
    ] as const;
    for (let i = 0; i < 5; i++) {
      for (const [body, status] of endings) {
        expect((await post(`${server.url}/v1/logs`, JSON_TYPE, body)).status).toBe(status);
      }
      const left = startPost(`${server.url}/v1/logs`, { 'content-type': JSON_TYPE });
      left.write(Buffer.alloc(500, ' '));
      await once(left, 'socket');
      if (left.socket?.connecting === true) await once(left.socket, 'connect');
      left.destroy();
    }
    await expect.poll(async () => (await post(`${server.url}/v1/logs`, JSON_TYPE, '{}'.padEnd(900))).status).toBe(200);
  });
});

describe('a sender that is slow', () => {
  it.each([
    ['with its first byte', ''],
    ['with its headers', 'POST /v1/logs HTTP/1.1\r\nhost: x\r\n'],
    [
      'with its body',
      'POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    ],
  ])('%s is told 503, to come back, and cut off', async (_, start) => {
    const server = await openServer({ headersTimeoutMillis: 200, requestTimeoutMillis: 400 });
    const socket = await open(server.port);
    socket.write(start);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 503 [^]*Retry-After: 1\r\n/);
    expect(server.receiver.batches).toEqual([]);
  });

  it('does not keep others waiting', async () => {
    const server = await openServer();
    const slow = await Promise.all(Array.from({ length: 100 }, () => open(server.port)));
    for (const socket of slow) socket.write('POST /v1/logs HTTP/1.1\r\nhost: x\r\n');
    expect((await post(`${server.url}/v1/logs`, JSON_TYPE, '{}')).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  it('sending headers without end is answered 431', async () => {
    const { port } = await openServer();
    const socket = await open(port);
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\ncookie: ${'x'.repeat(20_000)}`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('connections', () => {
  it('beyond the limit are closed unheard', async () => {
    const server = await openServer({ maxConnections: 2 });
    const held = await Promise.all([open(server.port), open(server.port)]);
    for (const socket of held) socket.write('POST /v1/logs HTTP/1.1\r\n');
    const third = await open(server.port);
    expect(await text(third).catch(() => '')).toBe('');
    const closed = once(held[0], 'close');
    held[0].destroy();
    await closed;
    await expect
      .poll(() =>
        post(`${server.url}/v1/logs`, JSON_TYPE, '{}').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    held[1].destroy();
  });

  it('that only wait make room for new ones', async () => {
    const server = await openServer({ maxConnections: 3 });
    const idle = await Promise.all(Array.from({ length: 3 }, () => open(server.port)));
    for (const socket of idle) socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await Promise.all(idle.map((socket) => once(socket, 'data')));
    await expect
      .poll(() =>
        post(`${server.url}/v1/logs`, JSON_TYPE, '{}').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    for (const socket of idle) socket.destroy();
  });
});
