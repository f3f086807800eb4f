/**
 * What nobody well-meaning sends, against the real process: answered, the next request served, and memory under a
 * bound. A fresh process takes about 80 MB, a body may have 64 MiB, and is in memory twice for a moment while its
 * parts are put together: the bounds below are those, and for what is built from it, rounded up.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { EVENT_ISSUE_REPORTED } from '../../src/semconv.ts';
import { JSON_TYPE, post, PROTOBUF_TYPE, responseTo, startPost } from '../translator/http/open-server.ts';
import { startTranslator, type TranslatorProcess } from './translator-process.ts';

const MEBIBYTE = 1024 * 1024;
const gzip = { 'content-encoding': 'gzip' };

async function expectServing({ url }: TranslatorProcess): Promise<void> {
  expect((await post(`${url}/v1/logs`, JSON_TYPE, '{}')).status).toBe(200);
}

function expectPeakBelow(translator: TranslatorProcess, megabytes: number): void {
  const { peak } = translator.rssMegabytes();
  console.log(`${expect.getState().currentTestName ?? ''}: peak RSS ${Math.round(peak)} MB, bound ${megabytes} MB`);
  expect(peak).toBeLessThan(megabytes);
}

function lengthDelimited(tag: number, content: Uint8Array): Buffer {
  const header = [tag];
  let rest = content.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) header.push((rest % 0x80) | 0x80);
  header.push(rest);
  return Buffer.concat([Buffer.from(header), content]);
}

/** A logs request of one record. */
function requestOf(...fields: readonly Buffer[]): Buffer {
  return [0o22, 0o22, 0o12].reduce((inner: Buffer, tag) => lengthDelimited(tag, inner), Buffer.concat(fields));
}

const EVENT_NAME = lengthDelimited(0o142, Buffer.from(EVENT_ISSUE_REPORTED));

function attribute(key: string, value: Buffer): Buffer {
  const anyValue = lengthDelimited(0o22, lengthDelimited(0o12, value));
  return lengthDelimited(0o62, Buffer.concat([lengthDelimited(0o12, Buffer.from(key)), anyValue]));
}

it('1 GB of zeros in 1 MB of gzip is 413, and 503 while others unpack', { timeout: 60_000 }, async () => {
  const member = gzipSync(Buffer.alloc(64 * MEBIBYTE));
  const bomb = Buffer.concat(Array.from({ length: 16 }, () => member));
  expect(bomb.length).toBeLessThan(1.1 * MEBIBYTE);
  const translator = await startTranslator();
  const send = async (): Promise<number> => (await post(`${translator.url}/v1/logs`, PROTOBUF_TYPE, bomb, gzip)).status;
  for (let round = 0; round < 3; round++) {
    expect(await send()).toBe(413);
    const statuses = await Promise.all(Array.from({ length: 8 }, send));
    expect(statuses.filter((status) => status !== 413 && status !== 503)).toEqual([]);
  }
  await expectServing(translator);
  expectPeakBelow(translator, 500);
});

it.each([
  ['of an issue event', EVENT_NAME],
  ['of a record of another', Buffer.alloc(0)],
])('a million attributes %s are taken', { timeout: 60_000 }, async (_, eventName) => {
  const attributes = Array.from({ length: 1_000_000 }, (__, at) => attribute(`attribute-${at}`, Buffer.from('x')));
  const body = gzipSync(requestOf(Buffer.concat(attributes), eventName), { level: 1 });
  const translator = await startTranslator();
  expect((await post(`${translator.url}/v1/logs`, PROTOBUF_TYPE, body, gzip)).status).toBe(200);
  await expectServing(translator);
  expectPeakBelow(translator, eventName.length === 0 ? 300 : 700);
});

it('values nested 10 000 deep are 400 in an issue event, and passed over elsewhere', { timeout: 60_000 }, async () => {
  const translator = await startTranslator();
  let value: Buffer = Buffer.alloc(0);
  for (let i = 0; i < 10_000; i++) value = lengthDelimited(0o52, lengthDelimited(0o12, value));
  const body = lengthDelimited(0o52, value);
  const send = async (...fields: readonly Buffer[]): Promise<number> =>
    (await post(`${translator.url}/v1/logs`, PROTOBUF_TYPE, requestOf(...fields))).status;
  expect([await send(EVENT_NAME, body), await send(body)]).toEqual([400, 200]);

  const open = '{"arrayValue":{"values":['.repeat(10_000);
  const json = (name: string): string =>
    `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"${name}","body":${open}${']}}'.repeat(10_000)}}]}]}]}`;
  expect((await post(`${translator.url}/v1/logs`, JSON_TYPE, json(EVENT_ISSUE_REPORTED))).status).toBe(400);
  expect((await post(`${translator.url}/v1/logs`, JSON_TYPE, json('other'))).status).toBe(200);
  await expectServing(translator);
  expectPeakBelow(translator, 250);
});

it('a string of 100 MB is 413, and one of 60 MB does not stay in memory', { timeout: 60_000 }, async () => {
  const translator = await startTranslator();
  const lengths = [100_000_000, ...Array.from({ length: 6 }, () => 60_000_000)];
  for (const [at, length] of lengths.entries()) {
    const text = Buffer.alloc(length, 'CRM API returns 403 ');
    const agent = attribute('hiveloop.agent.id', Buffer.from(`agent-${at}`));
    const body = requestOf(EVENT_NAME, agent, lengthDelimited(0o52, lengthDelimited(0o12, text)));
    expect((await post(`${translator.url}/v1/logs`, PROTOBUF_TYPE, body)).status).toBe(at === 0 ? 413 : 200);
  }
  await expectServing(translator);
  expectPeakBelow(translator, 700);
});

it('JSON of nothing but values is 400 before anything is built', { timeout: 60_000 }, async () => {
  const translator = await startTranslator();
  for (const unit of ['{},', '[],', '0,', '"",', '[']) {
    const filler = unit.repeat(Math.floor((60 * MEBIBYTE) / unit.length));
    const body = gzipSync(`{"resourceLogs":[${filler}{}]}`, { level: 1 });
    expect((await post(`${translator.url}/v1/logs`, JSON_TYPE, body, gzip)).status).toBe(400);
  }
  await expectServing(translator);
  expectPeakBelow(translator, 500);
});

it('64 MiB of honest JSON is taken', { timeout: 60_000 }, async () => {
  const record = '{"body":{"stringValue":"x"},"attributes":[{"key":"a","value":{"stringValue":"some text"}}]}';
  const records = Array.from({ length: Math.floor((63 * MEBIBYTE) / record.length) }, () => record).join();
  const translator = await startTranslator();
  const body = gzipSync(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records}]}]}]}`, { level: 1 });
  expect((await post(`${translator.url}/v1/logs`, JSON_TYPE, body, gzip)).status).toBe(200);
  await expectServing(translator);
  expectPeakBelow(translator, 1_000);
});

it('bodies that never end hold no more than the limit of all bodies', { timeout: 60_000 }, async () => {
  const translator = await startTranslator();
  const senders = Array.from({ length: 60 }, () => {
    const request = startPost(`${translator.url}/v1/logs`, {});
    request.write(Buffer.alloc(4 * MEBIBYTE)); // and no end
    return request;
  });
  const refused = await Promise.any(senders.map(responseTo));
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  for (const sender of senders) sender.destroy();
  await expect
    .poll(async () => (await post(`${translator.url}/v1/logs`, JSON_TYPE, '{}'.padEnd(60 * MEBIBYTE))).status, {
      timeout: 30_000,
    })
    .toBe(200);
  expectPeakBelow(translator, 600);
});

it('3 000 connections that only wait, and 500 slow ones, keep nobody from sending', { timeout: 60_000 }, async () => {
  const translator = await startTranslator();
  const before = translator.rssMegabytes().now;
  const sockets = await Promise.all(
    Array.from({ length: 3_500 }, async (_, at) => {
      const socket = connect(translator.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (at < 3_000) {
        socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
        await once(socket, 'data');
      } else socket.write('POST /v1/logs HTTP/1.1\r\nhost: x\r\n');
      return socket;
    }),
  );
  await expectServing(translator);
  console.log(`${sockets.length} connections cost ${Math.round(translator.rssMegabytes().now - before)} MB`);
  expectPeakBelow(translator, 400);
  for (const socket of sockets) socket.destroy();
});
