/** A store that is looked after: checked and copied while a translator runs on it, and restored. */
import { SeverityNumber } from '@opentelemetry/api-logs';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as names from '../../src/semconv.ts';
import { AgentFeed } from './support/agent-feed.ts';
import { runCommand, startCommand, type RunningCommand } from './support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function startOn(path: string): RunningCommand {
  return startCommand(['translator', '--listen', '127.0.0.1:0', '--store', `sqlite:${path}`, '--export', 'none']);
}

async function report(url: string, issueId: string): Promise<void> {
  const feed = new AgentFeed(url);
  feed.log(names.EVENT_ISSUE_REPORTED, 'it fails', { [names.ATTR_ISSUE_ID]: issueId }, SeverityNumber.ERROR);
  await feed.close();
}

async function openIssues(url: string): Promise<readonly string[]> {
  const { stdout } = await runCommand(['issues', '--url', url, '--json']);
  const { issues } = JSON.parse(stdout) as { readonly issues: readonly { readonly issueId: string }[] };
  return issues.map(({ issueId }) => issueId).toSorted();
}

test('a backup of a running translator is sound, and a translator that starts on it goes on from there', async () => {
  const folder = temporaryFolder();
  const [path, backup, restored] = ['issues.db', 'backup.db', 'restored.db'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const running = startOn(path);
  const url = await running.url();
  await report(url, 'crm-403');

  expect(await runCommand(['translator', '--store', `sqlite:${path}`, '--backup', backup])).toEqual({
    status: 0,
    stdout: `${path} copied to ${backup}\n`,
    stderr: '',
  });
  await report(url, 'smtp');
  for (const file of [path, backup]) {
    const { status, stdout } = await runCommand(['translator', '--check', file]);
    expect(stdout).toMatch(/ is sound: [12] issues, schema \d+, \d+ events to replay at a start; received [12] = /);
    expect(status).toBe(0);
  }

  copyFileSync(backup, restored);
  const afterwards = startOn(restored);
  expect(await openIssues(await afterwards.url())).toEqual(['crm-403']);
  expect(await openIssues(url)).toEqual(['crm-403', 'smtp']);
});

test('a backup overwrites nothing, and needs a store in a file', async () => {
  const folder = temporaryFolder();
  const target = join(folder, 'backup.db');
  writeFileSync(target, 'precious');
  const store = ['--store', `sqlite:${join(folder, 'none.db')}`];
  expect(await runCommand(['translator', ...store, '--backup', join(folder, 'new.db')])).toMatchObject({ status: 1 });
  expect(await runCommand(['translator', '--store', 'memory:', '--backup', target])).toMatchObject({ status: 2 });
  expect(await runCommand(['translator', '--check', target, '--backup', target])).toMatchObject({ status: 2 });
  expect(readdirSync(folder)).toEqual(['backup.db']);
});

test('a check says what is wrong, with status 1, and makes nothing', async () => {
  const folder = temporaryFolder();
  const broken = join(folder, 'broken.db');
  writeFileSync(broken, 'not a database at all, whatever its name says. '.repeat(20));
  for (const file of [broken, join(folder, 'missing.db')]) {
    const { status, stdout, stderr } = await runCommand(['translator', '--check', file]);
    expect({ status, isSilent: stdout === '' }).toEqual({ status: 1, isSilent: false });
    expect(stderr).toMatch(/is not sound; restore a backup/);
  }
  expect(readdirSync(folder)).toEqual(['broken.db']);
});
