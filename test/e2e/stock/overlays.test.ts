/** Each file of `collector/overlays` merged over collector.yaml in the real Collector; the far end is played. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { binaryPath } from '../../backends/programs.ts';
import { stock } from '../../support/backends/binaries.ts';
import { startCollector, type Collector } from '../../support/backends/collector.ts';
import { ROOT, temporaryFolder } from '../../support/backends/real-process.ts';
import { counterRequest, logsRequest, nowNanos, postOtlp, tracesRequest } from '../../support/otlp-json.ts';
import { logsAt, openPlayedBackend, type PlayedBackend, spansAt } from '../../support/played-backend.ts';
import { DELTA, sumsAt, totalOf } from '../../support/played-sums.ts';
import { selfSigned } from '../../translator/http/self-signed.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };
const BASE = 'collector/collector.yaml';
const REPORTED = 'hiveloop.issue.reported';
const COUNTER = 'hiveloop.retry.count';
const overlay = (name: string): string => `collector/overlays/${name}.yaml`;
const TLS = selfSigned();

/** How each file is used, and with what environment. `kafka-ingest` is a whole configuration. */
const USES: Readonly<Record<string, { readonly configs: readonly string[]; readonly env?: Record<string, string> }>> = {
  'vendor-otlp': { configs: [BASE, overlay('vendor-otlp')], env: { VENDOR_OTLP_ENDPOINT: 'http://127.0.0.1:1' } },
  'vendor-delta': {
    configs: [BASE, overlay('vendor-otlp'), overlay('vendor-delta')],
    env: { VENDOR_OTLP_ENDPOINT: 'http://127.0.0.1:1', VENDOR_OTLP_HEADERS: '{"api-key":"k"}' },
  },
  'stock-off': {
    configs: [BASE, overlay('vendor-otlp'), overlay('stock-off')],
    env: { VENDOR_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  },
  dynatrace: { configs: [BASE, overlay('dynatrace')], env: { DT_ENDPOINT: 'http://127.0.0.1:1', DT_API_TOKEN: 't' } },
  aws: { configs: [BASE, overlay('aws')], env: awsEnvironment() },
  google: {
    configs: [BASE, googleWithoutItsAuthenticator()],
    env: { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'europe-west1' },
  },
  'tls-auth': { configs: [BASE, overlay('tls-auth')], env: tlsEnvironment() },
  'traces-only': { configs: [BASE, overlay('traces-only')] },
  'translator-token': { configs: [BASE, overlay('translator-token')], env: { TRANSLATOR_TOKEN: 't' } },
  'kafka-gateway': { configs: [BASE, overlay('kafka-gateway')], env: { KAFKA_BROKERS: '[kafka-1:9092,kafka-2:9092]' } },
  'kafka-ingest': { configs: [overlay('kafka-ingest')] },
};

stock('overlays', () => {
  let vendor: PlayedBackend;
  let collector: Collector | undefined;

  beforeEach(async () => {
    vendor = await openPlayedBackend();
  });
  afterEach(async () => {
    await collector?.kill();
    collector = undefined;
    await vendor.close();
  });
  const start = async (configs: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Collector> => {
    collector = await startCollector({ configs, env });
    return collector;
  };
  const vendorEnvironment = (): Record<string, string> => ({
    VENDOR_OTLP_ENDPOINT: `${vendor.url}/otlp`,
    VENDOR_OTLP_HEADERS: '{"x-honeycomb-team":"secret"}',
  });

  it('every file is in this test', () => {
    const files = readdirSync(join(ROOT, 'collector/overlays'));
    expect(files.sort()).toEqual(
      Object.keys(USES)
        .map((name) => `${name}.yaml`)
        .sort(),
    );
  });

  it.each(Object.entries(USES))('%s is valid where it is used', (_name, { configs, env }) => {
    expect(validate(configs, env)).toBe('');
  });

  it('two that each need an extension do not start, and never without the token, until a last file lists all', async () => {
    const configs = [BASE, overlay('tls-auth'), overlay('aws')];
    const env = { ...awsEnvironment(), ...tlsEnvironment() };
    await expect(start(configs, env)).rejects.toThrow(/failed to resolve authenticator "bearertokenauth\/ingest"/);
    const ours = 'health_check, file_storage/queue, bearertokenauth/ingest';
    const aws = 'sigv4auth/traces, sigv4auth/metrics, sigv4auth/logs';
    await start([...configs, `yaml:service::extensions: [${ours}, ${aws}]`], env);
  });

  it('what compose runs without an overlay, the same file twice, is valid', () => {
    expect(validate([BASE, BASE])).toBe('');
  });

  it('vendor-otlp sends all signals, raw and derived, with the headers of the environment', async () => {
    const { urls } = await start([BASE, overlay('vendor-otlp')], vendorEnvironment());
    await postOtlp(urls.otlpHttp, 'traces', tracesRequest([{ name: 'raw' }]));
    await postOtlp(urls.otlpHttp, 'logs', logsRequest([{ body: 'raw', eventName: 'hiveloop.retry' }]));
    await postOtlp(urls.otlpHttp, 'metrics', counterRequest(COUNTER, 1, nowNanos()));
    // The stock backends are away, so the translator hears 503; the vendor has it all the same.
    expect(await postOtlp(urls.derived, 'traces', tracesRequest([{ name: 'derived' }]))).toBe(503);
    expect(await postOtlp(urls.derived, 'logs', logsRequest([{ body: 'derived' }]))).toBe(503);
    await vi.waitFor(() => {
      expect(spansAt(vendor).map(({ name }) => name)).toEqual(expect.arrayContaining(['raw', 'derived']));
      expect(logsAt(vendor).map(({ body }) => body)).toEqual(expect.arrayContaining(['raw', 'derived']));
      expect(vendor.requests.map(({ path }) => path)).toContain('/otlp/v1/metrics');
    }, PATIENCE);
    // As it was sent: what Loki needs is done to Loki's copy.
    expect(logsAt(vendor).map(({ eventName, attributes }) => [eventName, attributes])).toContainEqual([
      'hiveloop.retry',
      {},
    ]);
    expect(new Set(vendor.requests.map(({ headers }) => headers['x-honeycomb-team']))).toEqual(new Set(['secret']));
  });

  it('vendor-otlp with stock-off answers the translator by the queue on disk, which outlives a kill', async () => {
    vendor.answer(503);
    const running = await start([BASE, overlay('vendor-otlp'), overlay('stock-off')], vendorEnvironment());
    expect(await postOtlp(running.urls.derived, 'logs', logsRequest([{ body: 'derived' }]))).toBe(200);
    await running.kill();
    vendor.answer(200);
    await running.restart();
    await vi.waitFor(() => expect(logsAt(vendor).map(({ body }) => body)).toContain('derived'), PATIENCE);
  });

  it('vendor-otlp takes a whole address for each signal, where the vendor has other paths', async () => {
    const env = { ...vendorEnvironment(), VENDOR_OTLP_TRACES_ENDPOINT: `${vendor.url}/v2/trace/otlp` };
    const { urls } = await start([BASE, overlay('vendor-otlp')], env);
    await postOtlp(urls.otlpHttp, 'traces', tracesRequest([{ name: 'raw' }]));
    await vi.waitFor(() => expect(vendor.requests.map(({ path }) => path)).toEqual(['/v2/trace/otlp']), PATIENCE);
  });

  const deltas = {
    'vendor-delta': () => ({
      configs: [overlay('vendor-otlp'), overlay('vendor-delta'), 'yaml:exporters::otlp_http/vendor::encoding: json'],
      env: vendorEnvironment(),
    }),
    dynatrace: () => ({
      configs: [overlay('dynatrace'), 'yaml:exporters::otlp_http/dynatrace::encoding: json'],
      env: { DT_ENDPOINT: vendor.url, DT_API_TOKEN: 'secret' },
    }),
  };
  it.each(Object.entries(deltas))('%s sends sums as deltas', async (_name, use) => {
    const { configs, env } = use();
    const { urls } = await start([BASE, ...configs], env);
    const since = nowNanos();
    for (const value of [10, 13, 20]) {
      await postOtlp(urls.otlpHttp, 'metrics', counterRequest(COUNTER, value, since));
      await vi.waitFor(() => expect(totalOf(sumsAt(vendor, COUNTER))).toBe(value), PATIENCE);
    }
    const temporalities = sumsAt(vendor, COUNTER).map(({ aggregationTemporality }) => aggregationTemporality);
    expect(new Set(temporalities)).toEqual(new Set([DELTA]));
  });

  it('dynatrace sends its token', async () => {
    const { urls } = await start([BASE, overlay('dynatrace')], { DT_ENDPOINT: vendor.url, DT_API_TOKEN: 'secret' });
    await postOtlp(urls.otlpHttp, 'traces', tracesRequest([{ name: 'raw' }]));
    await vi.waitFor(() => expect(vendor.requests[0]?.headers.authorization).toBe('Api-Token secret'), PATIENCE);
  });

  it('aws signs each request for its service', async () => {
    const here = { traces: 'otlp_http/aws_traces', metrics: 'otlp_http/aws_metrics', logs: 'otlp_http/aws_logs' };
    const addresses = Object.entries(here).map(
      ([signal, exporter]) => `yaml:exporters::${exporter}::${signal}_endpoint: ${vendor.url}/v1/${signal}`,
    );
    const { urls } = await start([BASE, overlay('aws'), ...addresses], awsEnvironment());
    await postOtlp(urls.otlpHttp, 'traces', tracesRequest([{ name: 'raw' }]));
    await postOtlp(urls.otlpHttp, 'logs', logsRequest([{ body: 'raw' }]));
    await postOtlp(urls.otlpHttp, 'metrics', counterRequest(COUNTER, 1, nowNanos()));
    await vi.waitFor(() => expect(vendor.requests).toHaveLength(3), PATIENCE);
    const scope = (path: string): string | undefined => {
      const { headers } = vendor.requests.find((request) => request.path === path) ?? {};
      return /^AWS4-HMAC-SHA256 Credential=key\/\d+\/(\S+)\/aws4_request/.exec(headers?.authorization ?? '')?.[1];
    };
    expect(scope('/v1/traces')).toBe('eu-west-1/xray');
    expect(scope('/v1/metrics')).toBe('eu-west-1/monitoring');
    expect(scope('/v1/logs')).toBe('eu-west-1/logs');
    const logs = vendor.requests.find(({ path }) => path === '/v1/logs');
    expect(logs?.headers).toMatchObject({ 'x-aws-log-group': 'group', 'x-aws-log-stream': 'stream' });
  });

  describe('tls-auth', () => {
    it('does not start without a token', () => {
      const env = { ...tlsEnvironment(), COLLECTOR_TOKEN: '' };
      expect(validate([BASE, overlay('tls-auth')], env)).toContain('no bearer token provided');
    });

    it('takes telemetry by TLS with the token, refuses it without, and leaves the derived port alone', async () => {
      const env = { ...tlsEnvironment(), LOKI_URL: vendor.url };
      const { urls } = await start([BASE, overlay('tls-auth')], env);
      const at = new URL('/v1/logs', urls.otlpHttp.replace('http:', 'https:'));
      expect(await postByTls(at, 'token-1')).toBe(200);
      expect(await postByTls(at, 'token-2')).toBe(401);
      expect(await postByTls(at)).toBe(401);
      expect(await postOtlp(urls.otlpHttp, 'logs', logsRequest([])).catch(() => 400)).toBe(400); // plain HTTP
      expect(await postOtlp(urls.derived, 'logs', logsRequest([{ body: 'derived' }]))).toBe(200);
    });
  });

  it('translator-token sends the token that the translator asks for', async () => {
    const env = { TRANSLATOR_URL: vendor.url, TRANSLATOR_TOKEN: 'secret' };
    const { urls } = await start([BASE, overlay('translator-token')], env);
    await postOtlp(urls.otlpHttp, 'logs', logsRequest([{ eventName: REPORTED }]));
    await vi.waitFor(() => expect(vendor.requests[0]?.headers.authorization).toBe('Bearer secret'), PATIENCE);
  });

  it('traces-only hands the translator the spans whose uid says that nothing else carries the event', async () => {
    const { urls } = await start([BASE, overlay('traces-only')], { TRANSLATOR_URL: vendor.url });
    const uid = { 'log.record.uid': 'u1' };
    const spans = [
      { name: 'task with an issue', events: [{ name: REPORTED, attributes: uid }, { name: 'hiveloop.retry' }] },
      { name: 'task whose issue is a log record too', events: [{ name: REPORTED }] },
      { name: 'task with another event', events: [{ name: 'hiveloop.todo', attributes: uid }] },
      { name: 'plain task' },
      { name: REPORTED, attributes: uid },
      { name: REPORTED },
    ];
    await postOtlp(urls.otlpHttp, 'traces', tracesRequest(spans));
    await vi.waitFor(() => expect(spansAt(vendor)).toHaveLength(2), PATIENCE);
    expect(spansAt(vendor).map(({ name, events }) => [name, events.map((event) => event.name)])).toEqual([
      ['task with an issue', [REPORTED]],
      [REPORTED, []],
    ]);
  });
});

/** What `otelcol validate` has against it; empty when nothing. */
function validate(configs: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const argv = ['validate', ...configs.flatMap((config) => ['--config', config])];
  const { status, stderr } = spawnSync(binaryPath('otelcol'), argv, { cwd: ROOT, env, encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}

function postByTls(at: URL, token?: string): Promise<number | undefined> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  return new Promise((resolve, reject) => {
    const sent = request(at, { method: 'POST', ca: TLS.cert, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    sent.once('error', reject).end(JSON.stringify(logsRequest([{ body: 'raw' }])));
  });
}

function tlsEnvironment(): Record<string, string> {
  const folder = temporaryFolder('tls');
  const files = { COLLECTOR_TLS_CERT: join(folder, 'cert.pem'), COLLECTOR_TLS_KEY: join(folder, 'key.pem') };
  writeFileSync(files.COLLECTOR_TLS_CERT, TLS.cert);
  writeFileSync(files.COLLECTOR_TLS_KEY, TLS.key);
  return { COLLECTOR_TOKEN: 'token-1', ...files };
}

function awsEnvironment(): Record<string, string> {
  const credentials = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  return { AWS_REGION: 'eu-west-1', AWS_LOG_GROUP: 'group', AWS_LOG_STREAM: 'stream', ...credentials };
}

/**
 * The one extension that cannot be had as a Go module at this version, though the image has it: another authenticator
 * stands in for it, so that the rest of the file is checked.
 */
function googleWithoutItsAuthenticator(): string {
  const text = readFileSync(join(ROOT, overlay('google')), 'utf8');
  const file = join(temporaryFolder('google'), 'google.yaml');
  const standIn = text
    .replace(/ {2}googleclientauth:\n( {4}.*\n)+/, '  bearertokenauth/google:\n    token: t\n')
    .replaceAll('googleclientauth', 'bearertokenauth/google');
  writeFileSync(file, standIn);
  return file;
}
