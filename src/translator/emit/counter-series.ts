import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { IssueRecord, Reporter } from '../../lifecycle/issue.ts';
import type { Transition } from '../../lifecycle/story.ts';

/** A cumulative series about issues, as the store counts it: its name in the store is its text. */
export type CounterSeries =
  | {
      readonly metric: 'transitions';
      readonly agent: AgentIdentity;
      readonly reporter: Reporter;
      readonly transition: Transition;
    }
  | { readonly metric: 'occurrences'; readonly agent: AgentIdentity; readonly reporter: Reporter };

export function transitionSeries(record: IssueRecord, transition: Transition): string {
  return encodeSeries({ metric: 'transitions', ...whose(record), transition });
}

export function occurrenceSeries(record: IssueRecord): string {
  return encodeSeries({ metric: 'occurrences', ...whose(record) });
}

/** The series of that name; undefined for a counter that is none of these. */
export function decodeSeries(name: string): CounterSeries | undefined {
  return name.startsWith('{') ? (JSON.parse(name) as CounterSeries) : undefined;
}

function encodeSeries(series: CounterSeries): string {
  return JSON.stringify(series);
}

function whose({ identity, reporter }: IssueRecord): Pick<CounterSeries, 'agent' | 'reporter'> {
  const { environment, namespace, agentId } = identity;
  const { serviceName, agentType } = reporter;
  return { agent: { environment, namespace, agentId }, reporter: { serviceName, agentType } };
}
