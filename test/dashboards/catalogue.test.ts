import { describe, expect, test } from 'vitest';
import { CATALOGUE, DASHBOARD_QUERIES } from '../../collector/grafana/src/catalogue.ts';
import { COLLECTOR_LABELS, COLLECTOR_METRICS } from '../../collector/grafana/src/names/collector-metrics.ts';
import { EVENT_LABEL, SEVERITY_LABEL, TRACE_LABEL } from '../../collector/grafana/src/names/logql.ts';
import { labelName, prometheusName } from '../../collector/grafana/src/names/prometheus-name.ts';
import { type Query, resolve } from '../../collector/grafana/src/query.ts';
import { RECORDING_RULES } from '../../collector/grafana/src/rules/rule-files.ts';
import { UNSHOWN } from '../../collector/grafana/src/unshown.ts';
import { allAttributes, allMetrics } from './semconv-names.ts';

const promql = CATALOGUE.filter(({ language }) => language === 'promql');
const logql = CATALOGUE.filter(({ language }) => language === 'logql');

const LABELS = new Set([...allAttributes().map(labelName), ...COLLECTOR_LABELS, 'le', '__name__']);
const SERIES = new Set([
  ...allMetrics().flatMap((metric) => {
    const name = prometheusName(metric);
    return metric.kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
  }),
  ...Object.values(COLLECTOR_METRICS),
  ...RECORDING_RULES.map(({ recorded }) => recorded.record),
]);
/** Words of PromQL that are no names of series or labels. */
const WORDS =
  'sum|max|min|count|by|on|group_left|and|or|offset|bool|time|timestamp|deriv|increase|histogram_quantile|last_over_time|max_over_time|min_over_time';

/** The names in a PromQL expression, texts and durations left out: series outside braces and lists, labels in them. */
function namesIn(expr: string): { readonly series: readonly string[]; readonly labels: readonly string[] } {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\$\w+/g, '');
  const labels = [...bare.matchAll(/\{([^}]*)\}|\b(?:by|on|group_left) \(([^)]*)\)/g)].flatMap(
    ([, braces, list]) => (braces ?? list ?? '').match(/[A-Za-z_]\w*/g) ?? [],
  );
  const outside = bare.replaceAll(/\{[^}]*\}|\b(?:by|on|group_left) \([^)]*\)/g, '').replaceAll(/\b\d+[smhd]\b/g, '');
  const series = (outside.match(/[A-Za-z_][\w:]*/g) ?? []).filter((name) => !new RegExp(`^(${WORDS})$`).test(name));
  return { series, labels };
}

describe('the catalogue', () => {
  test('each query has an id of its own and a reason where it may be empty', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { expects } of CATALOGUE) if (expects !== 'data') expect(expects.empty.length).toBeGreaterThan(20);
  });

  test.each(promql)('$id asks only for series and labels that exist', ({ expr }: Query) => {
    const { series, labels } = namesIn(expr);
    for (const name of series) expect(SERIES).toContain(name);
    for (const name of labels) expect(LABELS).toContain(name);
    for (const [, prefix = ''] of expr.matchAll(/__name__=~"([^"]*)\.\+"/g)) {
      expect([...SERIES].filter((name) => name.startsWith(prefix)).length).toBeGreaterThan(1);
    }
  });

  test.each(logql)('$id asks only for attributes that exist', ({ expr }: Query) => {
    const known = new Set([...LABELS, EVENT_LABEL, SEVERITY_LABEL, TRACE_LABEL, 'plan_step_state']);
    const texts = expr.replaceAll(/"[^"]*"|`[^`]*`/g, '""');
    const asked = [...texts.matchAll(/([a-z_]\w*)\s*(?:=~|!=|>=|=)/g)].map(([, name]) => name);
    const listed = [...texts.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list?.match(/\w+/g) ?? []);
    const templated = [...expr.matchAll(/[{( ]\.([a-z]\w+)/g)].map(([, name]) => name);
    const unwrapped = [...texts.matchAll(/unwrap (\w+)/g)].map(([, name]) => name);
    for (const name of [...asked, ...listed, ...templated, ...unwrapped]) expect(known).toContain(name);
  });

  test('nothing makes up data: no vector(), no absent(), and `or` only joins a counter with itself', () => {
    for (const { id, expr } of promql) {
      expect(expr, id).not.toMatch(/\b(vector|absent|absent_over_time|scalar)\s*\(/);
      for (const { index } of expr.matchAll(/\bor\b/g)) {
        const after = expr.slice(index);
        const [, counter = ''] = /^or last_over_time\((.*?\[[^\]]+\])\)/.exec(after) ?? [];
        expect(counter, id).not.toBe('');
        expect(expr.slice(0, index), id).toContain(`last_over_time(${counter}) - last_over_time(`);
      }
    }
    for (const { id, expr } of logql) expect(expr, id).not.toMatch(/\b(vector\(|absent_over_time|or\b)/);
  });

  test('every metric of semconv.ts is shown by a panel, or there is a reason why not', () => {
    const shown = DASHBOARD_QUERIES.map(({ expr }) => expr).join('\n');
    const behind = RECORDING_RULES.filter(({ recorded }) => shown.includes(recorded.record)).map(
      ({ query }) => query.expr,
    );
    const all = `${shown}\n${behind.join('\n')}`;
    const missing = allMetrics().filter(
      (metric) => !new RegExp(`\\b${prometheusName(metric)}(_bucket|_count|_sum)?\\b`).test(all),
    );
    expect(missing).toEqual(UNSHOWN.map(({ metric }) => metric));
  });

  test('with its variables filled in, no query has a variable left', () => {
    for (const query of CATALOGUE) {
      const filled = resolve(query, { range: '5m', interval: '1m' }).replaceAll(/\$(i|item|step)\b/g, '');
      expect(filled, query.id).not.toContain('$');
    }
  });
});
