/** What Jaeger, Grafana and compose say of each other's pages: nothing but these tests reads both sides. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import ui from '../../collector/jaeger/ui.json' with { type: 'json' };

interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(ROOT + file, 'utf8');
const DASHBOARDS = globSync('collector/grafana/dashboards/*.json', { cwd: ROOT });
const PROVISIONED = read('collector/grafana/provisioning/datasources/hiveloop.yaml');
const COMPOSE = read('docker-compose.yml');

describe('links between Jaeger and Grafana', () => {
  it("every dashboard in Jaeger's links is there, with the variables that the link sets", () => {
    const urls = [...ui.linkPatterns, ...ui.menu.flatMap((menu) => ('items' in menu ? menu.items : []))];
    const links = urls.flatMap(({ url }) => [...url.matchAll(/\/d\/([a-z-]+)(?:\?(.*))?$/g)]);
    expect(links.length).toBeGreaterThan(4);
    for (const [, uid = '', query = ''] of links) {
      const dashboard = JSON.parse(read(`collector/grafana/dashboards/${uid}.json`)) as Dashboard;
      expect(dashboard.uid).toBe(uid);
      const variables = [...query.matchAll(/var-(\w+)=/g)].flatMap(([, name]) => name ?? []);
      expect(dashboard.templating.list.map(({ name }) => name)).toEqual(expect.arrayContaining(variables));
    }
  });

  it('every data source that a dashboard, a link or another source names is provisioned', () => {
    const provisioned = [...PROVISIONED.matchAll(/^ {4}uid: (\S+)$/gm)].map(([, uid]) => uid);
    const inDashboards = DASHBOARDS.flatMap((file) => [
      ...read(file).matchAll(/"datasource": \{\s*"type": "\w+",\s*"uid": "([^"]+)"/g),
    ]);
    const inLinks = ui.linkPatterns.flatMap(({ url }) => [...decodeURIComponent(url).matchAll(/"uid":"([^"]+)"/g)]);
    const inSources = [...PROVISIONED.matchAll(/datasourceUid: (\S+)/g)];
    const named = [...inDashboards, ...inLinks, ...inSources].map(([, uid]) => uid);
    expect(provisioned).toEqual(['prometheus', 'loki', 'jaeger']);
    expect(new Set(named)).toEqual(new Set(provisioned));
  });

  it('compose mounts the dashboards where the provider looks, and its home page is one of them', () => {
    const [, path = ''] = /path: (\S+)/.exec(read('collector/grafana/provisioning/dashboards/hiveloop.yaml')) ?? [];
    expect(COMPOSE).toContain(`./collector/grafana/dashboards:${path}:ro`);
    const [, home = ''] = /HOME_DASHBOARD_PATH: (\S+)/.exec(COMPOSE) ?? [];
    expect(DASHBOARDS.map((file) => `${path}/${basename(file)}`)).toContain(home);
  });
});
