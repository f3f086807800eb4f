/** What waits for a receiver that is away, and what it refused for good, as somebody at a terminal deals with it. */
import { SeverityNumber } from '@opentelemetry/api-logs';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as names from '../../src/semconv.ts';
import { decodeLogs } from '../../src/translator/otlp/decode.ts';
import { parsePrometheusText } from '../translator/emit/parse-prometheus-text.ts';
import { AgentFeed } from './support/agent-feed.ts';
import { runCommand, startCommand, type RunningCommand } from './support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

function storePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'issues.db');
}

/** A backend that answers everything by one status. */
async function openBackend(status: number): Promise<string> {
  const server = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.writeHead(status).end(status === 400 ? 'this tenant is\nunknown here' : ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startOn(path: string, exportTo: string, ...flags: readonly string[]): RunningCommand {
  const store = ['--listen', '127.0.0.1:0', '--store', `sqlite:${path}`];
  return startCommand(['translator', ...store, '--export', exportTo, ...flags]);
}

async function report(url: string, ...issueIds: readonly string[]): Promise<void> {
  const feed = new AgentFeed(url);
  for (const issueId of issueIds) {
    feed.log(names.EVENT_ISSUE_REPORTED, 'it fails', { [names.ATTR_ISSUE_ID]: issueId }, SeverityNumber.ERROR);
  }
  await feed.close();
}

async function valuesOf(url: string, metric: string): Promise<readonly number[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (parsePrometheusText(text).get(metric)?.samples ?? []).map(({ value }) => value);
}

test('beyond --outbox-max-rows the oldest is dropped and counted while the receiver is away', async () => {
  const command = startOn(storePath(), await openBackend(503), '--outbox-max-rows', '1');
  const url = await command.url();
  await report(url, 'crm-403', 'smtp', 'billing');
  await expect
    .poll(() => valuesOf(url, 'hiveloop_translator_outbox_aged_out_total'), { timeout: 20_000 })
    .toEqual([2, 2]);
  expect(await valuesOf(url, 'hiveloop_translator_outbox_rows')).toEqual([1, 1]);
});

test('beyond --outbox-max-age it is dropped and counted', async () => {
  const command = startOn(storePath(), await openBackend(503), '--outbox-max-age', '100ms');
  const url = await command.url();
  await report(url, 'crm-403');
  await expect
    .poll(() => valuesOf(url, 'hiveloop_translator_outbox_aged_out_total'), { timeout: 25_000 })
    .toEqual([1, 1]);
});

test('what the receiver refused is listed with its reason, and as JSON with its body, beside a running translator', async () => {
  const path = storePath();
  const command = startOn(path, await openBackend(400));
  const url = await command.url();
  await report(url, 'crm-403');
  await expect
    .poll(() => valuesOf(url, 'hiveloop_translator_outbox_parked_total'), { timeout: 20_000 })
    .toEqual([1, 1]);

  const list = await runCommand(['translator', '--parked', `sqlite:${path}`]);
  expect(list).toMatchObject({ status: 0, stderr: '' });
  const line =
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}(logs {2}|traces) {2} *\d+ B {2}http:\S+ answered 400: this tenant is unknown here$/;
  const lines = list.stdout.trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(line), expect.stringMatching(line)]);

  const json = await runCommand(['translator', '--parked', path, '--json']);
  const { parked } = JSON.parse(json.stdout) as {
    readonly parked: readonly { readonly signal: string; readonly bytes: number; readonly body: string }[];
  };
  expect(parked.map(({ signal }) => signal).toSorted()).toEqual(['logs', 'traces']);
  const body = Buffer.from(parked.find(({ signal }) => signal === 'logs')?.body ?? '', 'base64');
  expect(body.byteLength).toBe(parked.find(({ signal }) => signal === 'logs')?.bytes);
  expect(decodeLogs(body, 'protobuf')[0]?.logRecords[0]).toMatchObject({ eventName: names.EVENT_ISSUE_LIFECYCLE });
});

test('a store with nothing parked says so, one that is not there is a failure', async () => {
  const path = storePath();
  const command = startOn(path, 'none');
  await command.url();
  expect(await runCommand(['translator', '--parked', path])).toEqual({
    status: 0,
    stdout: '',
    stderr: `hiveloop translator: nothing is parked in ${path}\n`,
  });
  expect(await runCommand(['translator', '--parked', path, '--json'])).toMatchObject({ stdout: '{"parked":[]}\n' });
  expect(await runCommand(['translator', '--parked', `${path}.old`])).toEqual({
    status: 1,
    stdout: '',
    stderr: `hiveloop: there is no store at ${path}.old\n`,
  });
});
