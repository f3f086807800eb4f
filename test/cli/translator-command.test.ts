import { SeverityNumber } from '@opentelemetry/api-logs';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as names from '../../src/semconv.ts';
import { AgentFeed } from './support/agent-feed.ts';
import { runCommand, startCommand, type RunningCommand } from './support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

const ISSUE = { [names.ATTR_ISSUE_ID]: 'crm-403', [names.ATTR_ISSUE_SEVERITY]: 'high' };

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hiveloop-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A backend that keeps the path of each request. */
async function openBackend(): Promise<{ readonly url: string; readonly paths: Set<string> }> {
  const paths = new Set<string>();
  const server = createServer((request, response) => {
    paths.add(request.url ?? '');
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

async function end(command: RunningCommand): Promise<void> {
  command.signal('SIGTERM');
  expect((await command.ended).status).toBe(0);
}

test('it says where it listens, answers health checks, sends what it derives, and ends cleanly', async () => {
  const backend = await openBackend();
  const store = `sqlite:${join(await temporaryFolder(), 'issues.db')}`;
  const command = startCommand(['translator', '--listen', '127.0.0.1:0', '--store', store, '--export', backend.url]);
  const url = await command.url();
  expect(command.stderr).toBe(
    `hiveloop translator: takes OTLP/HTTP on ${url}, keeps issues in ${store}, sends what it derives to ${backend.url}\n`,
  );
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  const feed = new AgentFeed(url);
  feed.log(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', ISSUE, SeverityNumber.ERROR);
  await feed.close();
  await end(command);

  expect([...backend.paths].toSorted()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  expect(command.stdout).toBe('');
});

test('an issue outlives the process: a report after a restart makes it recur', async () => {
  const store = `sqlite:${join(await temporaryFolder(), 'issues.db')}`;
  for (let run = 0; run < 2; run++) {
    const command = startCommand(['translator', '--listen', '127.0.0.1:0', '--store', store, '--export', 'none']);
    const feed = new AgentFeed(await command.url());
    feed.log(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', ISSUE, SeverityNumber.ERROR);
    await feed.close();
    await end(command);
  }
  const { createTranslator } = await import('../../src/translator/translator.ts');
  const translator = await createTranslator({ store: `sqlite:${store.slice('sqlite:'.length)}` });
  onTestFinished(() => translator.close());
  expect(await translator.issues()).toMatchObject([{ issueId: 'crm-403', state: 'open', occurrences: 2 }]);
});

const MISUSES: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an export address that is its own listener', ['--export', 'http://localhost:4318'], /own listener/],
  [
    'a store that cannot be opened',
    ['--store', 'sqlite:/nowhere/at/all.db', '--export', 'none'],
    /sqlite:\/nowhere\/at\/all\.db/,
  ],
  ['a store of an unknown kind', ['--store', 'redis:x'], /--store 'redis:x' is not a store/],
  ['a window that is no duration', ['--reorder-window', '5'], /--reorder-window '5' is not a duration/],
  ['an export address that is none', ['--export', 'collector:4318'], /--export 'collector:4318' is not an address/],
];

test.each(MISUSES)('%s is one line and status 2', async (_what, flags, message) => {
  const { status, stdout, stderr } = await runCommand(['translator', ...flags]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('an address in use is one line and status 2, and the store is closed again', async () => {
  const backend = await openBackend();
  const { host } = new URL(backend.url);
  const { status, stderr } = await runCommand([
    'translator',
    '--listen',
    host,
    '--store',
    'memory:',
    '--export',
    'none',
  ]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^hiveloop: cannot listen on .*the port is in use.*\n$/);
});

test('a second signal ends it at once, whatever is in flight', async () => {
  const command = startCommand(['translator', '--listen', '127.0.0.1:0', '--store', 'memory:', '--export', 'none']);
  const { hostname, port } = new URL(await command.url());
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined); // the end at once resets it
  const head = [
    'POST /v1/logs HTTP/1.1',
    'host: here',
    'content-type: application/json',
    'content-length: 100',
    'expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data'); // 100 Continue: the request has begun, and its body never comes

  command.signal('SIGINT');
  await command.waitFor('stderr', /stops/);
  command.signal('SIGINT');

  expect((await command.ended).status).toBe(130);
});
