import { ATTR_AGENT_ID } from '../../semconv.ts';
import type { Attributes } from '../otlp/model.ts';

/** An agent as a backend tells it from others: what its metrics' resource and labels say. */
export interface SeriesAgent {
  readonly environment: string;
  readonly namespace: string;
  readonly serviceName: string;
  readonly agentId: string;
}

/**
 * One derived metric series, by what a backend knows it by. The agent's type is on the resource and no part of this: a
 * backend that does not index it would see two writers of one series when an agent changes its type.
 */
export interface Series {
  /** Name of the metric. */
  readonly metric: string;
  readonly agent: SeriesAgent;
  /** Labels besides the agent's, in the order in which they are sent. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The series as text (its keys in the order that they have here and in every maker): its name in the store, from which it can be ended when nothing else is known of it any more. */
export function seriesName({ metric, agent, labels }: Series): string {
  return JSON.stringify({ metric, agent, labels });
}

export function parseSeries(name: string): Series {
  return JSON.parse(name) as Series;
}

export function seriesLabels({ agent, labels }: Series): Attributes {
  return { [ATTR_AGENT_ID]: agent.agentId, ...labels };
}

/** The agent as one string, made once for each object. */
export function seriesAgentName(agent: SeriesAgent): string {
  const known = agentNames.get(agent);
  if (known !== undefined) return known;
  const { environment, namespace, serviceName, agentId } = agent;
  const name = JSON.stringify([environment, namespace, serviceName, agentId]);
  agentNames.set(agent, name);
  return name;
}

const agentNames = new WeakMap<SeriesAgent, string>();
