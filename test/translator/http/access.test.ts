import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/translator/http/route.ts';
import { TokenDigests } from '../../../src/translator/http/token-list.ts';
import { fromProtobuf } from '../otlp/oracle.ts';
import { bytesOf, JSON_TYPE, openServer, post, PROTOBUF_TYPE, responseTo, startPost } from './open-server.ts';
import { selfSigned } from './self-signed.ts';

const tokens = new TokenDigests(['first-token', 'second-token']);

function page(method: string, path: string, access: Route['access']): Route {
  return {
    method,
    path,
    access,
    handle: (_request, _url, params) =>
      Promise.resolve({ status: 200, contentType: JSON_TYPE, body: JSON.stringify(params) }),
  };
}
const issues = page('GET', '/api/issues', 'token');
const dismiss = page('POST', '/api/issues/:key/dismiss', 'token');
const health = page('GET', '/healthz', 'public');

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

describe('with tokens', () => {
  it.each(['logs', 'traces', 'metrics'])('%s are taken with any of them, in either encoding', async (signal) => {
    const { url } = await openServer({ tokens });
    for (const token of ['first-token', 'second-token']) {
      expect((await post(`${url}/v1/${signal}`, JSON_TYPE, '{}', bearer(token))).status).toBe(200);
      const lower = { authorization: `bearer  ${token}` };
      expect((await post(`${url}/v1/${signal}`, PROTOBUF_TYPE, '', lower)).status).toBe(200);
    }
  });

  it.each([
    ['none', {}],
    ['a wrong one', bearer('third-token')],
    ['the start of one', bearer('first-toke')],
    ['one of another scheme', { authorization: 'Basic first-token' }],
    ['two', bearer('first-token second-token')],
  ])('a request with %s is 401 with a Status in its own encoding, and reaches nobody', async (_, headers) => {
    const answers: unknown[] = [];
    const server = await openServer({ tokens, onAnswer: (answer) => answers.push(answer) });
    const json = await post(`${server.url}/v1/logs`, JSON_TYPE, '{}', headers);
    expect([json.status, json.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await json.json()).toEqual({ code: 16, message: expect.stringMatching(/bearer token/) as string });
    const protobuf = await post(`${server.url}/v1/logs`, PROTOBUF_TYPE, '', headers);
    expect(protobuf.status).toBe(401);
    expect(fromProtobuf('Status', await bytesOf(protobuf))).toMatchObject({ code: 16 });
    expect(server.receiver.batches).toEqual([]);
    expect(answers).toEqual([
      { signal: 'logs', status: 401 },
      { signal: 'logs', status: 401 },
    ]);
  });

  it('a request without one is refused before its body is sent', async () => {
    const { url } = await openServer({ tokens });
    const request = startPost(`${url}/v1/logs`, { expect: '100-continue', 'content-length': '2000' });
    request.on('continue', () => request.destroy(new Error('told to go on')));
    expect((await responseTo(request)).statusCode).toBe(401);
    request.destroy();
  });

  it('routes ask for one, but for public ones', async () => {
    const { url } = await openServer({ tokens, routes: [issues, health] });
    expect((await fetch(`${url}/api/issues`)).status).toBe(401);
    expect((await fetch(`${url}/api/issues`, { headers: bearer('first-token') })).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('paths with parameters', () => {
  it('hand the decoded segments over, and match whole paths only', async () => {
    const { url } = await openServer({ routes: [issues, dismiss] });
    const found = await fetch(`${url}/api/issues/crm%2F403%20x/dismiss`, { method: 'POST' });
    expect(await found.json()).toEqual({ key: 'crm/403 x' });
    const missed = [
      '/api/issues//dismiss',
      '/api/issues/a/b/dismiss',
      '/api/issues/a/dismiss/',
      '/api/issues/%/dismiss',
    ];
    for (const path of missed) expect((await fetch(url + path, { method: 'POST' })).status).toBe(404);
    const get = await fetch(`${url}/api/issues/a/dismiss`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const head = await fetch(`${url}/api/issues`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('a browser', () => {
  /** What fetch would not let us say. */
  async function statusOf(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
    const request = httpRequest(url + path, { headers, agent: false }).end();
    const { statusCode, headers: answered } = await responseTo(request);
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control'))).toEqual([]);
    return statusCode;
  }

  it('showing a page of another origin is refused on the API, token or not', async () => {
    for (const options of [{}, { tokens }]) {
      const { url, port } = await openServer({ routes: [issues, health], ...options });
      const statuses = await Promise.all(
        ['https://evil.example', `http://127.0.0.1:${port + 1}`, 'null', `http://evil.example:${port}`].map((origin) =>
          statusOf(url, '/api/issues', { origin, ...bearer('first-token') }),
        ),
      );
      expect(statuses).toEqual([403, 403, 403, 403]);
      expect(await statusOf(url, '/api/issues', { origin: url, ...bearer('first-token') })).toBe(200);
      expect(await statusOf(url, '/healthz', { origin: 'https://evil.example' })).toBe(200);
    }
  });

  it('showing a page whose own name was turned to this machine is refused where no token is asked for', async () => {
    const { url, port } = await openServer({ routes: [issues] });
    const host = `evil.example:${port}`;
    expect(await statusOf(url, '/api/issues', { host })).toBe(403);
    expect(await statusOf(url, '/api/issues', { host, origin: `http://${host}` })).toBe(403);
    expect(await statusOf(url, '/api/issues', { host: `localhost:${port}` })).toBe(200);
    const behindProxy = await openServer({ routes: [issues], tokens });
    expect(await statusOf(behindProxy.url, '/api/issues', { host, ...bearer('first-token') })).toBe(200);
  });

  it('is given no CORS header when it asks whether it may send OTLP', async () => {
    const { url } = await openServer();
    const preflight = await fetch(`${url}/v1/logs`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });
});

describe('with TLS', () => {
  it('serves OTLP over https, and plain HTTP not at all', async () => {
    const tls = selfSigned();
    const server = await openServer({ tls });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    const send = async (): Promise<number | undefined> => {
      const headers = { 'content-type': JSON_TYPE };
      const request = httpsRequest(`${server.url}/v1/logs`, { method: 'POST', ca: tls.cert, headers, agent: false });
      request.end('{}');
      return (await responseTo(request)).statusCode;
    };
    expect([await send(), await send()]).toEqual([200, 200]);
    await expect(post(`http://127.0.0.1:${server.port}/v1/logs`, JSON_TYPE, '{}')).rejects.toThrow();
  });

  it('rejects a certificate that is none', async () => {
    const none = Buffer.from('no certificate');
    await expect(openServer({ tls: { cert: none, key: none } })).rejects.toThrow();
  });

  it('lets the request in flight finish on closing, and closes silent connections at once', async () => {
    const tls = selfSigned();
    const server = await openServer({ tls });
    const silent = connect(server.port, '127.0.0.1');
    await once(silent, 'connect');
    let release: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => {
      server.receiver.receipt = () => {
        resolve();
        return new Promise((answer) => (release = () => answer({ kind: 'accepted', rejected: 0, message: '' })));
      };
    });
    const headers = { 'content-type': JSON_TYPE };
    const request = httpsRequest(`${server.url}/v1/logs`, { method: 'POST', ca: tls.cert, headers, agent: false });
    request.end('{}');
    await entered;
    const silentClosed = once(silent.resume(), 'close');
    const closed = server.close();
    await silentClosed;
    release();
    expect((await responseTo(request)).statusCode).toBe(200);
    await closed;
  });
});
