import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder as LokiBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder as PrometheusBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Query } from '../query.ts';

/** The data sources by the uids that provisioning gives them. */
export const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: 'prometheus' };
export const LOKI: DataSourceRef = { type: 'loki', uid: 'loki' };
export const JAEGER: DataSourceRef = { type: 'jaeger', uid: 'jaeger' };

export type Target = Builder<Dataquery>;
/** Services send metrics once a minute by default: a narrower point would be empty. */
const STEP = '1m';

/** The value now: for stats and gauges. */
export function now(query: Query, legend = ''): Target {
  return query.language === 'logql'
    ? loki(query, 'instant').legendFormat(legend)
    : new PrometheusBuilder().datasource(PROMETHEUS).expr(query.expr).instant().legendFormat(legend);
}

/** The value over time, with exemplars when they are asked for: points that lead to a trace. */
export function over(query: Query, legend: string, exemplar = false): Target {
  if (query.language === 'logql') return loki(query, 'range').legendFormat(legend);
  return new PrometheusBuilder()
    .datasource(PROMETHEUS)
    .expr(query.expr)
    .range()
    .interval(STEP)
    .legendFormat(legend)
    .exemplar(exemplar);
}

/** Rows of a table: a column for each label, and the value. */
export function rows(query: Query): Target {
  return query.language === 'logql'
    ? loki(query, 'instant')
    : new PrometheusBuilder().datasource(PROMETHEUS).expr(query.expr).instant().format(PromQueryFormat.Table);
}

/** Log lines, newest first. */
export function lines(query: Query, max = 500): Target {
  return loki(query, 'range').maxLines(max);
}

function loki({ expr }: Query, queryType: 'range' | 'instant'): LokiBuilder {
  return new LokiBuilder().datasource(LOKI).expr(expr).queryType(queryType);
}

/** A query of Grafana's Jaeger data source, for which the SDK has no builder. */
interface JaegerQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly query?: string;
  readonly queryType?: 'search';
  readonly service?: string;
  readonly tags?: string;
  readonly limit?: number;
}

/** One trace by its id. */
export function trace(id: string): Target {
  return jaeger({ query: id });
}

/** Traces of a service by tags, in logfmt: `hiveloop.task.id="lead-1"`. */
export function traces(service: string, tags: string): Target {
  return jaeger({ queryType: 'search', service, tags, limit: 20 });
}

function jaeger(fields: Omit<JaegerQuery, '_implementsDataqueryVariant' | 'refId' | 'datasource'>): Target {
  const query: JaegerQuery = {
    refId: 'A',
    datasource: JAEGER,
    ...fields,
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => query };
}
