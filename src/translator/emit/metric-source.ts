import type { Exemplar, MetricData, ScopeMetricData } from '../otlp/model.ts';
import type { Counters, Store } from '../store/store.ts';
import type { Admission } from './admission.ts';
import { type DerivedPoint, derivedPoints, goneCounters } from './derived-points.ts';
import { MetricBatch } from './metrics.ts';
import type { OwnPoint } from './own-point.ts';
import { ownPoints } from './own-points.ts';
import type { Series } from './series.ts';
import { ATTR_DEPLOYMENT_ENVIRONMENT_NAME, ATTR_SERVICE_NAME, ATTR_SERVICE_NAMESPACE } from '../../semconv.ts';
import { said } from './resource.ts';

/** Open issues that have a series of their own. */
const WORST_ISSUES_MAX = 200;

/** All metrics at one moment. */
export interface MetricSnapshot {
  /** Unix ns. */
  readonly at: bigint;
  /** Of issues, by the name of the series. */
  readonly derived: ReadonlyMap<string, DerivedPoint>;
  /** The translator's own. */
  readonly own: readonly OwnPoint[];
  /** Counters of agents that are gone, which are in no point: the store may forget them. */
  readonly gone: Counters;
}

export interface SnapshotOptions {
  readonly store: Store;
  /** Those of the store, with what is counted outside it. */
  readonly counters: () => Promise<Counters>;
  readonly admission: Admission;
  /** Unix ns. */
  readonly at: bigint;
  readonly exemplars: ReadonlyMap<string, Exemplar>;
  /** The series that were sent and have not ended. */
  readonly alive: Iterable<Series>;
}

/** Reads the metrics, and writes nothing: on a full disk they are what people look at. */
export async function readSnapshot({
  store,
  counters: readCounters,
  admission,
  at,
  exemplars,
  alive,
}: SnapshotOptions): Promise<MetricSnapshot> {
  const active = await store.activeIssues();
  const worst = await store.worstOpenIssues(WORST_ISSUES_MAX);
  const counters = new Map(await readCounters());
  const depth = await store.outboxDepth();
  const gone = goneCounters({ active, counters }, alive);
  for (const name of gone.keys()) counters.delete(name);

  const open = active.reduce((total, group) => total + group.open, 0);
  const omittedIssues = Math.max(open - worst.length, 0);
  return {
    at,
    derived: derivedPoints({ at, active, worst, counters, exemplars }, admission),
    own: ownPoints({ at, storeCreatedAt: store.identity.createdAt, counters, depth, omittedIssues }),
    gone,
  };
}

/**
 * The snapshot as one list, an entry for each metric: for a reader who knows no resources. What tells two services'
 * series apart is then among the labels.
 */
export function listMetrics(store: Store, { at, derived, own }: MetricSnapshot): readonly MetricData[] {
  const batch = new MetricBatch(store.identity, at);
  for (const point of own) batch.addOwn(point);
  const ownMetrics = batch.list().flatMap(({ metrics }) => metrics);
  const issues = new MetricBatch(store.identity, at);
  for (const point of derived.values()) issues.add(point);
  return [...merge(issues.list()), ...ownMetrics];
}

function merge(scopes: readonly ScopeMetricData[]): readonly MetricData[] {
  const byName = new Map<string, MetricData>();
  for (const { resource, metrics } of scopes) {
    const service = said({
      [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: text(resource.attributes[ATTR_DEPLOYMENT_ENVIRONMENT_NAME]),
      [ATTR_SERVICE_NAMESPACE]: text(resource.attributes[ATTR_SERVICE_NAMESPACE]),
      [ATTR_SERVICE_NAME]: text(resource.attributes[ATTR_SERVICE_NAME]),
    });
    for (const metric of metrics) {
      const points = metric.points.map((point) => ({ ...point, attributes: { ...service, ...point.attributes } }));
      byName.set(metric.name, { ...metric, points: (byName.get(metric.name)?.points ?? []).concat(points) });
    }
  }
  return [...byName.values()];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
