import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ALERTS } from '../../../collector/grafana/src/rules/rule-files.ts';
import { binaryPath } from '../../backends/programs.ts';
import { type Alertmanager, startAlertmanager } from '../../support/backends/alertmanager.ts';
import { stock } from '../../support/backends/binaries.ts';

const CONFIG = 'collector/alertmanager/alertmanager.yml';
const run = promisify(execFile);

type Labels = Readonly<Record<string, string>>;
interface ShownAlert {
  readonly labels: Labels;
  readonly status: { readonly state: string };
}

async function amtool(...argv: readonly string[]): Promise<string> {
  const { stdout } = await run(binaryPath('amtool'), argv);
  return stdout.trim();
}

stock('routes, by the real amtool', () => {
  test('the file is valid', async () => {
    expect(await amtool('check-config', CONFIG)).toContain('SUCCESS');
  });

  test.each(ALERTS.map(({ name, severity }) => [name, severity] as const))(
    '%s goes to who hears of %s',
    async (name, severity) => {
      const receiver = await amtool(
        'config',
        'routes',
        'test',
        '--config.file',
        CONFIG,
        `alertname=${name}`,
        `severity=${severity}`,
      );
      expect(receiver).toBe(severity === 'critical' ? 'page' : 'ticket');
    },
  );
});

const AGENT = { job: 'sales/leads', deployment_environment_name: 'production', hiveloop_agent_id: 'lead-qualifier' };
const OTHER = { ...AGENT, hiveloop_agent_id: 'other' };
const PAGE = { severity: 'critical' };
const WORK = { severity: 'warning' };
const SILENT = { alertname: 'HiveLoopAgentSilent', ...AGENT, ...PAGE };
const CRITICAL = { alertname: 'HiveLoopCriticalIssueOpen', ...AGENT, ...PAGE, hiveloop_issue_id: 'crm-403' };
const UNKNOWN = { alertname: 'HiveLoopIssueStateUnknown', instance: 'store', ...PAGE };
const RETRIES = { alertname: 'HiveLoopRetryStorm', ...AGENT, ...WORK };
const RETRIES_OF_OTHER = { ...RETRIES, ...OTHER };
const OLD_ISSUE = { alertname: 'HiveLoopIssueOpenTooLong', ...AGENT, ...WORK, hiveloop_issue_id: 'slow' };
const OLD_ISSUE_OF_OTHER = { ...OLD_ISSUE, ...OTHER };
const OLD_CRITICAL = { ...OLD_ISSUE, hiveloop_issue_id: 'crm-403' };

stock('inhibition, by the real Alertmanager', () => {
  let alertmanager: Alertmanager;
  beforeAll(async () => {
    alertmanager = await startAlertmanager();
  });
  afterAll(() => alertmanager.stop());

  /** Ends what an earlier test raised, raises these, and waits until exactly those are held back. */
  async function expectHeldBack(alerts: readonly Labels[], held: readonly Labels[]): Promise<void> {
    const earlier = await show();
    await raiseAt(
      alertmanager,
      earlier.map(({ labels }) => ({ labels, endsAt: new Date(Date.now() - 1000).toISOString() })),
    );
    await until(async () => expect(await show()).toHaveLength(0));
    await raiseAt(
      alertmanager,
      alerts.map((labels) => ({ labels })),
    );
    const states = alerts.map((labels) => [labels, held.includes(labels) ? 'suppressed' : 'active'] as const);
    await until(async () => {
      const shown = await show();
      expect(shown).toHaveLength(alerts.length);
      for (const [labels, state] of states) {
        expect(shown).toContainEqual(
          expect.objectContaining({ labels, status: expect.objectContaining({ state }) as unknown }),
        );
      }
    });
  }

  async function until(check: () => void | Promise<void>): Promise<void> {
    await vi.waitFor(check, { timeout: 60_000, interval: 50 });
  }

  async function show(): Promise<readonly ShownAlert[]> {
    const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
    return (await answer.json()) as readonly ShownAlert[];
  }

  test('an agent that is silent holds back its own warnings, not its critical issue and not another agent’s', async () => {
    await expectHeldBack([SILENT, RETRIES, RETRIES_OF_OTHER, CRITICAL, OLD_ISSUE], [RETRIES, OLD_ISSUE]);
  });

  test('a state of issues that is not known holds back warnings about issues, and no page', async () => {
    await expectHeldBack([UNKNOWN, CRITICAL, OLD_ISSUE_OF_OTHER, RETRIES_OF_OTHER], [OLD_ISSUE_OF_OTHER]);
  });

  test('a Collector that is down is one page: who is silent or not known behind it is held back', async () => {
    const down = { alertname: 'HiveLoopCollectorDown', instance: 'collector:8888', job: 'otelcol', ...PAGE };
    await expectHeldBack([down, SILENT, UNKNOWN, CRITICAL], [SILENT, UNKNOWN]);
  });

  test('a critical issue holds back the warnings about itself, not those about the agent’s other issues', async () => {
    await expectHeldBack([CRITICAL, OLD_CRITICAL, OLD_ISSUE], [OLD_CRITICAL]);
  });

  test('without the files of addresses it runs, shows the alerts and says what it could not deliver', async () => {
    await expectHeldBack([CRITICAL], []);
    await until(() => expect(alertmanager.logText()).toContain('webhooks/page.url'));
    expect(await show()).toHaveLength(1);
  });
});

stock('delivery, by the real Alertmanager', () => {
  test('a page goes to the address in its file, within seconds', async () => {
    const received: string[] = [];
    const webhook = createServer((request, response) => {
      void request.setEncoding('utf8').on('data', (text: string) => received.push(text));
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'hiveloop-webhooks-'));
    const { port } = webhook.address() as AddressInfo;
    writeFileSync(join(folder, 'page.url'), `http://127.0.0.1:${port}/page`);
    const alertmanager = await startAlertmanager({ replace: { '/etc/hiveloop/webhooks': folder } });
    try {
      await raiseAt(alertmanager, [{ labels: CRITICAL, annotations: { summary: 'it is open' } }]);
      await vi.waitFor(() => expect(received.join('')).toContain('"summary":"it is open"'), {
        timeout: 30_000,
        interval: 50,
      });
      expect(received.join('')).toContain('"receiver":"page"');
    } finally {
      await alertmanager.stop();
      webhook.close();
      rmSync(folder, { recursive: true });
    }
  });
});

async function raiseAt({ url }: Alertmanager, alerts: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
  expect(answer.status).toBe(200);
}
