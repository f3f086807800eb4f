import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { METRIC_TRANSLATOR_EVENTS, METRIC_TRANSLATOR_EVENTS_RECEIVED, SCOPE_TRANSLATOR } from '../../src/semconv.ts';
import { openOtlpServer, type OtlpServer } from '../../src/translator/http/server.ts';
import { encodeLogs, encodeTraces } from '../../src/translator/otlp/encode.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';
import { type Message, report, resolve, SECOND, START } from './support/message.ts';
import { ToldSink } from './support/told-sink.ts';
import { logsOf, spansOf } from './support/wire.ts';

const PROTOBUF = 'application/x-protobuf';
let folder: string;
let clock: bigint;
let sink: ToldSink;
let translator: Translator;
let server: OtlpServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-door-'));
  clock = START + 100n * SECOND;
  sink = new ToldSink();
  await open();
});

afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
  const store = `sqlite:${join(folder, 'hiveloop.db')}` as const;
  translator = await createTranslator({ store, sink, now: () => clock });
  server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver: translator.receiver });
}

async function close(): Promise<void> {
  await server.close();
  await translator.close();
}

async function post(path: string, type: string, body: Uint8Array | string): Promise<Response> {
  const response = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body });
  expect(response.status).toBe(200);
  return response;
}

async function sendLogs(...messages: readonly Message[]): Promise<void> {
  await post('/v1/logs', PROTOBUF, Uint8Array.from(encodeLogs(logsOf(messages))));
}

async function sendSpans(...messages: readonly Message[]): Promise<void> {
  await post('/v1/traces', PROTOBUF, Uint8Array.from(encodeTraces(spansOf(messages))));
}

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** A log record in OTLP's JSON, as `curl` would send it. */
function jsonLogs(scopeName: string, ...logRecords: readonly object[]): string {
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ scope: { name: scopeName }, logRecords }] }] });
}

it('law 3, at the door: what can never be taken is rejected by partial success, with number and reasons, and the rest is taken', async () => {
  const body = { stringValue: 'CRM API returns 403' };
  const eventName = 'hiveloop.issue.reported';
  const attributes = [attribute('hiveloop.agent.id', 'lead-qualifier'), attribute('log.record.uid', 'u1')];
  const sound = { eventName, body, attributes, timeUnixNano: String(START) };
  const response = await post(
    '/v1/logs',
    'application/json',
    jsonLogs('any', sound, { ...sound, attributes: [] }, { ...sound, body: { stringValue: '' } }),
  );
  const { partialSuccess } = (await response.json()) as {
    readonly partialSuccess: { readonly rejectedLogRecords: string | number; readonly errorMessage: string };
  };
  expect(Number(partialSuccess.rejectedLogRecords)).toBe(2);
  expect(partialSuccess.errorMessage).toMatch(/hiveloop\.agent\.id is missing.*the summary is empty/);
  expect(await translator.counters()).toMatchObject({ received: 3, applied: 1, rejected: 2 });
});

it('law 3, at the door: one uid is counted once, whichever carrier and request brings it again, and kept apart by agent', async () => {
  await sendLogs(report(1), report(1));
  await sendSpans(report(1, { carrier: 'spanEvent' }), report(1, { carrier: 'span' }));
  await sendLogs(report(1, { agent: 'another' }));
  expect(await translator.counters()).toMatchObject({ received: 5, applied: 2, duplicate: 3 });
});

it('law 3, at the door: a report too late for its place is a straggler: counted with its issue, and nothing opens', async () => {
  await sendLogs(report(0), resolve(1));
  clock += 2000n * SECOND;
  await sendLogs(report(2000), resolve(2001));
  await sendLogs(report(-1), resolve(-2));
  expect(await translator.counters()).toMatchObject({ received: 6, applied: 4, straggler: 2 });
  expect(await translator.issues()).toMatchObject([{ state: 'resolved', episode: 2, totalOccurrences: 3 }]);
});

it('law 3, at the door: other records of ours, foreign ones and a translator’s own have counters of their own', async () => {
  const record = { timeUnixNano: String(START), body: { stringValue: 'hello' } };
  const lifecycle = { ...record, eventName: 'hiveloop.issue.reported' };
  await post('/v1/logs', 'application/json', jsonLogs('somebody', record, record));
  await post('/v1/logs', 'application/json', jsonLogs('hiveloop-otel', { ...record, eventName: 'hiveloop.retry' }));
  await post('/v1/logs', 'application/json', jsonLogs(SCOPE_TRANSLATOR, lifecycle, lifecycle, lifecycle));
  expect(await translator.counters()).toMatchObject({ received: 0, rejected: 0, foreign: 2, other: 1, ownInput: 3 });
});

it('law 3, at the door: counters never go down over restarts, and reach the backend as they are', async () => {
  let received = 0;
  for (let start = 0; start < 4; start++) {
    await sendLogs(report(start), report(0), report(start, { flaw: 'noAgent' }));
    received += 3;
    const counters = await translator.counters();
    expect(counters).toMatchObject({ received, rejected: start + 1, applied: start + 1, duplicate: start + 1 });
    await close();
    await open();
    expect(await translator.counters()).toEqual(counters);
  }
  await translator.flush();
  expect(sink.total(METRIC_TRANSLATOR_EVENTS_RECEIVED.name)).toBe(received);
  expect(sink.total(METRIC_TRANSLATOR_EVENTS.name)).toBe(received);
});
