import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARD_QUERIES } from '../../collector/grafana/src/catalogue.ts';
import { allDashboards } from '../../collector/grafana/src/dashboards/all.ts';
import { generate } from '../../collector/grafana/src/generate.ts';

const COLLECTOR = fileURLToPath(new URL('../../collector/', import.meta.url));
const read = (path: string): string => readFileSync(COLLECTOR + path, 'utf8');

interface Target {
  readonly refId?: string;
  readonly expr?: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string };
}
interface Provisioned {
  readonly datasources: readonly { readonly uid: string; readonly type: string }[];
}

const files = await generate();
const provisioned = parse(read('grafana/provisioning/datasources/hiveloop.yaml')) as Provisioned;
const dashboards = allDashboards();
const panelsOf = (dashboard: (typeof dashboards)[number]): readonly Panel[] => dashboard.panels ?? [];
const targetsOf = (panel: Panel): readonly Target[] => (panel.targets ?? []) as readonly Target[];

test.each([...files.keys()])('%s is what `npm run dashboards` writes', (path) => {
  expect(read(path)).toBe(files.get(path));
});

test('every query of the catalogue is used, and no panel asks anything else', () => {
  const asked = dashboards
    .flatMap((dashboard) => panelsOf(dashboard).flatMap(targetsOf))
    .flatMap(({ expr }) => expr ?? []);
  const marks = dashboards.flatMap(({ annotations }) => annotations.list ?? []).flatMap(({ expr }) => expr ?? []);
  const choices = dashboards
    .flatMap(({ templating }) => templating.list ?? [])
    .flatMap(
      ({ query }) => /^label_values\((.+), \w+\)$/.exec((query as { readonly query?: string }).query ?? '')?.[1] ?? [],
    );
  const used = new Set([...asked, ...marks, ...choices]);
  const known = new Set(DASHBOARD_QUERIES.map(({ expr }) => expr));
  expect(DASHBOARD_QUERIES.filter(({ expr }) => !used.has(expr))).toEqual([]);
  expect([...used].filter((expr) => !known.has(expr))).toEqual([]);
});

test('uids are those that links lead to', () => {
  const uids = dashboards.map(({ uid }) => uid);
  expect(uids).toEqual([...new Set(uids)]);
  const links = [...JSON.stringify(dashboards).matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid);
  expect(links.length).toBeGreaterThan(5);
  for (const uid of links) expect(uids).toContain(uid);
});

describe.each(dashboards.map((dashboard) => [dashboard.uid ?? '', dashboard] as const))('%s', (_, dashboard) => {
  const panels = panelsOf(dashboard);

  test('panels have ids of their own and do not overlap', () => {
    const ids = panels.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
    const cells = new Map<string, string>();
    for (const { title = '', gridPos } of panels) {
      if (gridPos === undefined) throw new Error(`${title} has no place`);
      const { x, y, w, h } = gridPos;
      expect(x + w, title).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          const cell = `${column},${line}`;
          expect(cells.get(cell), `${title} lies over another panel`).toBeUndefined();
          cells.set(cell, title);
        }
      }
    }
  });

  test('every panel asks a data source that is provisioned, and says what it shows and in which unit', () => {
    for (const panel of panels) {
      if (panel.type === 'row') continue;
      const { title = '', description = '', type } = panel;
      expect(title.length).toBeGreaterThan(0);
      expect(description.length, title).toBeGreaterThan(8);
      expect(targetsOf(panel).length, title).toBeGreaterThan(0);
      expect(provisioned.datasources, title).toContainEqual(expect.objectContaining(panel.datasource ?? {}));
      const refs = targetsOf(panel).map(({ refId }) => refId);
      expect(refs, title).toEqual([...new Set(refs)]);
      for (const { datasource } of targetsOf(panel)) {
        expect(provisioned.datasources, title).toContainEqual(expect.objectContaining(datasource ?? {}));
      }
      if (type === 'stat' || type === 'timeseries') expect(panel.fieldConfig?.defaults.unit, title).toBeTruthy();
    }
  });

  test('every variable that a panel names is one of the dashboard’s or Grafana’s', () => {
    const own = new Set((dashboard.templating.list ?? []).map(({ name }) => name));
    const named = [...JSON.stringify(panels).matchAll(/\$\{?([a-z]\w*)(?=[:}"'\s&/\]|])/g)].map(
      ([, name = '']) => name,
    );
    const template = new Set(['i', 'item', 'step']);
    for (const name of named) expect(template.has(name) || own.has(name), name).toBe(true);
  });
});
