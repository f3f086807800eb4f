import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { MalformedBodyError } from '../../../src/translator/otlp/malformed-body.ts';
import type { LogRecord } from '../../../src/translator/otlp/model.ts';

function decodeRecord(recordJson: string): LogRecord | undefined {
  const body = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${recordJson}]}]}]}`;
  return decodeLogs(Buffer.from(body), 'json')[0]?.logRecords[0];
}

function attributeOf(valueJson: string): unknown {
  return decodeRecord(`{"attributes":[{"key":"a","value":${valueJson}}]}`)?.attributes['a'];
}

describe('OTLP/JSON', () => {
  it.each([
    ['a decimal string', '"1700000000123456789"', 1_700_000_000_123_456_789n],
    ['a number too long for a double', '1700000000123456789', 1_700_000_000_123_456_789n],
    ['a short number', '1700', 1700n],
    ['a number with exponent', '1.7e18', 1_700_000_000_000_000_000n],
    ['the largest there is', '"18446744073709551615"', 18_446_744_073_709_551_615n],
    ['null', 'null', 0n],
  ])('reads a time that is %s exactly', (_form, json, expected) => {
    expect(decodeRecord(`{"timeUnixNano":${json}}`)?.timeUnixNano).toBe(expected);
    expect(decodeRecord(`{ "timeUnixNano" : ${json} }`)?.timeUnixNano).toBe(expected);
  });

  it('reads long integers beside strings that look like them', () => {
    const record = decodeRecord(
      '{"body":{"stringValue":"a \\\\\\" :1700000000123456789,"},"timeUnixNano":1700000000123456789,' +
        '"attributes":[{"key":"n","value":{"intValue":-9223372036854775808}},{"key":"d","value":{"doubleValue":-0.1234567890123456}}]}',
    );
    expect(record?.body).toBe('a \\" :1700000000123456789,');
    expect(record?.timeUnixNano).toBe(1_700_000_000_123_456_789n);
    expect(record?.attributes).toEqual({ n: -9_223_372_036_854_775_808n, d: -0.123_456_789_012_345_6 });
  });

  it.each([
    ['{"intValue":"42"}', 42],
    ['{"intValue":42}', 42],
    ['{"intValue":"-9007199254740993"}', -9_007_199_254_740_993n],
    ['{"doubleValue":0.5}', 0.5],
    ['{"doubleValue":"0.5"}', 0.5],
    ['{"doubleValue":"NaN"}', NaN],
    ['{"doubleValue":"-Infinity"}', -Infinity],
    ['{"bytesValue":"AQID/w=="}', new Uint8Array([1, 2, 3, 255])],
    ['{"bytesValue":"AQID_w"}', new Uint8Array([1, 2, 3, 255])],
    ['{"arrayValue":{}}', []],
    ['{"arrayValue":{"values":[{"boolValue":false},{}]}}', [false, null]],
    ['{"kvlistValue":{"values":[{"key":"k"}]}}', { k: null }],
    ['{"futureValue":1}', null],
    ['null', null],
  ])('reads the value %s', (json, expected) => {
    expect(attributeOf(json)).toEqual(expected);
  });

  it('takes ids in hex of either case', () => {
    const record = decodeRecord('{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174"}');
    expect(record).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' });
  });

  it('takes an id of zeros for no id', () => {
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"parentSpanId":"${'0'.repeat(16)}"}]}]}]}`;
    expect(decodeTraces(Buffer.from(body), 'json')[0]?.spans[0]?.parentSpanId).toBe('');
  });

  it('ignores unknown and snake_case fields', () => {
    const record = decodeRecord('{"severity_number":9,"time_unix_nano":"5","future":{"a":[1]},"severityNumber":13}');
    expect(record).toMatchObject({ severityNumber: 13, timeUnixNano: 0n });
  });

  it('keeps the attribute key __proto__ as a key', () => {
    const record = decodeRecord(
      '{"__proto__":{"severityNumber":17},"attributes":[{"key":"__proto__","value":{"stringValue":"x"}}]}',
    );
    expect(Object.entries(record?.attributes ?? {})).toEqual([['__proto__', 'x']]);
    expect(record?.severityNumber).toBe(0);
    expect({}).not.toHaveProperty('x');
  });

  it.each(['{}', '{"resourceLogs":[]}', '{"resourceLogs":null}', '{"resourceLogs":[{"scopeLogs":[]}]}', '{"x":1}'])(
    'takes the empty request %s',
    (json) => {
      expect(decodeLogs(Buffer.from(json), 'json')).toEqual([]);
    },
  );

  it('takes a byte order mark', () => {
    expect(decodeLogs(Buffer.from('\ufeff{}'), 'json')).toEqual([]);
  });

  it.each([
    ['an enum by its name', '{"severityNumber":"SEVERITY_NUMBER_INFO"}'],
    ['a broken number', '{"severityNumber":1.5}'],
    ['an id in base64', '{"traceId":"W47/95gDgQPSabYzgT/GDA=="}'],
    ['an id of the wrong length', '{"spanId":"eee19b7e"}'],
    ['a negative time', '{"timeUnixNano":"-1"}'],
    ['a time beyond 64 bits', '{"timeUnixNano":"18446744073709551616"}'],
    ['an int beyond 64 bits', '{"body":{"intValue":"9223372036854775808"}}'],
    ['an int with a fraction', '{"body":{"intValue":1.5}}'],
    ['a string that is none', '{"body":{"stringValue":1}}'],
    ['a boolean that is none', '{"body":{"boolValue":"true"}}'],
    ['a double that is none', '{"body":{"doubleValue":"much"}}'],
    ['bytes that are no base64', '{"body":{"bytesValue":"*"}}'],
    ['an object for a list', '{"attributes":{}}'],
    ['a value for an object', '{"body":"text"}'],
    ['no JSON', '{"body":'],
  ])('calls %s malformed', (_what, record) => {
    expect(() => decodeRecord(record)).toThrow(MalformedBodyError);
  });

  it.each(['', '[]', 'null', '1', '"a"'])('calls the body %j malformed', (body) => {
    expect(() => decodeLogs(Buffer.from(body), 'json')).toThrow(MalformedBodyError);
  });
});

describe('event names', () => {
  const keyValue = (key: string, value: string): string => `{"key":"${key}","value":{"stringValue":"${value}"}}`;
  it.each([
    ['its own field', `{"eventName":"own","attributes":[${keyValue('otel.event.name', 'b')}]}`, 'own'],
    ['otel.event.name', `{"attributes":[${keyValue('event.name', 'c')},${keyValue('otel.event.name', 'b')}]}`, 'b'],
    ['event.name', `{"attributes":[${keyValue('event.name', 'c')}]}`, 'c'],
    ['nowhere', '{"attributes":[{"key":"event.name","value":{"intValue":1}}]}', ''],
  ])('come from %s', (_where, json, expected) => {
    expect(decodeRecord(json)?.eventName).toBe(expected);
  });
});

describe('metrics in OTLP/JSON', () => {
  it('reads gauges and sums, and counts all points', () => {
    const metrics = [
      { name: 'g', unit: 's', gauge: { dataPoints: [{ asDouble: 1.5, timeUnixNano: '7' }, { asInt: '3' }] } },
      { name: 's', sum: { dataPoints: [{ asInt: 4 }, { flags: 1, asDouble: 9 }, {}] } },
      { name: 'h', histogram: { dataPoints: [{}, {}] } },
      { name: 'q', summary: { dataPoints: [{}] } },
    ];
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    expect(decodeMetrics(Buffer.from(body), 'json')).toEqual([
      {
        resource: { attributes: {} },
        scope: { name: '', version: '' },
        points: [
          { name: 'g', unit: 's', value: 1.5, timeUnixNano: 7n, attributes: {} },
          { name: 'g', unit: 's', value: 3, timeUnixNano: 0n, attributes: {} },
          { name: 's', unit: '', value: 4, timeUnixNano: 0n, attributes: {} },
        ],
        pointCount: 8,
        skipped: { named: 0, unnamed: 5 },
      },
    ]);
  });
});
