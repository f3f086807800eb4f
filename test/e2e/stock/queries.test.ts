/** Every expression of collector/grafana/src, asked of the real backends after the demo and the scenario have run. */
import { afterAll, expect, test, vi } from 'vitest';
import { CATALOGUE } from '../../../collector/grafana/src/catalogue.ts';
import { ACTIVITY_FILTERS } from '../../../collector/grafana/src/queries/agent.ts';
import { type Query, resolve, type Variables } from '../../../collector/grafana/src/query.ts';
import { ALERTS } from '../../../collector/grafana/src/rules/rule-files.ts';
import { stock } from '../../support/backends/binaries.ts';
import { askLoki, askLokiNumbers, askPrometheus, type Row } from '../../support/scenario/ask.ts';
import { useStage } from '../../support/scenario/stage.ts';
import { VALUES, type ExpectedValue } from '../../support/scenario/values.ts';

const PATIENCE = { timeout: 20_000, interval: 250 };
/** Farther back than the oldest event of the scenario. */
const BEFORE_MILLIS = 20 * 86_400_000;
const mayBeEmpty = CATALOGUE.filter(({ expects }) => expects !== 'data');
const mustHaveData = CATALOGUE.filter(({ expects }) => expects === 'data');

stock('the catalogue of queries, by the real Prometheus and Loki', () => {
  const stage = useStage();
  const checked = new Set<string>();
  afterAll(() => {
    console.log(
      `queries checked: ${checked.size} of ${CATALOGUE.length}, ${mayBeEmpty.length} of them empty by design; ` +
        `values compared: ${VALUES.length}`,
    );
  });

  /** Numbers, or for lines of Loki a row each. */
  async function ask(query: Query, variables?: Variables, at = Date.now()): Promise<readonly Row[]> {
    const expr = resolve(query, variables);
    if (query.language === 'promql') return askPrometheus(stage.chain, expr, at);
    if (!expr.startsWith('{')) return askLokiNumbers(stage.chain, expr, at);
    return (await askLoki(stage.chain, expr, at)).map(({ labels }) => ({ labels, value: 1 }));
  }

  test.each(CATALOGUE)('$id makes up nothing: for a day before all this it has no data', async (query) => {
    expect(await ask(query, {}, Date.now() - BEFORE_MILLIS)).toEqual([]);
  });

  test.each(mustHaveData)('$id has data', async (query) => {
    await vi.waitFor(async () => {
      const rows = await ask(query);
      expect(rows.filter(({ value }) => Number.isFinite(value)).length, resolve(query)).toBeGreaterThan(0);
    }, PATIENCE);
    checked.add(query.id);
  });

  test.each(VALUES)('$id $about', async ({ id, variables, labels = {}, is }: ExpectedValue) => {
    const query = CATALOGUE.find((candidate) => candidate.id === id);
    if (query === undefined) throw new Error(`the catalogue has no ${id}`);
    await vi.waitFor(async () => {
      const rows = await ask(query, { environment: 'e2e', ...variables });
      const found = rows.filter((row) => Object.entries(labels).every(([label, value]) => row.labels[label] === value));
      expect(found, JSON.stringify(rows)).toHaveLength(1);
      const value = found[0]?.value ?? Number.NaN;
      if (typeof is === 'number') expect(value).toBeCloseTo(is, 6);
      else expect(is(value), `it is ${value}`).toBe(true);
    }, PATIENCE);
  });

  test.each(Object.entries(ACTIVITY_FILTERS))('the activity stream has events by its filter %s', async (_, filter) => {
    const activity = CATALOGUE.find(({ id }) => id === 'agent.activity');
    if (activity === undefined) throw new Error('the catalogue has no agent.activity');
    await vi.waitFor(async () => {
      expect((await ask(activity, { environment: 'e2e', filter })).length).toBeGreaterThan(0);
    }, PATIENCE);
  });

  test.each(mayBeEmpty)('$id has none, for the reason that it gives', async (query) => {
    expect(await ask(query), resolve(query)).toEqual([]);
    checked.add(query.id);
  });

  test('Prometheus has evaluated every rule without an error', async () => {
    const answer = await fetch(`${stage.chain.prometheus.url}/api/v1/rules`);
    const { data } = (await answer.json()) as RulesAnswer;
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ health, lastError = '' }) => health !== 'ok' || lastError !== '')).toEqual([]);
  });

  test('exactly the alerts whose expressions have data are raised', async () => {
    const expected = ALERTS.filter(({ query }) => query.expects === 'data').map(({ name }) => name);
    await vi.waitFor(async () => {
      const answer = await fetch(`${stage.chain.prometheus.url}/api/v1/alerts`);
      const { data } = (await answer.json()) as AlertsAnswer;
      const raised = new Set(data.alerts.map(({ labels }) => labels['alertname']));
      expect([...raised].sort()).toEqual(expected.sort());
    }, PATIENCE);
  });
});

interface AlertsAnswer {
  readonly data: { readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[] };
}

interface RulesAnswer {
  readonly data: {
    readonly groups: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string; readonly lastError?: string }[];
    }[];
  };
}
