import { ATTR_ISSUE_CATEGORY, LABEL_OVERFLOW } from '../../semconv.ts';
import { type Series, type SeriesAgent, seriesAgentName } from './series.ts';

/** Agents that have series of their own; the manual's label limit for agent ids. */
const AGENTS_MAX = 1000;
const CATEGORIES_MAX = 100;

const OTHER_AGENT: SeriesAgent = {
  environment: '',
  namespace: '',
  serviceName: LABEL_OVERFLOW,
  agentId: LABEL_OVERFLOW,
};

/**
 * Bounds the number of series: the first 1 000 agents and the first 100 categories have series of their own, later ones
 * share one, `_OTHER`. A category is free text and an agent id may be too. Who has come in stays, over restarts too; a
 * place becomes free when its series have ended, but not while anybody is in `_OTHER`: whoever left it for a series of
 * its own would make the shared counters fall.
 */
export class Admission {
  #agents = new Map<string, SeriesAgent>();
  #categories = new Set<string>();
  #hasOtherAgents = false;
  #hasOtherCategories = false;

  /** @param alive the series that were sent and have not ended */
  constructor(alive: Iterable<Series>) {
    this.keepOnly(alive);
  }

  /** The same object each time for an agent that has come in. */
  agent(agent: SeriesAgent): SeriesAgent {
    const name = seriesAgentName(agent);
    const known = this.#agents.get(name);
    if (known !== undefined) return known;
    if (this.#hasOtherAgents || this.#agents.size >= AGENTS_MAX) {
      this.#hasOtherAgents = true;
      return OTHER_AGENT;
    }
    this.#agents.set(name, agent);
    return agent;
  }

  category(category: string): string {
    if (category === '' || this.#categories.has(category)) return category;
    if (this.#hasOtherCategories || this.#categories.size >= CATEGORIES_MAX) {
      this.#hasOtherCategories = true;
      return LABEL_OVERFLOW;
    }
    this.#categories.add(category);
    return category;
  }

  /** Frees the places of all others. */
  keepOnly(alive: Iterable<Series>): void {
    const agents = new Map<string, SeriesAgent>();
    const categories = new Set<string>();
    this.#hasOtherAgents = false;
    this.#hasOtherCategories = false;
    // Most series of an agent have one object for it, which is named once.
    const named = new Set<SeriesAgent>();
    for (const { agent, labels } of alive) {
      if (agent.agentId === LABEL_OVERFLOW) this.#hasOtherAgents = true;
      else if (!named.has(agent)) agents.set(seriesAgentName(agent), agent);
      named.add(agent);
      const category = labels[ATTR_ISSUE_CATEGORY] ?? '';
      if (category === LABEL_OVERFLOW) this.#hasOtherCategories = true;
      else if (category !== '') categories.add(category);
    }
    this.#agents = agents;
    this.#categories = categories;
  }
}
