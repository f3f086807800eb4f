/** What the server answers is counted: a sender that is refused drops its data, and nobody else hears of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { metricsRoute } from '../../src/translator/api/metrics-route.ts';
import { healthRoutes } from '../../src/translator/http/health-routes.ts';
import { openOtlpServer } from '../../src/translator/http/server.ts';
import { TokenDigests } from '../../src/translator/http/token-list.ts';
import type { StoreUrl } from '../../src/translator/store/open-store.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';
import { parsePrometheusText } from './emit/parse-prometheus-text.ts';
import { JSON_TYPE, post } from './http/open-server.ts';
import { RecordingSink } from './recording-sink.ts';

const TOKEN = { authorization: 'Bearer first-token' };

async function open(store: StoreUrl, sink = new RecordingSink()): Promise<{ translator: Translator; url: string }> {
  const translator = await createTranslator({ store, sink });
  const server = await openOtlpServer({
    host: '127.0.0.1',
    port: 0,
    receiver: translator.receiver,
    routes: [...healthRoutes(() => translator.health()), metricsRoute(translator)],
    tokens: new TokenDigests(['first-token']),
    maxBodyBytes: 100,
    onAnswer: (answer) => translator.countAnswer(answer),
  });
  onTestFinished(async () => {
    await server.close();
    await translator.close();
  });
  return { translator, url: server.url };
}

/** The answers given so far, as a scrape has them, those that never were left out. */
async function scrape(url: string): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${url}/metrics`, { headers: TOKEN })).text();
  const samples = parsePrometheusText(text).get('hiveloop_translator_requests_total')?.samples ?? [];
  const counted = samples.map(({ labels, value }) => {
    return [`${labels['hiveloop_signal']} ${labels['http_response_status_code']}`, value] as const;
  });
  return Object.fromEntries(counted.filter(([, value]) => value > 0));
}

test('answers are counted by signal and status, those to probes are not', async () => {
  const { url } = await open('memory:');
  await post(`${url}/v1/logs`, JSON_TYPE, '{}');
  await post(`${url}/v1/logs`, JSON_TYPE, '{}', { authorization: 'Bearer of-old-times' });
  await post(`${url}/v1/logs`, JSON_TYPE, '{}', TOKEN);
  await post(`${url}/v1/traces`, JSON_TYPE, '{', TOKEN);
  await post(`${url}/v1/metrics`, JSON_TYPE, ' '.repeat(101), TOKEN);
  await post(`${url}/v1/metrics`, 'text/plain', '', TOKEN);
  await fetch(`${url}/v1/traces`);
  await fetch(`${url}/v1/log`);
  await fetch(`${url}/metrics`);
  await fetch(`${url}/healthz`);
  await fetch(`${url}/readyz`);
  expect(await scrape(url)).toEqual({
    'logs 200': 1,
    'logs 401': 2,
    'traces 400': 1,
    'traces 405': 1,
    'metrics 413': 1,
    'metrics 415': 1,
    'other 401': 1,
    'other 404': 1,
  });
  expect(await scrape(url)).toMatchObject({ 'other 200': 1 });
});

test('a refusal is seen as a rise: each kind stands at 0 before it comes, on the way out too', async () => {
  const sink = new RecordingSink();
  const { translator, url } = await open('memory:', sink);
  const refusals = (): number | undefined =>
    sink
      .metric('hiveloop.translator.requests')
      ?.points.find(
        ({ attributes }) => attributes['hiveloop.signal'] === 'logs' && attributes['http.response.status_code'] === 401,
      )?.value;
  await translator.flush();
  expect(refusals()).toBe(0);
  await post(`${url}/v1/logs`, JSON_TYPE, '{}');
  await translator.flush();
  expect(refusals()).toBe(1);
});

test('the count goes on after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store: StoreUrl = `sqlite:${join(folder, 'hiveloop.db')}`;
  const before = await open(store);
  await post(`${before.url}/v1/logs`, JSON_TYPE, '{}');
  await before.translator.close();
  const after = await open(store);
  await post(`${after.url}/v1/logs`, JSON_TYPE, '{}');
  expect(await scrape(after.url)).toMatchObject({ 'logs 401': 2 });
});
