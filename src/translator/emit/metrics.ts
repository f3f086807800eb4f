import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TRANSITION,
  ATTR_RESULT,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_TRANSLATOR_EVENTS,
  METRIC_TRANSLATOR_EVENTS_RECEIVED,
  METRIC_TRANSLATOR_SNAPSHOT_TIME,
  type MetricDefinition,
} from '../../semconv.ts';
import type { AccountingField } from '../accounting.ts';
import type { Attributes, MetricData, MetricPoint, Resource, ScopeMetricData } from '../otlp/model.ts';
import type { ActiveIssues, Counters, StoreIdentity } from '../store/store.ts';
import { type CounterSeries, decodeSeries } from './counter-series.ts';
import { metricResource, said, TRANSLATOR_SCOPE, translatorResource } from './resource.ts';
import { seconds } from './transition-attributes.ts';

/** What the metrics are computed from, at one moment. */
export interface Snapshot {
  readonly store: StoreIdentity;
  /** Unix ns. */
  readonly at: bigint;
  readonly active: readonly ActiveIssues[];
  /** Groups whose series ends with this snapshot. */
  readonly ended: readonly ActiveIssues[];
  readonly counters: Counters;
}

const RESULTS: readonly AccountingField[] = ['applied', 'duplicate', 'straggler', 'rejected'];

/** All derived metrics, cumulative: whatever was lost on the way heals with the next. An entry for each resource. */
export function snapshotMetrics(snapshot: Snapshot): readonly ScopeMetricData[] {
  const { store, at, active, ended, counters } = snapshot;
  const batch = new Batch(at, store.createdAt);
  for (const group of active)
    batch.add(activeResource(group, store), METRIC_ISSUE_ACTIVE, activeLabels(group), group.open);
  for (const group of ended) batch.end(activeResource(group, store), METRIC_ISSUE_ACTIVE, activeLabels(group));
  for (const [name, count] of counters) {
    const series = decodeSeries(name);
    if (series === undefined) continue;
    const resource = metricResource(series.agent, series.reporter, store.id);
    batch.add(resource, METRIC_BY_SERIES[series.metric], seriesLabels(series), count);
  }
  const own = translatorResource(store.id);
  batch.add(own, METRIC_TRANSLATOR_EVENTS_RECEIVED, {}, counters.get('received') ?? 0);
  for (const result of RESULTS) {
    batch.add(own, METRIC_TRANSLATOR_EVENTS, { [ATTR_RESULT]: result }, counters.get(result) ?? 0);
  }
  batch.add(own, METRIC_TRANSLATOR_SNAPSHOT_TIME, {}, seconds(at));
  return batch.list();
}

/** What makes two groups one series. */
export function seriesKey({ agent, reporter, severity, category }: ActiveIssues): string {
  return JSON.stringify([agent, reporter, severity, category]);
}

const METRIC_BY_SERIES = { transitions: METRIC_ISSUE_TRANSITIONS, occurrences: METRIC_ISSUE_OCCURRENCES };

function seriesLabels(series: CounterSeries): Attributes {
  const agent = { [ATTR_AGENT_ID]: series.agent.agentId };
  return series.metric === 'transitions' ? { ...agent, [ATTR_ISSUE_TRANSITION]: series.transition } : agent;
}

function activeResource({ agent, reporter }: ActiveIssues, store: StoreIdentity): Resource {
  return metricResource(agent, reporter, store.id);
}

function activeLabels({ agent, severity, category }: ActiveIssues): Attributes {
  return said({
    [ATTR_AGENT_ID]: agent.agentId,
    [ATTR_ISSUE_SEVERITY]: severity,
    [ATTR_ISSUE_CATEGORY]: category,
  });
}

interface ResourcePoints {
  readonly resource: Resource;
  readonly metrics: Map<string, MetricData & { readonly points: MetricPoint[] }>;
}

/** Points gathered by resource and metric. */
class Batch {
  readonly #at: bigint;
  readonly #countedSince: bigint;
  readonly #byResource = new Map<string, ResourcePoints>();

  constructor(at: bigint, countedSince: bigint) {
    this.#at = at;
    this.#countedSince = countedSince;
  }

  add(resource: Resource, metric: MetricDefinition, attributes: Attributes, value: number): void {
    this.#point(resource, metric, attributes, value, false);
  }

  end(resource: Resource, metric: MetricDefinition, attributes: Attributes): void {
    this.#point(resource, metric, attributes, 0, true);
  }

  list(): readonly ScopeMetricData[] {
    return [...this.#byResource.values()].map(({ resource, metrics }) => ({
      resource,
      scope: TRANSLATOR_SCOPE,
      metrics: [...metrics.values()],
    }));
  }

  #point(resource: Resource, metric: MetricDefinition, attributes: Attributes, value: number, isEnd: boolean): void {
    const name = JSON.stringify(resource.attributes);
    const group: ResourcePoints = this.#byResource.get(name) ?? { resource, metrics: new Map() };
    this.#byResource.set(name, group);
    const kind = metric.kind === 'counter' ? 'counter' : 'gauge';
    const data = group.metrics.get(metric.name) ?? {
      name: metric.name,
      unit: metric.unit,
      description: metric.description,
      kind,
      points: [],
    };
    group.metrics.set(metric.name, data);
    const startTimeUnixNano = kind === 'counter' ? this.#countedSince : 0n;
    data.points.push({ attributes, timeUnixNano: this.#at, startTimeUnixNano, value, isEnd });
  }
}
