import type { IssueIdentity } from '../../lifecycle/identity.ts';
import type { IssueRecord, Reporter } from '../../lifecycle/issue.ts';
import type { Told, Transition } from '../../lifecycle/story.ts';
import { keepEncoded } from '../otlp/encode-resource.ts';
import type { Resource } from '../otlp/model.ts';
import { occurrenceSeries, timeToResolveSeries, type TimeToResolveSeries, transitionSeries } from './counter-series.ts';
import { reporterResource } from './resource.ts';

/** The agent that issues are found under: what is the same on all that is told of them, and what they are counted by. */
export class IssueSource {
  readonly reporter: Reporter;
  readonly resource: Resource;
  readonly occurrences: string;
  readonly recurred: string;
  readonly #record: Pick<IssueRecord, 'identity' | 'reporter'>;
  readonly #transitions = new Map<Transition, string>();
  readonly #timesToResolve = new Map<string, string>();

  constructor({ identity, reporter }: IssueRecord, occurrences: string) {
    this.#record = { identity, reporter };
    this.reporter = reporter;
    this.resource = keepEncoded(reporterResource(identity, reporter));
    this.occurrences = occurrences;
    this.recurred = this.transition('recurred');
  }

  /** Name of the counter of such transitions. */
  transition(transition: Transition): string {
    const known = this.#transitions.get(transition);
    if (known !== undefined) return known;
    const name = transitionSeries(this.#record, { transition });
    this.#transitions.set(transition, name);
    return name;
  }

  /** Name of the counter of this part of the histogram. */
  timeToResolve(how: Pick<Told, 'severity' | 'transition'>, part: TimeToResolveSeries['part']): string {
    const place = `${how.severity} ${how.transition} ${part}`;
    const known = this.#timesToResolve.get(place);
    if (known !== undefined) return known;
    const name = timeToResolveSeries(this.#record, how, part);
    this.#timesToResolve.set(place, name);
    return name;
  }
}

/** Found once for an agent, since finding it costs more than the fold. */
export function issueSource(record: IssueRecord): IssueSource {
  const { reporter, identity } = record;
  const known = byIdentity.get(identity);
  if (known !== undefined && isSame(known.reporter, reporter)) return known;
  const occurrences = occurrenceSeries(record);
  const source = byOccurrences.get(occurrences) ?? new IssueSource(record, occurrences);
  if (byOccurrences.size >= SOURCES_MAX) byOccurrences.clear();
  byOccurrences.set(occurrences, source);
  byIdentity.set(identity, source);
  return source;
}

function isSame(one: Reporter, other: Reporter): boolean {
  return one.serviceName === other.serviceName && one.agentType === other.agentType;
}

const SOURCES_MAX = 10_000;
/** One for all issues of an agent, by the name of a counter that is its own. */
const byOccurrences = new Map<string, IssueSource>();
/** An issue keeps its identity object from event to event. */
const byIdentity = new WeakMap<IssueIdentity, IssueSource>();
