import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../src/translator/otlp/decode.ts';
import { JSON_TYPE, post } from '../translator/http/open-server.ts';
import { serve } from './served-translator.ts';

describe("the protocol's own examples, with content of ours", () => {
  const example = (name: string): Buffer => readFileSync(new URL(`examples/${name}.json`, import.meta.url));

  // for signal in traces:trace logs:logs metrics:metrics logs:events; do curl -i $URL/v1/${signal%:*} $JSON -d @examples/${signal#*:}.json; done
  it.each([
    ['trace', 'traces', 1],
    ['logs', 'logs', 1],
    ['metrics', 'metrics', 4],
    ['events', 'logs', 1],
  ] as const)('%s.json is taken', async (name, signal, foreign) => {
    const { url, translator } = await serve();
    const response = await post(`${url}/v1/${signal}`, JSON_TYPE, example(name));
    expect([response.status, await response.text()]).toEqual([200, '{}']);
    expect(await translator.counters()).toMatchObject({ foreign, received: 0 });
  });

  it('are read as they are meant', () => {
    expect(decodeTraces(example('trace'), 'json')).toMatchObject([
      {
        scope: { name: 'crm-client', version: '2.1.0' },
        spans: [{ traceId: '0af7651916cd43dd8448eb211c80319c', kind: 3, endTimeUnixNano: 1790000001000000000n }],
      },
    ]);
    const attributes = { text: 'some text', truth: true, count: 42, share: 0.125, list: ['many', 'values'] };
    expect(decodeLogs(example('logs'), 'json')).toMatchObject([
      { logRecords: [{ timeUnixNano: 1790000000300000001n, attributes: { ...attributes, map: { key: 'value' } } }] },
    ]);
    expect(decodeMetrics(example('metrics'), 'json')).toMatchObject([
      { points: [{ name: 'crm.requests', value: 5 }, { value: 10 }], pointCount: 4 },
    ]);
    expect(decodeLogs(example('events'), 'json')).toMatchObject([
      { logRecords: [{ eventName: 'crm.lead_opened', body: { type: 0, url: 'https://crm.example.com/leads/42' } }] },
    ]);
  });
});
