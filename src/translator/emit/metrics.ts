import type { MetricDefinition } from '../../semconv.ts';
import type { Attributes, MetricData, MetricPoint, Resource, ScopeMetricData } from '../otlp/model.ts';
import type { StoreIdentity } from '../store/store.ts';
import type { DerivedPoint } from './derived-points.ts';
import type { OwnPoint } from './own-point.ts';
import { metricResource, TRANSLATOR_SCOPE, translatorResource } from './resource.ts';
import { type Series, type SeriesAgent, seriesLabels } from './series.ts';

/** Gathers points by resource and metric. Cumulative: whatever was lost on the way heals with the next snapshot. */
export class MetricBatch {
  readonly #store: StoreIdentity;
  readonly #at: bigint;
  readonly #byResource = new Map<string, ResourcePoints>();
  /** The same by agent, which is quicker to ask for: most points are of an agent that has just had one. */
  readonly #byAgent = new Map<SeriesAgent, ResourcePoints>();

  /** @param at time of the points, unix ns */
  constructor(store: StoreIdentity, at: bigint) {
    this.#store = store;
    this.#at = at;
  }

  add({ definition, series, agentType, value, buckets, exemplars }: DerivedPoint): void {
    this.#derived(definition, series, agentType, {
      value,
      isEnd: false,
      ...(definition.kind === 'histogram' && {
        distribution: { boundaries: definition.boundaries ?? [], bucketCounts: buckets },
      }),
      // A backend drops a gauge's; only what counts has them.
      ...(definition.kind !== 'gauge' && exemplars.length > 0 && { exemplars }),
    });
  }

  /** 0 for a gauge whose issues are gone; its end is for a later snapshot. */
  addZero(definition: MetricDefinition, series: Series): void {
    this.#derived(definition, series, '', { value: 0, isEnd: false });
  }

  end(definition: MetricDefinition, series: Series): void {
    this.#derived(definition, series, '', { value: 0, isEnd: true });
  }

  addOwn({ definition, attributes, value }: OwnPoint): void {
    const points = this.#pointsOf(translatorResource(this.#store.id));
    this.#point(points, definition, attributes, { value, isEnd: false });
  }

  list(): readonly ScopeMetricData[] {
    return [...this.#byResource.values()].map(({ resource, metrics }) => ({
      resource,
      scope: TRANSLATOR_SCOPE,
      metrics: [...metrics.values()],
    }));
  }

  #derived(definition: MetricDefinition, series: Series, agentType: string, value: PointValue): void {
    const { agent } = series;
    let points = this.#byAgent.get(agent);
    if (points?.agentType !== agentType) {
      points = this.#pointsOf(metricResource(agent, { serviceName: agent.serviceName, agentType }, this.#store.id));
      this.#byAgent.set(agent, { ...points, agentType });
    }
    this.#point(points, definition, seriesLabels(series), value);
  }

  #pointsOf(resource: Resource): ResourcePoints {
    const name = JSON.stringify(resource.attributes);
    const points: ResourcePoints = this.#byResource.get(name) ?? { resource, metrics: new Map(), agentType: '' };
    this.#byResource.set(name, points);
    return points;
  }

  #point({ metrics }: ResourcePoints, definition: MetricDefinition, attributes: Attributes, value: PointValue): void {
    const data = metrics.get(definition.name) ?? { ...describe(definition), points: [] };
    metrics.set(definition.name, data);
    const startTimeUnixNano = data.kind === 'gauge' ? 0n : this.#store.createdAt;
    data.points.push({ attributes, timeUnixNano: this.#at, startTimeUnixNano, ...value });
  }
}

type PointValue = Omit<MetricPoint, 'attributes' | 'timeUnixNano' | 'startTimeUnixNano'>;

interface ResourcePoints {
  readonly resource: Resource;
  readonly agentType: string;
  readonly metrics: Map<string, MetricData & { readonly points: MetricPoint[] }>;
}

function describe({ name, unit, description, kind }: MetricDefinition): Omit<MetricData, 'points'> {
  return { name, unit, description, kind: kind === 'updown' ? 'gauge' : kind };
}
