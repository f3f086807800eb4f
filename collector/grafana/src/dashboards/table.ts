import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { labelName } from '../names/prometheus-name.ts';
import { dataLink, type Limits, type PanelText, thresholds } from './panels.ts';
import { PROMETHEUS, type Target } from './targets.ts';

/** A column: of a label that all targets have, or the value of one target. */
export interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly limits?: Limits;
  readonly decimals?: number;
  readonly width?: number;
  /** A bar across the cell, up to this value. */
  readonly gaugeTo?: number;
  readonly links?: readonly { readonly title: string; readonly url: string; readonly isElsewhere?: boolean }[];
}

export interface LabelColumn extends Column {
  readonly attribute: string;
}
export interface ValueColumn extends Column {
  readonly target: Target;
}

export interface TableOptions extends Omit<PanelText, 'unit'> {
  readonly labels: readonly LabelColumn[];
  readonly values: readonly ValueColumn[];
  /** Title of the column that the rows are sorted by, largest first. */
  readonly worstFirst: string;
  /** Whom all targets ask. Default: Prometheus. */
  readonly source?: DataSourceRef;
  /** Labels that are there and say nothing here. */
  readonly hidden?: readonly string[];
}

/** A table of several questions, joined by their labels: who lacks an answer still has a row. */
export function table(options: TableOptions): TableBuilder {
  const { title, description, width, height, labels, values, worstFirst, source = PROMETHEUS, hidden = [] } = options;
  const panel = new TableBuilder()
    .title(title)
    .description(description)
    .datasource(source)
    .height(height)
    .span(width)
    .filterable(true)
    .targets(values.map(({ target }) => target));
  panel.withTransformation({ id: 'merge', options: {} });
  const columns = [
    ...labels.map(({ attribute, title: shown }) => [labelName(attribute), shown] as const),
    ...values.map(
      ({ title: shown }, index) => [`Value #${String.fromCharCode('A'.charCodeAt(0) + index)}`, shown] as const,
    ),
  ];
  // A single question to Prometheus, not to Loki, is called only that.
  const [single] = values.length === 1 ? values : [];
  if (single !== undefined) columns.push(['Value', single.title]);
  panel.withTransformation({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(['Time', '__name__', ...hidden.map(labelName)].map((name) => [name, true])),
      indexByName: Object.fromEntries(columns.map(([name], index) => [name, index])),
      renameByName: Object.fromEntries(columns),
    },
  });
  panel.withTransformation({ id: 'sortBy', options: { sort: [{ field: worstFirst, desc: true }] } });
  for (const column of [...labels, ...values]) {
    const properties = propertiesOf(column);
    if (properties.length > 0) panel.overrideByName(column.title, properties);
  }
  return panel;
}

function propertiesOf({ unit, limits, decimals, width, gaugeTo, links }: Column): DynamicConfigValue[] {
  const properties: DynamicConfigValue[] = [];
  const set = (id: string, value: unknown): void => void properties.push({ id, value });
  if (unit !== undefined) set('unit', unit);
  if (decimals !== undefined) set('decimals', decimals);
  if (width !== undefined) set('custom.width', width);
  if (limits !== undefined) {
    set('thresholds', thresholds(limits).build());
    set('custom.cellOptions', gaugeTo === undefined ? { type: 'color-text' } : { type: 'gauge', mode: 'basic' });
  }
  if (gaugeTo !== undefined) {
    set('min', 0);
    set('max', gaugeTo);
  }
  if (links !== undefined) {
    set(
      'links',
      links.map((link) => dataLink(link.title, link.url, link.isElsewhere).build()),
    );
  }
  return properties;
}
