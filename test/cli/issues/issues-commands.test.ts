/** The real commands against the real translator, each in a process of its own. */
import { SeverityNumber } from '@opentelemetry/api-logs';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as names from '../../../src/semconv.ts';
import { AgentFeed } from '../support/agent-feed.ts';
import { runCommand, startCommand } from '../support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

async function startTranslator(flags: readonly string[] = []): Promise<string> {
  const argv = ['translator', '--listen', '127.0.0.1:0', '--store', 'memory:', '--export', 'none', ...flags];
  return startCommand(argv).url();
}

/** Two issues: `crm-403`, high, reported twice, and `smtp`, critical. */
async function tellIssues(url: string): Promise<void> {
  const feed = new AgentFeed(url);
  const report = (issueId: string, severity: string, summary: string): void => {
    const attributes = { [names.ATTR_ISSUE_ID]: issueId, [names.ATTR_ISSUE_SEVERITY]: severity };
    feed.log(names.EVENT_ISSUE_REPORTED, summary, attributes, SeverityNumber.ERROR);
  };
  report('crm-403', 'high', 'CRM API returns 403');
  report('crm-403', 'high', 'CRM API returns 403');
  report('smtp', 'critical', 'SMTP is down');
  await feed.close();
}

async function temporaryFile(name: string, text: string, mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hiveloop-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

test('issues lists the open ones, worst first, and nothing but data on stdout', async () => {
  const url = await startTranslator();
  await tellIssues(url);
  const { status, stdout, stderr } = await runCommand(['issues', '--url', url], { COLUMNS: '80' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^ {2}KEY +SEVERITY +OPEN +× +AGENT +ISSUE$/);
  expect(lines[1]).toMatch(/^● [0-9a-f]{8} critical +\S+ +×1 +lead-qualifier +smtp SMTP is down$/);
  expect(lines[2]).toMatch(/^● [0-9a-f]{8} high +\S+ +×2 +lead-qualifier +crm-403 CRM API returns 403$/);
  expect(lines).toHaveLength(3);
});

test('an issue is looked at, dismissed by the beginning of its key, and then no longer open', async () => {
  const url = await startTranslator();
  await tellIssues(url);
  const environment = { HIVELOOP_URL: url, COLUMNS: '100' };
  const list = await runCommand(['issues', '--severity', 'high'], environment);
  const key = /● ([0-9a-f]{8}) high/.exec(list.stdout)?.[1] ?? '';

  const shown = await runCommand(['issues', 'show', key], environment);
  expect(shown).toMatchObject({ status: 0, stderr: '' });
  expect(shown.stdout).toMatch(/^● crm-403 high · open for \S+ · ×2\n {2}CRM API returns 403\n/);
  expect(shown.stdout).toMatch(
    /● opened +high {2}CRM API returns 403\n.*· recurred +high ×2 {2}CRM API returns 403\n$/,
  );

  const dismissed = await runCommand(
    ['issues', 'dismiss', key, '--why', 'the vendor knows', '--by', 'on-call'],
    environment,
  );
  expect(dismissed).toMatchObject({ status: 0, stderr: '' });
  expect(dismissed.stdout).toMatch(/^dismissed [0-9a-f]{32} crm-403: CRM API returns 403\n$/);

  expect((await runCommand(['issues', '--agent', 'lead-qualifier'], environment)).stdout).not.toContain('crm-403');
  const closed = await runCommand(['issues', '--state', 'dismissed', '--json'], environment);
  expect(JSON.parse(closed.stdout)).toMatchObject({ issues: [{ issueId: 'crm-403', state: 'dismissed' }] });
  const history = await runCommand(['issues', 'show', key, '--json'], environment);
  expect(history.stdout).toContain('the vendor knows');
  expect(history.stdout).toContain('on-call');

  expect(await runCommand(['issues', '--state', 'resolved'], environment)).toMatchObject({
    status: 0,
    stdout: '',
    stderr: 'hiveloop issues: no resolved issues\n',
  });
});

test('hiveloop dev answers too', async () => {
  const url = await startCommand(['dev', '--listen', '127.0.0.1:0']).url();
  await tellIssues(url);
  const { stdout } = await runCommand(['issues', '--url', url]);
  expect(stdout).toContain('crm-403 CRM API returns 403');
});

test('a translator that has heard nothing says so', async () => {
  const url = await startTranslator();
  const { status, stdout, stderr } = await runCommand(['issues', '--url', url]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(stderr).toMatch(/^hiveloop issues: no open issues\nhiveloop issues: the translator has had no event yet/);
});

test('what cannot be done is one line and status 1', async () => {
  const url = await startTranslator();
  await tellIssues(url);
  const runs = [
    ['issues', '--url', 'http://127.0.0.1:9'],
    ['issues', 'show', '00000000000000000000000000000000', '--url', url],
    ['issues', 'dismiss', '00000000000000000000000000000000', '--why', 'x', '--by', 'me', '--url', url],
  ];
  for (const argv of runs) {
    const { status, stdout, stderr } = await runCommand(argv);
    expect({ argv, status, stdout }).toEqual({ argv, status: 1, stdout: '' });
    expect(stderr).toMatch(/^hiveloop: [^\n]+\n$/);
  }
});

test('something else that answers at the address is told from a translator', async () => {
  const server = createServer((_, response) => response.end('{"hello":"world"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { status, stderr } = await runCommand([
    'issues',
    '--url',
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  ]);
  expect({ status, stderr }).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('no hiveloop translator') as string,
  });
});

test.each([
  [['issues', 'show'], /^hiveloop: which issue\?/],
  [['issues', 'show', 'crm-403'], /^hiveloop: 'crm-403' is no key/],
  [['issues', 'show', 'abcd', 'ef01'], /^hiveloop: unexpected argument 'ef01'/],
  [['issues', 'dismiss', 'abcd', '--by', 'me'], /^hiveloop: say why it is dismissed/],
  [['issues', 'dismiss', 'abcd', '--why', 'x'], /^hiveloop: say who dismisses it/],
  [['issues', '--state', 'closed'], /^hiveloop: --state 'closed' is none; write open, resolved, dismissed, all/],
  [['issues', '--url', 'translator:4318'], /^hiveloop: --url 'translator:4318' is not an address/],
  [['issues', '--token-file', '/nowhere/token'], /^hiveloop: the token file \/nowhere\/token does not exist/],
])('%j is one line and status 2', async (argv, message) => {
  const { status, stdout, stderr } = await runCommand(argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('with a token file on both sides they talk; without one here, it says what is missing', async () => {
  const tokenFile = await temporaryFile('tokens', '# rotated every month\na-long-token\n', 0o600);
  const url = await startTranslator(['--token-file', tokenFile]);
  expect(await runCommand(['issues', '--url', url, '--token-file', tokenFile])).toMatchObject({ status: 0 });
  expect(await runCommand(['issues', '--url', url])).toMatchObject({
    status: 2,
    stderr: `hiveloop: ${url} wants a token, or another one: give it by --token-file\n`,
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.runIf(hasOpenssl)('over TLS, with a certificate that the asker trusts', async () => {
  const cert = await temporaryFile('cert.pem', '', 0o644);
  const key = await temporaryFile('key.pem', '', 0o600);
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-days', '1', '-nodes', '-newkey', 'rsa:2048', ...names, '-out', cert, '-keyout', key];
  expect(spawnSync('openssl', made).status).toBe(0);
  const argv = [
    '--listen',
    '127.0.0.1:0',
    '--store',
    'memory:',
    '--export',
    'none',
    '--tls-cert',
    cert,
    '--tls-key',
    key,
  ];
  const command = startCommand(['translator', ...argv]);
  const [, url = ''] = await command.waitFor('stderr', /on (https:\/\/[\d.:]+)/);

  const trusting = await runCommand(['issues', '--url', url], { NODE_EXTRA_CA_CERTS: cert });
  expect(trusting).toMatchObject({ status: 0, stdout: '' });
  const other = await runCommand(['issues', '--url', url]);
  expect(other.status).toBe(1);
  expect(other.stderr).toMatch(/^hiveloop: no translator answers at https:.* \(DEPTH_ZERO_SELF_SIGNED_CERT\); /);
});
