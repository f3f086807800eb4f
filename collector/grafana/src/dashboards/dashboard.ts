import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  CustomVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  type RowPanel,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ATTR_DEPLOYMENT_ENVIRONMENT_NAME } from '../../../../src/semconv.ts';
import { labelName } from '../names/prometheus-name.ts';
import { FLEET } from '../queries/fleet.ts';
import type { Query } from '../query.ts';
import { type Row, rowBuilder } from './panels.ts';
import { LOKI, PROMETHEUS } from './targets.ts';

/* eslint-disable @typescript-eslint/no-deprecated -- The SDK prefers its second schema, which Grafana 12 does not take from
   a file. Every Grafana since takes the first one. */
/** A dashboard in Grafana's first schema. */
export type DashboardFile = Dashboard;
const newDashboard = (title: string): DashboardBuilder => new DashboardBuilder(title);
/* eslint-enable @typescript-eslint/no-deprecated */

const TAG = 'hiveloop';

export interface DashboardOptions {
  /** Also the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks at first, such as `6h`. */
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
  readonly marks?: Query;
}

/** A dashboard as Grafana 12 and later load it from a file. */
export function dashboard({ uid, title, description, from, variables, rows, marks }: DashboardOptions): DashboardFile {
  const builder = newDashboard(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from: `now-${from}`, to: 'now' })
    .timezone('browser')
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables([...variables])
    .link(
      new DashboardLinkBuilder('HiveLoop')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .icon('external link')
        .tooltip('The other dashboards')
        .asDropdown(false)
        .includeVars(false)
        .keepTime(true),
    );
  if (marks !== undefined) {
    builder.annotation(
      new AnnotationQueryBuilder()
        .name('Issues')
        .datasource(LOKI)
        .enable(true)
        .iconColor('orange')
        .expr(marks.expr)
        .titleFormat('{{hiveloop_issue_transition}}')
        .textFormat('{{hiveloop_issue_summary}}'),
    );
  }
  for (const { title: heading, panels } of rows) {
    builder.withRow(rowBuilder(heading));
    for (const panel of panels) builder.withPanel(panel);
  }
  const built = builder.build();
  numberPanels(built.panels ?? []);
  return built;
}

/** The environments that agents have told of. */
export function environmentVariable(): QueryVariableBuilder {
  return choice('environment', 'Environment', FLEET.environments, ATTR_DEPLOYMENT_ENVIRONMENT_NAME)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** A choice among the values of a label. */
export function choice(name: string, label: string, { expr }: Query, attribute: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(PROMETHEUS)
    .query({ qryType: 1, query: `label_values(${expr}, ${labelName(attribute)})`, refId: `variable-${name}` })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);
}

/** The same among the index labels of Loki. */
export function lokiChoice(name: string, label: string, attribute: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(LOKI)
    .query({ type: 1, label: labelName(attribute), stream: '', refId: `variable-${name}` })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);
}

export function textBox(name: string, label: string, value = ''): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .defaultValue(value)
    .current({ selected: true, text: value, value });
}

/** A choice among fixed values; the first is chosen. */
export function fixedChoice(
  name: string,
  label: string,
  values: Readonly<Record<string, string>>,
): CustomVariableBuilder {
  const options = Object.entries(values).map(([text, value], index) => ({ selected: index === 0, text, value }));
  const builder = new CustomVariableBuilder(name)
    .label(label)
    .values(options.map(({ text, value }) => `${text} : ${value}`).join(', '))
    .options(options);
  const [first] = options;
  return first === undefined ? builder : builder.current(first);
}

/** Letters for the targets, numbers for the panels, in the order in which they stand: the same at each run. */
function numberPanels(panels: readonly (Panel | RowPanel)[]): void {
  panels.forEach((panel, index) => {
    panel.id = index + 1;
    if (!('targets' in panel)) return;
    panel.targets.forEach((target, letter) => {
      (target as { refId?: string }).refId = String.fromCharCode('A'.charCodeAt(0) + letter);
    });
  });
}
