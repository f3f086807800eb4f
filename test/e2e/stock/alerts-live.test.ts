/** A page from end to end: a critical issue, reported through the Collector, in the real Alertmanager. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_LOG_RECORD_UID,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
} from '../../../src/semconv.ts';
import { type Alertmanager, startAlertmanager } from '../../support/backends/alertmanager.ts';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { copyCommitted } from '../../support/backends/committed-file.ts';
import { freePorts } from '../../support/backends/ports.ts';
import { type Prometheus, startPrometheus } from '../../support/backends/prometheus.ts';
import { temporaryFolder } from '../../support/backends/real-process.ts';
import { type BuiltPackage, buildPackage } from '../../support/build.ts';
import { prometheusSamples } from '../../support/chain/stored.ts';
import { type ChainTranslator, startChainTranslator } from '../../support/chain/translator.ts';
import { logsRequest, postOtlp } from '../../support/otlp-json.ts';

/**
 * The committed rules but for their times: three snapshots are 90 s there and, at one a second, 5 s here. promtool tests the
 * times themselves (collector/prometheus/tests). docs/operations.md has how long it takes with those.
 */
const SHORTER = {
  'alerts.yml': { 'for: 1m': 'for: 2s', 'keep_firing_for: 5m': 'keep_firing_for: 5s', '> 180': '> 8' },
  'recording.yml': { '- 90)': '- 5)' },
};
/** From the report to the alert in Alertmanager, with those times: 2 s of `for`, three steps of a second. */
const PROMPT = { timeout: 15_000, interval: 100 };
const PATIENCE = { timeout: 40_000, interval: 100 };

const AGENT = 'lead-qualifier';
const ISSUE = 'crm-403';
const OPEN = 'HiveLoopCriticalIssueOpen';

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string };
}

stock('a page for a critical issue', () => {
  let built: BuiltPackage;
  let alertmanager: Alertmanager;
  let prometheus: Prometheus;
  let collector: Collector;
  let translator: ChainTranslator;

  beforeAll(async () => {
    const [metricsPort = 0, port = 0] = await freePorts(2);
    const rules = temporaryFolder('rules');
    for (const [file, times] of Object.entries(SHORTER))
      copyCommitted(`collector/prometheus/rules/${file}`, rules, times);
    [built, alertmanager] = await Promise.all([buildPackage(), startAlertmanager()]);
    prometheus = await startPrometheus({
      collectorMetrics: `127.0.0.1:${metricsPort}`,
      alertmanager: alertmanager.address,
      interval: '1s',
      rules,
      lookback: '5s',
    });
    collector = await startCollector({
      env: {
        COLLECTOR_METRICS_PORT: String(metricsPort),
        PROMETHEUS_URL: prometheus.url,
        TRANSLATOR_URL: `http://127.0.0.1:${port}`,
      },
    });
    translator = await startChainTranslator({ packageFolder: built.folder, port, exportTo: collector.urls.derived });
  });
  afterAll(async () => {
    for (const process of [translator, collector, prometheus, alertmanager]) await process.stop();
    await built.remove();
  });

  it('names agent and issue, and comes within seconds of the report', async () => {
    await tell(EVENT_ISSUE_REPORTED);
    const alert = await vi.waitFor(async () => {
      const [found] = await open();
      // Alertmanager shows an alert before it has looked at it.
      expect(found).toMatchObject({ status: { state: 'active' } });
      return found;
    }, PROMPT);
    expect(alert).toMatchObject({
      labels: { severity: 'critical', hiveloop_agent_id: AGENT, hiveloop_issue_id: ISSUE, job: 'sales/lead-service' },
    });
    expect(alert?.annotations['summary']).toContain(`issue ${ISSUE} of agent ${AGENT}`);
    expect(alert?.annotations['runbook_url']).toBe('docs/runbooks/critical-issue-open.md');
  });

  it('stays when translator and Collector are killed, and all that Prometheus had of the issue is old', async () => {
    await translator.kill();
    await collector.kill();
    const raw = `hiveloop_issue_opened_at_seconds{hiveloop_issue_id="${ISSUE}"}`;
    await vi.waitFor(async () => {
      expect(await prometheusSamples(prometheus.url, raw)).toEqual([]);
      const names = (await alerts()).map(({ labels }) => labels['alertname']);
      expect(names).toEqual(expect.arrayContaining([OPEN, 'HiveLoopCollectorDown', 'HiveLoopIssueStateUnknown']));
    }, PATIENCE);
    // Fifteen evaluations beside the one that says that nothing is known: what would end it by silence has had its time.
    const firing = (name: string): string =>
      `count_over_time(ALERTS{alertname="${name}", alertstate="firing"}[15s]) >= 15`;
    await vi.waitFor(async () => {
      for (const name of [OPEN, 'HiveLoopIssueStateUnknown']) {
        expect(await prometheusSamples(prometheus.url, firing(name))).toHaveLength(1);
      }
    }, PATIENCE);
    expect((await open()).map(({ status }) => status.state)).toEqual(['active']);
  });

  it('stays when they are back, and goes away when the issue is resolved', async () => {
    await collector.restart();
    await translator.restart();
    await vi.waitFor(async () => {
      const names = (await alerts()).map(({ labels }) => labels['alertname']);
      expect(names).not.toContain('HiveLoopIssueStateUnknown');
      expect(names).toContain(OPEN);
    }, PATIENCE);
    await tell(EVENT_ISSUE_RESOLVED);
    await vi.waitFor(async () => expect(await open()).toEqual([]), PATIENCE);
  });

  async function tell(eventName: string): Promise<void> {
    const attributes = {
      [ATTR_LOG_RECORD_UID]: eventName,
      [ATTR_AGENT_ID]: AGENT,
      [ATTR_ISSUE_ID]: ISSUE,
      [ATTR_ISSUE_SEVERITY]: 'critical',
    };
    const request = logsRequest([{ eventName, body: 'The CRM answers 403', attributes }]);
    expect(await postOtlp(collector.urls.otlpHttp, 'logs', request)).toBe(200);
  }

  async function open(): Promise<readonly Alert[]> {
    return (await alerts()).filter(({ labels }) => labels['alertname'] === OPEN);
  }

  async function alerts(): Promise<readonly Alert[]> {
    const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
    return (await answer.json()) as readonly Alert[];
  }
});
