import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs, encodeMetrics } from '../../../src/translator/otlp/encode.ts';
import { encodeExportResponse, encodeStatus } from '../../../src/translator/otlp/encode-response.ts';
import { MalformedBodyError, MAX_MESSAGES } from '../../../src/translator/otlp/malformed-body.ts';
import type { ScopeLogs, ScopeMetricData } from '../../../src/translator/otlp/model.ts';
import { fromProtobuf, toProtobuf } from './oracle.ts';

describe('OTLP in protobuf', () => {
  it('takes the empty request', () => {
    const empty = new Uint8Array();
    expect([decodeLogs(empty, 'protobuf'), decodeTraces(empty, 'protobuf'), decodeMetrics(empty, 'protobuf')]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('ignores fields that it does not know, of every wire type', () => {
    const request = toProtobuf('ExportLogsServiceRequest', {
      resourceLogs: [
        {
          resource: { attributes: [], droppedAttributesCount: 3 },
          schemaUrl: 'https://example.com/schema',
          scopeLogs: [
            { scope: { name: 's', droppedAttributesCount: 1 }, logRecords: [{ severityText: 'INFO', flags: 1 }] },
          ],
        },
      ],
    });
    // Fields 900 to 903: varint, fixed64, bytes, fixed32.
    const unknown = Buffer.from('a038ff7f' + 'a9380102030405060708' + 'b23803616263' + 'bd3801020304', 'hex');
    const [scopeLogs] = decodeLogs(Buffer.concat([unknown, request, unknown]), 'protobuf');
    expect(scopeLogs?.logRecords).toHaveLength(1);
    expect(scopeLogs?.scope).toEqual({ name: 's', version: '' });
  });

  it('fills resource and scope also when they come after the records', () => {
    const logs = toProtobuf('ScopeLogs', { logRecords: [{ eventName: 'e' }] });
    const scope = toProtobuf('ScopeLogs', { scope: { name: 'late' } });
    const scopeLogs = Buffer.concat([logs, scope]);
    const records = Buffer.concat([Buffer.from([0o22, scopeLogs.length]), scopeLogs]);
    const resource = toProtobuf('ResourceLogs', {
      resource: { attributes: [{ key: 'a', value: { intValue: '1' } }] },
    });
    const resourceLogs = Buffer.concat([records, resource]);
    const body = Buffer.concat([Buffer.from([0o12, resourceLogs.length]), resourceLogs]);
    expect(decodeLogs(body, 'protobuf')).toMatchObject([
      { resource: { attributes: { a: 1 } }, scope: { name: 'late' }, logRecords: [{ eventName: 'e' }] },
    ]);
  });

  it('shares no memory with the body', () => {
    const body = encodeLogs(
      logsWith({ bytes: new Uint8Array([1, 2, 3]), text: 'text that is longer than a few letters' }),
    );
    const decoded = decodeLogs(body, 'protobuf');
    body.fill(0);
    expect(decoded[0]?.logRecords[0]?.attributes).toEqual({
      bytes: new Uint8Array([1, 2, 3]),
      text: 'text that is longer than a few letters',
    });
  });

  it('does not take invalid UTF-8 for a name seen before', () => {
    const nameOf = (bytes: Buffer): string | undefined => {
      const wrap = (inner: Buffer, tag: number): Buffer => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
      const body = [0o12, 0o12, 0o22, 0o12].reduce(wrap, bytes); // name, scope, scope_logs, resource_logs
      return decodeLogs(body, 'protobuf')[0]?.scope.name;
    };
    expect(nameOf(Buffer.from('é'))).toBe('é');
    expect(nameOf(Buffer.from([0xe9]))).toBe('\ufffd');
    expect(nameOf(Buffer.from([0xe9]))).toBe('\ufffd');
    expect(nameOf(Buffer.from('é'))).toBe('é');
  });

  it.each([
    ['a length beyond its message', '0a05'],
    ['a field cut short', '0a020a'],
    ['a varint that never ends', 'ffffffffffffffffffffff'],
    ['the field number 0', '0001'],
    ['a group', '0b'],
    ['a wire type that does not exist', '0f'],
    ['a trace id of 3 bytes', '0a0b12091207' + '4a03010203' + '1000'],
  ])('calls %s malformed', (_what, hex) => {
    expect(() => decodeLogs(Buffer.from(hex, 'hex'), 'protobuf')).toThrow(MalformedBodyError);
  });

  it('calls a body malformed that is nothing but empty messages', () => {
    const empty = Buffer.alloc(2 * MAX_MESSAGES, Buffer.from([0o12, 0])); // ResourceLogs
    expect(decodeLogs(empty, 'protobuf')).toEqual([]);
    expect(() => decodeLogs(Buffer.concat([empty, Buffer.from([0o12, 0])]), 'protobuf')).toThrow(MalformedBodyError);
  });

  it('keeps integers that a double cannot hold, and writes those beyond 64 bits as text', () => {
    const attributes = { max: 2n ** 63n - 1n, min: -(2n ** 63n), beyond: 2n ** 63n, negative: -1, one: 1n };
    const [scopeLogs] = decodeLogs(encodeLogs(logsWith(attributes)), 'protobuf');
    expect(scopeLogs?.logRecords[0]?.attributes).toEqual({ ...attributes, beyond: '9223372036854775808', one: 1 });
  });

  it('writes messages of any length', () => {
    for (const length of [0, 1, 100, 127, 128, 129, 16_383, 16_384, 2_097_152, 5_000_000]) {
      const text = 'x'.repeat(length);
      const [scopeLogs] = decodeLogs(encodeLogs(logsWith({ text })), 'protobuf');
      expect(scopeLogs?.logRecords[0]?.attributes['text'] === text).toBe(true);
    }
  });
});

describe('metrics in protobuf', () => {
  const batch: readonly ScopeMetricData[] = [
    {
      resource: { attributes: { 'service.name': 'translator' } },
      scope: { name: 'scope', version: '1' },
      metrics: [
        {
          name: 'open',
          unit: '{issue}',
          description: 'Open issues',
          kind: 'gauge',
          points: [
            { attributes: { agent: 'a' }, timeUnixNano: 20n, startTimeUnixNano: 0n, value: 0, isEnd: false },
            { attributes: { agent: 'b' }, timeUnixNano: 20n, startTimeUnixNano: 0n, value: 5, isEnd: true },
          ],
        },
        {
          name: 'total',
          unit: '1',
          description: '',
          kind: 'counter',
          points: [{ attributes: {}, timeUnixNano: 20n, startTimeUnixNano: 10n, value: 7.5, isEnd: false }],
        },
      ],
    },
  ];

  it('writes gauges, cumulative monotonic sums, and the end of a series', () => {
    const scopeMetrics = {
      scope: { name: 'scope', version: '1' },
      metrics: [
        {
          name: 'open',
          unit: '{issue}',
          description: 'Open issues',
          gauge: {
            dataPoints: [
              { attributes: [{ key: 'agent', value: { stringValue: 'a' } }], timeUnixNano: '20', asDouble: 0 },
              { attributes: [{ key: 'agent', value: { stringValue: 'b' } }], timeUnixNano: '20', flags: 1 },
            ],
          },
        },
        {
          name: 'total',
          unit: '1',
          sum: {
            aggregationTemporality: 2,
            isMonotonic: true,
            dataPoints: [{ startTimeUnixNano: '10', timeUnixNano: '20', asDouble: 7.5 }],
          },
        },
      ],
    };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'translator' } }] };
    expect(fromProtobuf('ExportMetricsServiceRequest', encodeMetrics(batch))).toEqual({
      resourceMetrics: [{ resource, scopeMetrics: [scopeMetrics] }],
    });
  });

  it('reads them back, without the point that ends a series', () => {
    expect(decodeMetrics(encodeMetrics(batch), 'protobuf')).toMatchObject([
      {
        points: [
          { name: 'open', unit: '{issue}', value: 0, timeUnixNano: 20n, attributes: { agent: 'a' } },
          { name: 'total', unit: '1', value: 7.5 },
        ],
        pointCount: 3,
      },
    ]);
  });

  it('reads integers, and counts the points of histograms', () => {
    const body = toProtobuf('ExportMetricsServiceRequest', {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { sum: { dataPoints: [{ asInt: '-3' }] }, unit: 'By', name: 'late name' },
                { name: 'h', histogram: { dataPoints: [{ count: '1', bucketCounts: ['1', '0'] }, {}] } },
              ],
            },
          ],
        },
      ],
    });
    expect(decodeMetrics(body, 'protobuf')).toMatchObject([
      { points: [{ name: 'late name', unit: 'By', value: -3 }], pointCount: 3 },
    ]);
  });
});

describe('answers', () => {
  it('leave partial success unset when all was taken', () => {
    expect(encodeExportResponse('protobuf', 'logs', 0, '')).toHaveLength(0);
    expect(textOf(encodeExportResponse('json', 'logs', 0, ''))).toBe('{}');
  });

  it('tell what was rejected, and why', () => {
    const expected = { partialSuccess: { rejectedLogRecords: '300', errorMessage: 'no agent id' } };
    const protobuf = encodeExportResponse('protobuf', 'logs', 300, 'no agent id');
    expect(fromProtobuf('ExportLogsServiceResponse', protobuf)).toEqual(expected);
    expect(JSON.parse(textOf(encodeExportResponse('json', 'logs', 300, 'no agent id')))).toEqual(expected);
  });

  it.each([
    ['traces', 'rejectedSpans'],
    ['metrics', 'rejectedDataPoints'],
  ] as const)('name the rejected %s as OTLP does', (signal, field) => {
    const partialSuccess = { [field]: '1', errorMessage: 'x' };
    expect(JSON.parse(textOf(encodeExportResponse('json', signal, 1, 'x')))).toEqual({ partialSuccess });
  });

  it('carry a warning without a rejection', () => {
    const warning = encodeExportResponse('protobuf', 'logs', 0, 'careful');
    expect(fromProtobuf('ExportLogsServiceResponse', warning)).toEqual({ partialSuccess: { errorMessage: 'careful' } });
  });

  it('carry google.rpc.Status, small whatever the message', () => {
    expect(fromProtobuf('Status', encodeStatus('protobuf', 3, 'bad'))).toEqual({ code: 3, message: 'bad' });
    expect(JSON.parse(textOf(encodeStatus('json', 14, 'later')))).toEqual({ code: 14, message: 'later' });
    expect(encodeStatus('json', 14, 'x'.repeat(1_000_000)).length).toBeLessThan(2_000);
  });
});

function logsWith(attributes: ScopeLogs['resource']['attributes']): ScopeLogs[] {
  const record = {
    timeUnixNano: 1n,
    observedTimeUnixNano: 0n,
    severityNumber: 9,
    eventName: '',
    body: null,
    attributes,
    traceId: '',
    spanId: '',
  };
  return [{ resource: { attributes: {} }, scope: { name: '', version: '' }, logRecords: [record] }];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
