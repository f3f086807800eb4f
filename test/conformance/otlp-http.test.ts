/**
 * What OTLP/HTTP 1.11 asks of a server, row by row, of a real translator behind the real server. Each row shows how to
 * ask a running `hiveloop translator` the same; `$URL` is its address, and these may stand before any line:
 *
 *     JSON='-H content-type:application/json'  PROTOBUF='-H content-type:application/x-protobuf'
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ATTR_AGENT_ID, ATTR_LOG_RECORD_UID, EVENT_ISSUE_REPORTED, SCOPE_TRANSLATOR } from '../../src/semconv.ts';
import { TokenDigests } from '../../src/translator/http/token-list.ts';
import { bytesOf, JSON_TYPE, post, PROTOBUF_TYPE } from '../translator/http/open-server.ts';
import { fromProtobuf, type Message } from '../translator/otlp/oracle.ts';
import { bodyOf, CARRIED, ENCODINGS, logs, report, send, serve, SIGNALS, statusIn, text } from './served-translator.ts';

describe('paths', () => {
  // curl -i $URL/v1/logs $JSON -d '{}'; curl -i $URL/v1/profiles $JSON -d '{}'; curl -i $URL/v1/logs
  it.each(ENCODINGS)('POST to each signal is taken, another path is 404, another method 405 (%s)', async (_, type) => {
    const { url } = await serve();
    for (const signal of SIGNALS) {
      expect((await send(url, type, signal, {})).status).toBe(200);
      const get = await fetch(`${url}/v1/${signal}`, { headers: { 'content-type': type } });
      expect([get.status, get.headers.get('allow'), (await statusIn(get))['code']]).toEqual([405, 'POST', 12]);
    }
    const elsewhere = await post(`${url}/v1/profiles`, type, '');
    expect([elsewhere.status, (await statusIn(elsewhere))['code']]).toEqual([404, 5]);
  });
});

describe('types', () => {
  // curl -i $URL/v1/logs -H 'content-type: application/json; charset=utf-8' -d '{}'; curl -i $URL/v1/logs -H 'content-type: text/plain' -d '{}'
  it.each(ENCODINGS)('%s is answered in itself, with parameters too; another is 415', async (_, type) => {
    const { url } = await serve();
    for (const signal of SIGNALS) {
      const response = await post(`${url}/v1/${signal}`, `${type}; charset=utf-8`, bodyOf(type, signal, {}));
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
      expect((await post(`${url}/v1/${signal}`, 'text/plain', '{}')).status).toBe(415);
    }
  });
});

describe('compression', () => {
  // echo '{}' | gzip | curl -i $URL/v1/logs $JSON -H 'content-encoding: gzip' --data-binary @-
  it.each(ENCODINGS)('none and gzip are taken, zstd is 415 with what is (%s)', async (_, type) => {
    const { url, translator } = await serve();
    const body = bodyOf(type, 'logs', logs(report('u1')));
    expect((await post(`${url}/v1/logs`, type, body)).status).toBe(200);
    expect((await post(`${url}/v1/logs`, type, gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ received: 2, applied: 1, duplicate: 1 });
    const zstd = await post(`${url}/v1/logs`, type, body, { 'content-encoding': 'zstd' });
    expect([zstd.status, zstd.headers.get('accept-encoding')]).toEqual([415, 'gzip, identity']);
  });
});

describe('size', () => {
  // head -c 70000000 /dev/zero | gzip | curl -i $URL/v1/logs $JSON -H 'content-encoding: gzip' --data-binary @-
  it.each(ENCODINGS)('past 64 MiB, unpacked, is 413 (%s)', async (_, type) => {
    const { url } = await serve();
    const tooLarge = gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1));
    const response = await post(`${url}/v1/logs`, type, tooLarge, { 'content-encoding': 'gzip' });
    expect([response.status, (await statusIn(response))['code']]).toEqual([413, 8]);
  });

  // curl -s $URL/v1/logs $JSON -d @many-that-are-rejected.json | wc -c
  it.each(ENCODINGS)('of an answer stays far below the 64 KiB that a Collector reads (%s)', async (_, type) => {
    const { url } = await serve();
    const nameless = Array.from({ length: 5_000 }, () => report('u', { attributes: [] }));
    const response = await send(url, type, 'logs', logs(...nameless));
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).length).toBeLessThan(2_000);
  });
});

describe('success', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[]}'
  it.each(ENCODINGS)('leaves partial success unset, also for an empty request (%s)', async (_, type) => {
    const { url } = await serve();
    for (const signal of SIGNALS) {
      const response = await send(url, type, signal, {});
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(type === JSON_TYPE ? '{}' : '');
    }
    expect(await (await send(url, type, 'logs', logs(report('u1')))).text()).toBe(type === JSON_TYPE ? '{}' : '');
  });
});

describe('partial success', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"hiveloop.issue.reported"}]}]}]}'
  it.each(ENCODINGS)('counts what can never be taken, and why; the rest is taken (%s)', async (_, type) => {
    const { url, translator } = await serve();
    const response = await send(url, type, 'logs', logs(report('u1'), report('u2', { attributes: [] })));
    expect(response.status).toBe(200);
    const answer =
      type === JSON_TYPE ? await response.json() : fromProtobuf('ExportLogsServiceResponse', await bytesOf(response));
    const errorMessage = expect.stringContaining(`${ATTR_AGENT_ID} is missing`) as string;
    expect(answer).toEqual({ partialSuccess: { rejectedLogRecords: '1', errorMessage } });
    expect(await translator.counters()).toMatchObject({ received: 2, applied: 1, rejected: 1 });
  });
});

describe('failure', () => {
  // curl -i $URL/v1/logs $JSON -d '{'
  it.each(ENCODINGS)('of what cannot be decoded is 400 with a Status (%s)', async (_, type) => {
    const { url } = await serve();
    for (const signal of SIGNALS) {
      const response = await post(`${url}/v1/${signal}`, type, type === JSON_TYPE ? '{' : Buffer.from('ffff', 'hex'));
      expect([response.status, response.headers.get('content-type')]).toEqual([400, type]);
      expect(await statusIn(response)).toEqual({ code: 3, message: expect.any(String) as string });
    }
  });

  // hiveloop translator --store sqlite:/on/a/full/disk.db; curl -i $URL/v1/logs $JSON -d @report.json
  it.each(ENCODINGS)('of our store is 503 with Retry-After, never 500 (%s)', async (_, type) => {
    const folder = mkdtempSync(join(tmpdir(), 'hiveloop-conformance-'));
    const { url, translator } = await serve({}, `sqlite:${join(folder, 'store.db')}`);
    await translator.close();
    rmSync(folder, { recursive: true });
    const response = await send(url, type, 'logs', logs(report('u1')));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await statusIn(response)).toMatchObject({ code: 14 });
  });
});

describe('overload', () => {
  // for i in $(seq 100); do curl -s -o /dev/null -w '%{http_code}\n' $URL/v1/logs $JSON -d @60-megabytes.json & done
  it.each(ENCODINGS)('is 503 with Retry-After, and nothing of it is taken (%s)', async (_, type) => {
    const { url, translator } = await serve({ maxBytesInFlight: 10 });
    const response = await send(url, type, 'logs', logs(report('u1')));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await statusIn(response)).toMatchObject({ code: 14 });
    expect(await translator.counters()).toMatchObject({ received: 0 });
  });
});

describe('a dropped connection', () => {
  // curl -m 0.001 $URL/v1/logs $JSON -d @report.json; curl -i $URL/v1/logs $JSON -d @report.json
  it.each(ENCODINGS)('makes the sender send again: counted once (%s)', async (_, type) => {
    const { url, port, translator } = await serve();
    const body = bodyOf(type, 'logs', logs(report('u1')));
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.write(body, resolve));
    socket.end();
    await once(socket.resume(), 'close');
    await expect.poll(async () => (await translator.counters()).received).toBe(1);
    expect((await post(`${url}/v1/logs`, type, body)).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ received: 2, applied: 1, duplicate: 1 });
  });
});

describe('ids', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"0AF7651916CD43DD8448EB211C80319C", …}]}]}]}'
  it('in JSON are hex of either case, not base64', async () => {
    const { url, translator } = await serve();
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    const upper = { traceId: traceId.toUpperCase(), spanId: spanId.toUpperCase() };
    expect((await send(url, JSON_TYPE, 'logs', logs(report('u1', upper)))).status).toBe(200);
    expect(await translator.issues()).toMatchObject([{ traceId, spanId }]);
    const base64 = { traceId: Buffer.from(traceId, 'hex').toString('base64') };
    expect((await send(url, JSON_TYPE, 'logs', logs(report('u2', base64)))).status).toBe(400);
  });

  // curl -i $URL/v1/logs $PROTOBUF --data-binary @report.pb
  it('in protobuf are bytes, 16 and 8 of them', async () => {
    const { url, translator } = await serve();
    const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    expect((await send(url, PROTOBUF_TYPE, 'logs', logs(report('u1', { traceId, spanId })))).status).toBe(200);
    expect(await translator.issues()).toMatchObject([{ traceId, spanId }]);
    expect((await send(url, PROTOBUF_TYPE, 'logs', logs(report('u2', { traceId: '0af7' })))).status).toBe(400);
  });
});

describe('JSON', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_ERROR", …}]}]}]}'
  it('takes enums as integers, and no names of them', async () => {
    const { url } = await serve();
    const of = (severityNumber: unknown): Message => logs(report('u1', { severityNumber }));
    expect((await send(url, JSON_TYPE, 'logs', of(17))).status).toBe(200);
    expect((await send(url, JSON_TYPE, 'logs', of('SEVERITY_NUMBER_ERROR'))).status).toBe(400);
  });

  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1790000000000000001, …}]}]}]}'
  it.each([
    ['strings', JSON.stringify(logs(report('u1')))],
    ['numbers', JSON.stringify(logs(report('u1'))).replace('"1790000000000000001"', '1790000000000000001')],
  ])('takes 64-bit integers as %s, to the last digit', async (_, body) => {
    const { url, translator } = await serve();
    expect((await post(`${url}/v1/logs`, JSON_TYPE, body)).status).toBe(200);
    expect(await translator.issues()).toMatchObject([{ firstSeen: '2026-09-21T14:13:20.000000001Z' }]);
  });

  // curl -i $URL/v1/logs $JSON -d '{"resource_logs":[]}'
  it('has names in lowerCamelCase only: others are unknown fields', async () => {
    const { url, translator } = await serve();
    const snake = JSON.stringify(logs(report('u1'))).replace('resourceLogs', 'resource_logs');
    expect((await post(`${url}/v1/logs`, JSON_TYPE, snake)).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ received: 0, foreign: 0 });
  });
});

describe('unknown fields', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[],"future":{"a":[1]}}'
  it('of JSON are ignored on every level', async () => {
    const { url, translator } = await serve();
    const future = { future: { a: [1] } };
    const record = report('u1', future);
    const body = { ...future, resourceLogs: [{ ...future, scopeLogs: [{ ...future, logRecords: [record] }] }] };
    expect((await send(url, JSON_TYPE, 'logs', body)).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ applied: 1 });
  });

  // curl -i $URL/v1/logs $PROTOBUF --data-binary @report-with-field-500.pb
  it('of protobuf are ignored', async () => {
    const { url, translator } = await serve();
    const field500 = Buffer.from('a21f03616263', 'hex'); // length-delimited: abc
    const body = Buffer.concat([field500, bodyOf(PROTOBUF_TYPE, 'logs', logs(report('u1'))), field500]);
    expect((await post(`${url}/v1/logs`, PROTOBUF_TYPE, body)).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ applied: 1 });
  });
});

describe('attributes', () => {
  // curl -i $URL/v1/logs $JSON -d @attributes-of-every-kind.json
  it.each(ENCODINGS)('may hold values of every kind (%s)', async (_, type) => {
    const { url, translator } = await serve();
    const values: Message[] = [
      {},
      { bytesValue: 'AQID' },
      { kvlistValue: { values: [{ key: 'k', value: {} }] } },
      { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}, { arrayValue: {} }] } },
      { doubleValue: 'NaN' },
      { intValue: '-9223372036854775808' },
    ];
    const attributes = [
      ...CARRIED,
      text(ATTR_LOG_RECORD_UID, 'u1'),
      ...values.map((value, at) => ({ key: `kind-${at}`, value })),
    ];
    expect((await send(url, type, 'logs', logs(report('u1', { attributes })))).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ applied: 1 });
  });
});

describe('empty envelopes', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{},{"scopeLogs":[{}]}]}'
  it.each(ENCODINGS)('are taken (%s)', async (_, type) => {
    const { url, translator } = await serve();
    expect((await send(url, type, 'logs', { resourceLogs: [{}, { scopeLogs: [{}] }] })).status).toBe(200);
    expect((await send(url, type, 'traces', { resourceSpans: [{}, { scopeSpans: [{}] }] })).status).toBe(200);
    expect((await send(url, type, 'metrics', { resourceMetrics: [{}, { scopeMetrics: [{}] }] })).status).toBe(200);
    expect(await translator.counters()).toMatchObject({ received: 0, other: 0, foreign: 0 });
  });
});

describe('a loop', () => {
  // curl -i $URL/v1/logs $JSON -d '{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"hiveloop.translator"},"logRecords":[…]}]}]}'
  it.each(ENCODINGS)('ends here: what a translator wrote is counted, and ignored (%s)', async (_, type) => {
    const { url, translator } = await serve();
    const scope = { name: SCOPE_TRANSLATOR };
    const spans = [{ name: EVENT_ISSUE_REPORTED, attributes: [text(ATTR_LOG_RECORD_UID, 'u1')] }, { name: 'issue' }];
    await send(url, type, 'logs', { resourceLogs: [{ scopeLogs: [{ scope, logRecords: [report('u1'), {}] }] }] });
    await send(url, type, 'traces', { resourceSpans: [{ scopeSpans: [{ scope, spans }] }] });
    expect(await translator.counters()).toMatchObject({ received: 0, ownInput: 4 });
  });
});

describe('authentication', () => {
  // hiveloop translator --token-file tokens; curl -i $URL/v1/logs $JSON -d '{}' -H 'authorization: Bearer …'
  it.each(ENCODINGS)('by a bearer token; without it 401 with a Status (%s)', async (_, type) => {
    const { url } = await serve({ tokens: new TokenDigests(['first-token']) });
    for (const signal of SIGNALS) {
      const refused = await send(url, type, signal, {});
      expect([refused.status, (await statusIn(refused))['code']]).toEqual([401, 16]);
      expect((await send(url, type, signal, {}, { authorization: 'Bearer first-token' })).status).toBe(200);
    }
  });
});
