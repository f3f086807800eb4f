import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { CATALOGUE } from '../../../collector/grafana/src/catalogue.ts';
import { prometheusName } from '../../../collector/grafana/src/names/prometheus-name.ts';
import { resolve } from '../../../collector/grafana/src/query.ts';
import type { MetricDefinition } from '../../../src/semconv.ts';
import { binaryPath } from '../../backends/programs.ts';
import { allMetrics } from '../../dashboards/semconv-names.ts';
import { stock } from '../../support/backends/binaries.ts';
import { startPrometheus, type Prometheus } from '../../support/backends/prometheus.ts';

const RULES = 'collector/prometheus/rules';
const TESTS = 'collector/prometheus/tests';
const run = promisify(execFile);

/** What promtool says; rejects with it when it is not content. */
async function promtool(...argv: readonly string[]): Promise<string> {
  const { stdout } = await run(binaryPath('promtool'), argv);
  return stdout;
}

stock('rules, by the real promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('the files are valid', async () => {
    const said = await promtool('check', 'rules', ...readdirSync(RULES).map((file) => join(RULES, file)));
    expect(said).not.toContain('FAILED');
  });

  test.each(readdirSync(TESTS))(
    '%s: alerts fire when they should, not before, and no page ends because data stops',
    async (file) => {
      expect(await promtool('test', 'rules', join(TESTS, file))).toContain('SUCCESS');
    },
  );

  test('every PromQL expression of the catalogue can be read', async () => {
    const promql = CATALOGUE.filter(({ language }) => language === 'promql');
    const rules = promql.map((query, index) => ({ record: `query:${index}`, expr: resolve(query) }));
    const file = join(folder, 'catalogue.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'catalogue', rules }] }));
    expect(await promtool('check', 'rules', file)).toContain(`${promql.length} rules found`);
  });
});

stock('names, by the real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus();
  });
  afterAll(() => prometheus.stop());

  test('every metric of semconv.ts is kept under the name that queries are built with', async () => {
    const metrics = allMetrics();
    const sent = await fetch(`${prometheus.url}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: metrics.map(onePoint) }] }] }),
    });
    expect(sent.status).toBe(200);
    const answer = await fetch(`${prometheus.url}/api/v1/label/__name__/values`);
    const { data } = (await answer.json()) as { readonly data: readonly string[] };
    const names = metrics.map((metric) => prometheusName(metric) + (metric.kind === 'histogram' ? '_bucket' : ''));
    expect(names.filter((name) => !data.includes(name))).toEqual([]);
  });
});

/** A point of the metric in OTLP's JSON. */
function onePoint({ name, unit, kind }: MetricDefinition): object {
  const point = { timeUnixNano: `${Date.now()}000000`, startTimeUnixNano: `${Date.now() - 1000}000000` };
  const isCumulative = { aggregationTemporality: 2 };
  switch (kind) {
    case 'gauge':
    case 'updown':
      return { name, unit, gauge: { dataPoints: [{ ...point, asDouble: 1 }] } };
    case 'counter':
      return { name, unit, sum: { ...isCumulative, isMonotonic: true, dataPoints: [{ ...point, asDouble: 1 }] } };
    case 'histogram': {
      const distribution = { count: '1', sum: 1, explicitBounds: [1], bucketCounts: ['1', '0'] };
      return { name, unit, histogram: { ...isCumulative, dataPoints: [{ ...point, ...distribution }] } };
    }
  }
}
