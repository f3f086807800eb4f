import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { IssueRecord, Reporter } from '../../lifecycle/issue.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import type { Told, Transition } from '../../lifecycle/story.ts';
import { METRIC_ISSUE_TIME_TO_RESOLVE } from '../../semconv.ts';

/** A cumulative series about issues, as the store counts it: its name in the store is its text. */
export type CounterSeries = TransitionsSeries | OccurrencesSeries | TimeToResolveSeries;

interface Whose {
  readonly agent: AgentIdentity;
  readonly reporter: Reporter;
}

export interface TransitionsSeries extends Whose {
  readonly metric: 'transitions';
  readonly transition: Transition;
}

export interface OccurrencesSeries extends Whose {
  readonly metric: 'occurrences';
}

/** One number of a histogram. */
export interface TimeToResolveSeries extends Whose {
  readonly metric: 'time_to_resolve';
  readonly severity: Severity;
  readonly transition: Transition;
  /** The sum, in microseconds, or a bucket by its upper bound in seconds: so that other bounds can come and the old counts stay. */
  readonly part: number | 'unbounded' | 'sum';
}

export function transitionSeries(record: IssueRecord, { transition }: Pick<Told, 'transition'>): string {
  return encodeSeries({ metric: 'transitions', ...whose(record), transition });
}

export function occurrenceSeries(record: IssueRecord): string {
  return encodeSeries({ metric: 'occurrences', ...whose(record) });
}

export function timeToResolveSum(record: IssueRecord, told: Told): string {
  return timeToResolve(record, told, 'sum');
}

export function timeToResolveBucket(record: IssueRecord, told: Told, seconds: number): string {
  const bound = METRIC_ISSUE_TIME_TO_RESOLVE.boundaries?.find((boundary) => seconds <= boundary);
  return timeToResolve(record, told, bound ?? 'unbounded');
}

/** The series of that name; undefined for a counter that is none of these. */
export function decodeSeries(name: string): CounterSeries | undefined {
  if (!name.startsWith('{')) return undefined;
  const known = decoded.get(name);
  if (known !== undefined) return known;
  const series = JSON.parse(name) as CounterSeries;
  if (decoded.size >= DECODED_MAX) decoded.clear();
  decoded.set(name, series);
  return series;
}

/** The same names are read at each snapshot; to read them anew took a quarter of it. */
const decoded = new Map<string, CounterSeries>();
const DECODED_MAX = 50_000;

function timeToResolve(record: IssueRecord, { severity, transition }: Told, part: TimeToResolveSeries['part']): string {
  return encodeSeries({ metric: 'time_to_resolve', ...whose(record), severity, transition, part });
}

function encodeSeries(series: CounterSeries): string {
  return JSON.stringify(series);
}

function whose({ identity, reporter }: IssueRecord): Whose {
  const { environment, namespace, agentId } = identity;
  const { serviceName, agentType } = reporter;
  return { agent: { environment, namespace, agentId }, reporter: { serviceName, agentType } };
}
