import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { type Prometheus, startPrometheus } from '../../support/backends/prometheus.ts';
import { temporaryFolder } from '../../support/backends/real-process.ts';
import { selfSigned } from '../../translator/http/self-signed.ts';

const TLS = selfSigned();

interface Alerts {
  readonly data: { readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[] };
}

stock('requests refused for their token, by the real Collector and Prometheus', () => {
  let collector: Collector;
  let prometheus: Prometheus;
  beforeAll(async () => {
    const folder = temporaryFolder('unauthorized');
    const files = { COLLECTOR_TLS_CERT: join(folder, 'cert.pem'), COLLECTOR_TLS_KEY: join(folder, 'key.pem') };
    writeFileSync(files.COLLECTOR_TLS_CERT, TLS.cert);
    writeFileSync(files.COLLECTOR_TLS_KEY, TLS.key);
    collector = await startCollector({
      configs: ['collector/collector.yaml', 'collector/overlays/tls-auth.yaml'],
      env: { COLLECTOR_TOKEN: 'right', ...files },
    });
    prometheus = await startPrometheus({ collectorMetrics: collector.metricsAddress, interval: '1s' });
  });
  afterAll(async () => {
    await collector.stop();
    await prometheus.stop();
  });

  test('a wrong token raises the alert, the right one does not, and a client cannot make series', async () => {
    const at = new URL('/v1/logs', collector.urls.otlpHttp.replace('http:', 'https:'));
    expect(await send(at, 'right')).toBe(200);
    await vi.waitFor(async () => expect(await scraped()).toContain('http_response_status_code="200"'), {
      timeout: 10_000,
    });
    expect(await unauthorized()).toEqual([]);

    for (const host of ['a.example', 'b.example']) expect(await send(at, 'wrong', host)).toBe(401);
    await vi.waitFor(async () => expect(await unauthorized()).toHaveLength(1), { timeout: 60_000, interval: 100 });
    expect(await scraped()).not.toContain('example');
  });

  async function scraped(): Promise<string> {
    return (await fetch(collector.urls.metrics)).text();
  }

  async function unauthorized(): Promise<readonly object[]> {
    const answer = await fetch(`${prometheus.url}/api/v1/alerts`);
    const { data } = (await answer.json()) as Alerts;
    return data.alerts.filter(({ labels }) => labels['alertname'] === 'HiveLoopRequestsUnauthorized');
  }
});

function send(at: URL, token: string, host = at.host): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, host };
  return new Promise((resolve, reject) => {
    const sent = request(at, { method: 'POST', ca: TLS.cert, servername: 'localhost', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    sent.once('error', reject).end(JSON.stringify({ resourceLogs: [] }));
  });
}
