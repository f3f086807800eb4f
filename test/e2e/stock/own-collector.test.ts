/** docs/collector.md, "Add it to a Collector that you have": its last file, over a configuration of somebody else's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTranslator } from '../../conformance/translator-process.ts';
import { stock } from '../../support/backends/binaries.ts';
import { type Collector, startCollector } from '../../support/backends/collector.ts';
import { freePorts } from '../../support/backends/ports.ts';
import { ROOT, temporaryFolder } from '../../support/backends/real-process.ts';
import { logsRequest, postOtlp, tracesRequest } from '../../support/otlp-json.ts';
import { hasMetricText, logsAt, openPlayedBackend, type PlayedBackend, spansAt } from '../../support/played-backend.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

stock('a Collector that was there before', () => {
  const folder = temporaryFolder('own-collector');
  let backend: PlayedBackend;
  let collector: Collector;
  let otlp: string;
  let translatorAt: number;
  beforeAll(async () => {
    backend = await openPlayedBackend();
    const [port = 0, translatorPort = 0] = await freePorts(2);
    otlp = `http://127.0.0.1:${port}`;
    translatorAt = translatorPort;
    const base = ['collector/collector.yaml', 'collector/overlays/stock-off.yaml'];
    const own = [written('yours.yaml', yours(port, backend.url)), written('join.yaml', joinInTheDocs())];
    collector = await startCollector({
      configs: [...base, ...own],
      env: { TRANSLATOR_URL: `http://127.0.0.1:${translatorPort}` },
    });
  });
  afterAll(async () => {
    await collector.stop();
    await backend.close();
  });

  it('sends what it sent before, and beside it what the translator makes of the issue events', async () => {
    await startTranslator(['--snapshot-interval', '1s'], collector.urls.derived, translatorAt);
    const attributes = { 'hiveloop.agent.id': 'lead-qualifier', 'log.record.uid': 'u-1' };
    const report = { body: 'CRM API returns 403', eventName: 'hiveloop.issue.reported', attributes };
    await postOtlp(otlp, 'logs', logsRequest([report]));
    await postOtlp(otlp, 'traces', tracesRequest([{ name: 'before' }]));
    await vi.waitFor(() => {
      const events = logsAt(backend).map(({ eventName }) => eventName);
      expect(events).toEqual(expect.arrayContaining(['hiveloop.issue.reported', 'hiveloop.issue.lifecycle']));
      expect(spansAt(backend).map(({ name }) => name)).toContain('before');
      expect(hasMetricText(backend, 'hiveloop.issue.active')).toBe(true);
    }, PATIENCE);
  });

  function written(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }
});

function yours(port: number, endpoint: string): string {
  return JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    processors: { batch: {} },
    exporters: { 'otlp_http/yours': { endpoint } },
    service: {
      pipelines: Object.fromEntries(
        ['traces', 'metrics', 'logs'].map((signal) => [
          signal,
          { receivers: ['otlp'], processors: ['batch'], exporters: ['otlp_http/yours'] },
        ]),
      ),
    },
  });
}

function joinInTheDocs(): string {
  const [, section = ''] = readFileSync(join(ROOT, 'docs/collector.md'), 'utf8').split(
    '## Add it to a Collector that you have',
  );
  const [, text] = /```yaml\n(.*?)```/s.exec(section) ?? [];
  if (text === undefined) throw new Error('docs/collector.md has no join.yaml');
  return text;
}
