import { format, resolveConfig } from 'prettier';
import { allDashboards } from './dashboards/all.ts';
import { ruleFiles } from './rules/rule-files.ts';

/** Where the runbooks are, when nobody says otherwise: in this repository. */
const RUNBOOKS = 'docs/runbooks';

/** Every generated file by its path below `collector/`, as it is committed. */
export async function generate({ runbooks = RUNBOOKS }: { readonly runbooks?: string } = {}): Promise<
  ReadonlyMap<string, string>
> {
  const files = new Map<string, string>();
  for (const [name, text] of Object.entries(ruleFiles(runbooks))) {
    files.set(`prometheus/rules/${name}`, await formatted(text, 'yaml'));
  }
  for (const dashboard of allDashboards()) {
    files.set(`grafana/dashboards/${dashboard.uid ?? ''}.json`, await formatted(JSON.stringify(dashboard), 'json'));
  }
  return files;
}

async function formatted(text: string, parser: 'yaml' | 'json'): Promise<string> {
  return format(text, { ...(await resolveConfig(import.meta.filename)), parser });
}
