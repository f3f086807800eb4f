import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { Reporter } from '../../lifecycle/issue.ts';
import {
  ATTR_ISSUE_CATEGORY,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TRANSITION,
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_OLDEST_AGE,
  METRIC_ISSUE_OPENED_AT,
  METRIC_ISSUE_TIME_TO_RESOLVE,
  METRIC_ISSUE_TRANSITIONS,
  type MetricDefinition,
} from '../../semconv.ts';
import type { Exemplar } from '../otlp/model.ts';
import type { ActiveIssues, Counters, OpenIssue } from '../store/store.ts';
import type { Admission } from './admission.ts';
import { type CounterSeries, decodeSeries, type TimeToResolveSeries } from './counter-series.ts';
import { said } from './resource.ts';
import { type Series, type SeriesAgent, seriesName } from './series.ts';
import { seconds } from './transition-attributes.ts';

/** What the store knows, at one moment. */
export interface Reading {
  /** Unix ns. */
  readonly at: bigint;
  readonly active: readonly ActiveIssues[];
  /** The most severe open issues. */
  readonly worst: readonly OpenIssue[];
  readonly counters: Counters;
  readonly exemplars: ReadonlyMap<string, Exemplar>;
}

/** The value of a series now. */
export interface DerivedPoint {
  readonly definition: MetricDefinition;
  readonly series: Series;
  /** The agent's type, as the last to be read says. */
  agentType: string;
  /** Of a histogram: the sum. */
  value: number;
  /** Of a histogram: counts by bucket, the last without bound. */
  readonly buckets: number[];
  readonly exemplars: Exemplar[];
}

/** Derived metrics of issues, by the name of their series. */
export function derivedPoints(reading: Reading, admission: Admission): ReadonlyMap<string, DerivedPoint> {
  const points = new Points(admission);
  for (const group of reading.active) points.addActive(group, reading.at);
  for (const record of reading.worst) points.addOpened(record);
  for (const [name, count] of reading.counters) {
    const series = decodeSeries(name);
    if (series !== undefined) points.addCounter(series, count, reading.exemplars.get(name));
  }
  return points.byName;
}

/**
 * Counters of agents that are gone: they had issues once, as a series that was sent tells, and the store has none of
 * them any more. An agent of which only closers are known is not gone.
 */
export function goneCounters(
  { active, counters }: Pick<Reading, 'active' | 'counters'>,
  alive: Iterable<Series>,
): Counters {
  const present = new Set(active.map(({ agent }) => agentText(agent)));
  const gone = new Set<string>();
  for (const { metric, agent } of alive) {
    if (metric === METRIC_ISSUE_ACTIVE.name && !present.has(agentText(agent))) gone.add(agentText(agent));
  }
  if (gone.size === 0) return new Map();
  return new Map(
    [...counters].filter(([name]) => {
      const series = decodeSeries(name);
      return series !== undefined && gone.has(agentText(series.agent));
    }),
  );
}

function agentText({ environment, namespace, agentId }: AgentIdentity): string {
  return JSON.stringify([environment, namespace, agentId]);
}

const BOUNDARIES = METRIC_ISSUE_TIME_TO_RESOLVE.boundaries ?? [];
const MICROS_PER_SECOND = 1e6;

interface NamedSeries {
  readonly definition: MetricDefinition;
  readonly series: Series;
  readonly name: string;
}

/** Series of counters, with the agent as it is where it has come in: the same counters are read at each snapshot. */
const named = new WeakMap<CounterSeries, NamedSeries & { readonly ownAgent: SeriesAgent }>();

class Points {
  readonly byName = new Map<string, DerivedPoint>();
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  addActive({ agent, reporter, severity, category, open, oldestOpenedAt }: ActiveIssues, at: bigint): void {
    const labels = { [ATTR_ISSUE_SEVERITY]: severity, [ATTR_ISSUE_CATEGORY]: this.#admission.category(category) };
    this.#point(METRIC_ISSUE_ACTIVE, this.#admitted(agent, reporter), reporter, said(labels)).value += open;
    const oldest = this.#point(METRIC_ISSUE_OLDEST_AGE, this.#admitted(agent, reporter), reporter, {});
    const age = oldestOpenedAt === 0n ? 0 : seconds(at - oldestOpenedAt);
    oldest.value = Math.max(oldest.value, age);
  }

  /** The number of these is bounded by itself, so that each names its agent. */
  addOpened({ identity, reporter, severity, openedAt }: OpenIssue): void {
    const labels = said({
      [ATTR_ISSUE_ID]: identity.issueId,
      [ATTR_ISSUE_FINGERPRINT]: identity.fingerprint,
      [ATTR_ISSUE_SEVERITY]: severity,
    });
    this.#point(METRIC_ISSUE_OPENED_AT, seriesAgent(identity, reporter), reporter, labels).value = seconds(openedAt);
  }

  addCounter(series: CounterSeries, count: number, exemplar: Exemplar | undefined): void {
    const point = this.#counterPoint(series);
    if (exemplar !== undefined) point.exemplars.push(exemplar);
    if (series.metric === 'time_to_resolve') addPart(point, series.part, count);
    else point.value += count;
  }

  #counterPoint(counter: CounterSeries): DerivedPoint {
    const known = named.get(counter);
    const ownAgent = known?.ownAgent ?? seriesAgent(counter.agent, counter.reporter);
    const agent = this.#admission.agent(ownAgent);
    if (known?.series.agent === agent) return this.#pointOf(known, counter.reporter);
    const [definition, labels] = counterLabels(counter);
    const series = { metric: definition.name, agent, labels };
    const found = { definition, series, name: seriesName(series), ownAgent };
    named.set(counter, found);
    return this.#pointOf(found, counter.reporter);
  }

  #admitted(agent: AgentIdentity, reporter: Reporter): SeriesAgent {
    return this.#admission.agent(seriesAgent(agent, reporter));
  }

  #point(definition: MetricDefinition, agent: SeriesAgent, reporter: Reporter, labels: Series['labels']): DerivedPoint {
    const series = { metric: definition.name, agent, labels };
    return this.#pointOf({ definition, series, name: seriesName(series) }, reporter);
  }

  #pointOf({ definition, series, name }: NamedSeries, { agentType }: Reporter): DerivedPoint {
    const isHistogram = definition.kind === 'histogram';
    const point = this.byName.get(name) ?? {
      definition,
      series,
      agentType,
      value: 0,
      buckets: isHistogram ? BOUNDARIES.concat(Infinity).map(() => 0) : [],
      exemplars: [],
    };
    point.agentType = agentType;
    this.byName.set(name, point);
    return point;
  }
}

function counterLabels(counter: CounterSeries): readonly [MetricDefinition, Series['labels']] {
  switch (counter.metric) {
    case 'occurrences':
      return [METRIC_ISSUE_OCCURRENCES, {}];
    case 'transitions':
      return [METRIC_ISSUE_TRANSITIONS, { [ATTR_ISSUE_TRANSITION]: counter.transition }];
    case 'time_to_resolve': {
      const { severity, transition } = counter;
      return [METRIC_ISSUE_TIME_TO_RESOLVE, { [ATTR_ISSUE_SEVERITY]: severity, [ATTR_ISSUE_TRANSITION]: transition }];
    }
  }
}

function seriesAgent({ environment, namespace, agentId }: AgentIdentity, { serviceName }: Reporter): SeriesAgent {
  return { environment, namespace, serviceName, agentId };
}

/** A bucket that was counted under bounds of another version goes to the one that holds its bound. */
function addPart(point: DerivedPoint, part: TimeToResolveSeries['part'], count: number): void {
  if (part === 'sum') {
    point.value += count / MICROS_PER_SECOND;
    return;
  }
  const bucket = part === 'unbounded' ? -1 : BOUNDARIES.findIndex((boundary) => part <= boundary);
  const index = bucket === -1 ? BOUNDARIES.length : bucket;
  point.buckets[index] = (point.buckets[index] ?? 0) + count;
}
