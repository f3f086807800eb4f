import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prometheusText } from '../../../src/translator/emit/prometheus-text.ts';
import type { Attributes, MetricData, MetricPoint } from '../../../src/translator/otlp/model.ts';
import { parsePrometheusText } from './parse-prometheus-text.ts';

function point(value: number, attributes: Attributes = {}, more: Partial<MetricPoint> = {}): MetricPoint {
  return { attributes, value, timeUnixNano: 1n, startTimeUnixNano: 0n, isEnd: false, ...more };
}

function metric(name: string, kind: MetricData['kind'], unit: string, ...points: readonly MetricPoint[]): MetricData {
  return { name, kind, unit, description: 'of a test', points };
}

it.each<[string, MetricData['kind'], string, string]>([
  ['hiveloop.queue.depth', 'gauge', '{item}', 'hiveloop_queue_depth'],
  ['hiveloop.queue.oldest_item_age', 'gauge', 's', 'hiveloop_queue_oldest_item_age_seconds'],
  ['hiveloop.issue.reports', 'counter', '{report}', 'hiveloop_issue_reports_total'],
  ['hiveloop.issue.time_to_resolve', 'histogram', 's', 'hiveloop_issue_time_to_resolve_seconds'],
  ['hiveloop.llm.cost', 'counter', '{USD}', 'hiveloop_llm_cost_total'],
  ['x.share', 'gauge', '1', 'x_share_ratio'],
  ['x.total', 'counter', '', 'x_total'],
])('%s, a %s in %s, is %s as Prometheus names it', (name, kind, unit, expected) => {
  const distribution = { boundaries: [1], bucketCounts: [0, 0] };
  const text = prometheusText([metric(name, kind, unit, point(0, {}, { distribution }))]);
  expect([...parsePrometheusText(text).keys()]).toEqual([expected]);
});

it('a histogram has rising buckets, the sum and the count', () => {
  const distribution = { boundaries: [10, 60], bucketCounts: [2, 0, 1] };
  const text = prometheusText([metric('wait', 'histogram', 's', point(123.5, { 'agent.id': 'a' }, { distribution }))]);
  expect(text).toBe(
    [
      '# HELP wait_seconds of a test',
      '# TYPE wait_seconds histogram',
      'wait_seconds_bucket{agent_id="a",le="10"} 2',
      'wait_seconds_bucket{agent_id="a",le="60"} 2',
      'wait_seconds_bucket{agent_id="a",le="+Inf"} 3',
      'wait_seconds_sum{agent_id="a"} 123.5',
      'wait_seconds_count{agent_id="a"} 3',
      '',
    ].join('\n'),
  );
  parsePrometheusText(text);
});

it('a series that has ended is left out, and a metric with no other is not there', () => {
  expect(prometheusText([metric('open', 'gauge', '', point(0, {}, { isEnd: true }))])).toBe('');
});

it('one metric given in pieces is one family', () => {
  const text = prometheusText([
    metric('a', 'gauge', '', point(1, { x: '1' })),
    metric('a', 'gauge', '', point(2, { x: '2' })),
  ]);
  expect(parsePrometheusText(text).get('a')?.samples).toHaveLength(2);
});

it('any text in a label or a description comes back as it was', () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'n', ',', '}', '=', 'é', '✓', ' ') });
  fc.assert(
    fc.property(anyText, anyText, fc.double(), (label, description, value) => {
      const text = prometheusText([{ ...metric('m', 'gauge', '', point(value, { 'a.b': label, c: 1 })), description }]);
      const [sample] = parsePrometheusText(text).get('m')?.samples ?? [];
      expect(sample?.labels).toEqual({ a_b: label, c: '1' });
      if (Number.isFinite(value)) expect(sample?.value === value).toBe(true);
    }),
  );
});
