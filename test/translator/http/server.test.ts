import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ACCEPTED, type Receipt } from '../../../src/translator/http/receiver.ts';
import { JSON_TYPE, openServer, post } from './open-server.ts';

describe('routes', () => {
  const health = {
    method: 'GET',
    path: '/healthz',
    access: 'public' as const,
    handle: (_request: IncomingMessage, url: URL) =>
      Promise.resolve({ status: 200, contentType: 'text/plain', body: `ok ${url.searchParams.get('q') ?? ''}` }),
  };

  it('answer their own method and path', async () => {
    const { url } = await openServer({ routes: [health] });
    const response = await fetch(`${url}/healthz?q=1`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain',
      'ok 1',
    ]);
    const wrong = await post(`${url}/healthz`, JSON_TYPE, '{}');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('that throw are answered 503', async () => {
    const errors: unknown[] = [];
    const failing = { ...health, handle: () => Promise.reject(new Error('broken')) };
    const { url } = await openServer({ routes: [failing], onError: (error) => errors.push(error) });
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    expect(errors).toHaveLength(1);
  });
});

describe('opening and closing', () => {
  it('rejects with EADDRINUSE when the port is taken', async () => {
    const { port } = await openServer();
    await expect(openServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('says where it listens', async () => {
    const { url, port } = await openServer();
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  it('lets the request in flight finish, and takes no new one', async () => {
    const server = await openServer();
    let release: (receipt: Receipt) => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      server.receiver.receipt = () => {
        resolve();
        return new Promise((answer) => (release = answer));
      };
    });
    const inFlight = post(`${server.url}/v1/logs`, JSON_TYPE, '{}');
    await entered;
    const closed = server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    release(ACCEPTED);
    const response = await inFlight;
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    await closed;
  });

  it('closes at once connections that are idle, or never said a word', async () => {
    const server = await openServer();
    const silent = connect(server.port, '127.0.0.1');
    await once(silent, 'connect');
    expect((await post(`${server.url}/v1/logs`, JSON_TYPE, '{}')).status).toBe(200); // fetch keeps this one open
    const silentClosed = once(silent.resume(), 'close');
    const started = performance.now();
    await server.close();
    await silentClosed;
    expect(performance.now() - started).toBeLessThan(4_000); // 5 s is when the rest is cut off
    await server.close();
  });
});
