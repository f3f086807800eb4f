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
  readonly part: Part;
}

/** The sum, in microseconds, or a bucket by its upper bound in seconds: so that other bounds can come and the old counts stay. */
type Part = number | 'unbounded' | 'sum';

/** What of an issue says under whom it is found. */
type Found = Pick<IssueRecord, 'identity' | 'reporter'>;

export function transitionSeries(record: Found, { transition }: Pick<Told, 'transition'>): string {
  return encodeSeries({ metric: 'transitions', ...whose(record), transition });
}

export function occurrenceSeries(record: IssueRecord): string {
  return encodeSeries({ metric: 'occurrences', ...whose(record) });
}

/** Of the histogram, the bucket of such an age, or the sum. */
export function timeToResolveSeries(record: Found, how: Pick<Told, 'severity' | 'transition'>, part: Part): string {
  const { severity, transition } = how;
  return encodeSeries({ metric: 'time_to_resolve', ...whose(record), severity, transition, part });
}

export function timeToResolveBucket(seconds: number): Part {
  return METRIC_ISSUE_TIME_TO_RESOLVE.boundaries?.find((boundary) => seconds <= boundary) ?? 'unbounded';
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

function encodeSeries(series: CounterSeries): string {
  return JSON.stringify(series);
}

function whose({ identity, reporter }: Found): Whose {
  const { environment, namespace, agentId } = identity;
  const { serviceName, agentType } = reporter;
  return { agent: { environment, namespace, agentId }, reporter: { serviceName, agentType } };
}
