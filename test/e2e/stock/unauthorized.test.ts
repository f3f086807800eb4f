import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startTranslator } from '../../conformance/translator-process.ts';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { type Prometheus, startPrometheus } from '../../support/backends/prometheus.ts';
import { temporaryFolder } from '../../support/backends/real-process.ts';
import { selfSigned } from '../../translator/http/self-signed.ts';

const TLS = selfSigned();

interface Vector {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}
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
    expect(await unauthorized('otelcol')).toEqual([]);

    for (const host of ['a.example', 'b.example']) expect(await send(at, 'wrong', host)).toBe(401);
    await vi.waitFor(async () => expect(await unauthorized('otelcol')).toHaveLength(1), {
      timeout: 60_000,
      interval: 100,
    });
    expect(await scraped()).not.toContain('example');
  });

  test('a wrong token at the translator raises it too, by what the translator itself counts', async () => {
    const way = await startCollector({ env: { PROMETHEUS_URL: prometheus.url } });
    onTestFinished(() => way.stop());
    const tokens = join(temporaryFolder('tokens'), 'tokens');
    writeFileSync(tokens, 'right-token\n', { mode: 0o600 });
    const argv = ['--token-file', tokens, '--snapshot-interval', '1s'];
    const translator = await startTranslator(argv, way.urls.derived);
    const post = async (token: string): Promise<number> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ resourceLogs: [] });
      return (await fetch(`${translator.url}/v1/logs`, { method: 'POST', headers, body })).status;
    };
    expect(await post('right-token')).toBe(200);
    await vi.waitFor(async () => expect(await counted('200')).toBe(1), { timeout: 60_000, interval: 100 });
    expect(await counted('401')).toBe(0);
    expect(await unauthorized('hiveloop-translator')).toEqual([]);

    expect(await post('wrong-token')).toBe(401);
    await vi.waitFor(async () => expect(await unauthorized('hiveloop-translator')).toHaveLength(1), {
      timeout: 60_000,
      interval: 100,
    });
    expect(await counted('401')).toBe(1);
  });

  /** Requests that the translator answered so, as Prometheus has it. */
  async function counted(status: string): Promise<number | undefined> {
    const query = `sum(hiveloop_translator_requests_total{http_response_status_code="${status}"})`;
    const answer = await fetch(`${prometheus.url}/api/v1/query?${String(new URLSearchParams({ query }))}`);
    const { data } = (await answer.json()) as Vector;
    const value = data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  async function scraped(): Promise<string> {
    return (await fetch(collector.urls.metrics)).text();
  }

  async function unauthorized(job: string): Promise<readonly object[]> {
    const answer = await fetch(`${prometheus.url}/api/v1/alerts`);
    const { data } = (await answer.json()) as Alerts;
    return data.alerts.filter(
      ({ labels }) => labels['alertname'] === 'HiveLoopRequestsUnauthorized' && labels['job'] === job,
    );
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
