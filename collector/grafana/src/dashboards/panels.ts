import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  PanelBuilder as AnyPanelBuilder,
  type Panel,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { LOKI, PROMETHEUS, type Target } from './targets.ts';

/** From this value on, this colour; the first is for all that is below. */
export type Limits = readonly (readonly [number | null, string])[];

/** What every panel says of itself. */
export interface PanelText {
  readonly title: string;
  /** What it shows, and what to do when it looks wrong. */
  readonly description: string;
  /** Grafana's id of the unit. */
  readonly unit: string;
  readonly width: number;
  readonly height: number;
}

export const CALM: Limits = [[null, 'text']];
export const goodUntil = (limit: number, color = 'red'): Limits => [
  [null, 'green'],
  [limit, color],
];
/** The manual's queue badge. */
export const queueLimits = (limit: number): Limits => [
  [null, 'blue'],
  [limit + 1, 'orange'],
];

export interface StatOptions extends Omit<PanelText, 'height'> {
  readonly target: Target;
  readonly limits?: Limits;
  readonly decimals?: number;
  /** A line of the dashboard's time below the number. Only for what is asked over time. */
  readonly hasGraph?: boolean;
  /** Shown where there is nothing. Default `–`: nothing known is not 0. */
  readonly none?: string;
  readonly link?: string;
}

/** One number. */
export function stat(options: StatOptions): StatBuilder {
  const {
    title,
    description,
    unit,
    width,
    target,
    limits = CALM,
    decimals,
    hasGraph = false,
    none = '–',
    link,
  } = options;
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .height(4)
    .span(width)
    .unit(unit)
    .noValue(none)
    .thresholds(thresholds(limits))
    .colorMode(BigValueColorMode.Value)
    .graphMode(hasGraph ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .withTarget(target);
  if (decimals !== undefined) panel.decimals(decimals);
  if (link !== undefined) panel.dataLinks([dataLink('Show', link)]);
  return panel;
}

export interface GraphOptions extends PanelText {
  readonly targets: readonly Target[];
  /** `bars` for what is counted, `lines` for what is measured. */
  readonly as: 'bars' | 'lines';
  readonly limits?: Limits;
}

/** Numbers over time. */
export function graph({
  title,
  description,
  unit,
  width,
  height,
  targets,
  as,
  limits,
}: GraphOptions): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .height(height)
    .span(width)
    .unit(unit)
    .min(0)
    .targets([...targets])
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    );
  if (as === 'bars') {
    panel
      .drawStyle(GraphDrawStyle.Bars)
      .fillOpacity(70)
      .lineWidth(0)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  } else {
    panel.drawStyle(GraphDrawStyle.Line).lineWidth(2).fillOpacity(8).showPoints(VisibilityMode.Auto).spanNulls(false);
  }
  return limits === undefined ? panel : panel.thresholds(thresholds(limits));
}

export interface LinesOptions extends Omit<PanelText, 'unit'> {
  readonly target: Target;
  readonly hasLabels?: boolean;
  readonly order?: 'newest' | 'oldest';
}

/** Log lines; a click shows all attributes, with the link to the trace. */
export function logLines(options: LinesOptions): LogsBuilder {
  const { title, description, width, height, target, hasLabels = false, order = 'newest' } = options;
  return new LogsBuilder()
    .title(title)
    .description(description)
    .datasource(LOKI)
    .height(height)
    .span(width)
    .showTime(true)
    .showLabels(hasLabels)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(order === 'newest' ? LogsSortOrder.Descending : LogsSortOrder.Ascending)
    .withTarget(target);
}

/** A panel of a kind for which the SDK has no builder. */
export function anyPanel(
  type: string,
  { title, description, width, height }: Omit<PanelText, 'unit'>,
): AnyPanelBuilder {
  return new AnyPanelBuilder().type(type).title(title).description(description).height(height).span(width);
}

/** A heading, with what stands below it. */
export function row(
  title: string,
  panels: readonly Builder<Panel>[],
): { readonly title: string; readonly panels: readonly Builder<Panel>[] } {
  return { title, panels };
}
export type Row = ReturnType<typeof row>;

export function rowBuilder(title: string): RowBuilder {
  return new RowBuilder(title);
}

export function thresholds(limits: Limits): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(limits.map(([value, color]) => ({ value, color })));
}

/** A link on a value. */
export function dataLink(title: string, url: string, isElsewhere = false): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(isElsewhere);
}
