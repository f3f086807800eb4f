import { expect, it } from 'vitest';
import { decodeMetrics } from '../../../src/translator/otlp/decode.ts';
import { encodeMetrics } from '../../../src/translator/otlp/encode.ts';
import type { MetricData, MetricPoint } from '../../../src/translator/otlp/model.ts';
import { SCOPE } from '../issue-batches.ts';
import { fromProtobuf, type Message } from '../otlp/oracle.ts';

const POINT: MetricPoint = {
  attributes: { 'hiveloop.agent.id': 'lead-qualifier' },
  timeUnixNano: 20n,
  startTimeUnixNano: 10n,
  value: 123.5,
  isEnd: false,
  exemplars: [
    {
      timeUnixNano: 15n,
      value: 0,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      attributes: { 'hiveloop.issue.id': 'crm-403' },
    },
  ],
};
const EXEMPLAR = {
  timeUnixNano: '15',
  asDouble: 0,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  filteredAttributes: [{ key: 'hiveloop.issue.id', value: { stringValue: 'crm-403' } }],
};
const LABELS = [{ key: 'hiveloop.agent.id', value: { stringValue: 'lead-qualifier' } }];

function encode(kind: MetricData['kind'], point: MetricPoint): Uint8Array {
  const metric: MetricData = { name: 'm', unit: 's', description: 'of a test', kind, points: [point] };
  return encodeMetrics([{ resource: { attributes: {} }, scope: SCOPE, metrics: [metric] }]);
}

/** The metric as protobufjs reads it. */
function read(kind: MetricData['kind'], point: MetricPoint): unknown {
  const request = fromProtobuf('ExportMetricsServiceRequest', encode(kind, point)) as {
    resourceMetrics: { scopeMetrics: { metrics: Message[] }[] }[];
  };
  return request.resourceMetrics[0]?.scopeMetrics[0]?.metrics[0];
}

it('a histogram is cumulative, with buckets, sum, count and exemplars', () => {
  const distribution = { boundaries: [10, 60.5], bucketCounts: [2, 0, 1] };
  expect(read('histogram', { ...POINT, distribution })).toEqual({
    name: 'm',
    unit: 's',
    description: 'of a test',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          attributes: LABELS,
          startTimeUnixNano: '10',
          timeUnixNano: '20',
          count: '3',
          sum: 123.5,
          bucketCounts: ['2', '0', '1'],
          explicitBounds: [10, 60.5],
          exemplars: [EXEMPLAR],
        },
      ],
    },
  });
});

it('the end of a histogram has no values', () => {
  expect(read('histogram', { ...POINT, exemplars: [], value: 0, isEnd: true })).toMatchObject({
    histogram: { dataPoints: [{ attributes: LABELS, startTimeUnixNano: '10', timeUnixNano: '20', flags: 1 }] },
  });
});

it('a counter carries exemplars', () => {
  expect(read('counter', POINT)).toMatchObject({
    sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints: [{ asDouble: 123.5, exemplars: [EXEMPLAR] }] },
  });
});

it('our own reader counts the points of a histogram', () => {
  const body = encode('histogram', { ...POINT, distribution: { boundaries: [1], bucketCounts: [1, 1] } });
  expect(decodeMetrics(body, 'protobuf')).toMatchObject([{ points: [], pointCount: 1 }]);
});
