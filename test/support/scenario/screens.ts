/** The screens of the manual, as stock tools have them: the timeline of a task, the activity stream, an agent's card. */
import { expect, vi } from 'vitest';
import { CATALOGUE } from '../../../collector/grafana/src/catalogue.ts';
import { EVENT_LABEL } from '../../../collector/grafana/src/names/logql.ts';
import { labelName } from '../../../collector/grafana/src/names/prometheus-name.ts';
import { ACTIVITY_FILTERS } from '../../../collector/grafana/src/queries/agent.ts';
import { resolve, type Variables } from '../../../collector/grafana/src/query.ts';
import { ATTR_TASK_ID } from '../../../src/semconv.ts';
import {
  askLoki,
  askLokiNumbers,
  askPrometheus,
  eventsOf,
  type JaegerSpan,
  type JaegerTrace,
  type Line,
  type Row,
  searchJaeger,
  type Tag,
  tagsOf,
} from './ask.ts';
import type { Chain } from './chain.ts';
import { AGENTS, ENVIRONMENT, SERVICES } from './service/names.ts';

/** A task in Jaeger. */
export interface Timeline {
  readonly trace: JaegerTrace;
  /** The task's own span. */
  readonly root: JaegerSpan;
  /** Its tags. */
  readonly tags: Readonly<Record<string, unknown>>;
  /** The ticks on its bar, by event name. */
  readonly events: (name: string) => readonly Readonly<Record<string, unknown>>[];
  readonly span: (operation: string) => JaegerSpan;
}

/** What has been sent is shown within seconds; a query is asked until then. */
const PATIENCE = { timeout: 20_000, interval: 250 };

export class Screens {
  readonly #chain: Chain;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Searches the task by its id, as the search page and the links do. */
  timeline(taskId: string, service: string = SERVICES.desk): Promise<Timeline> {
    return vi.waitFor(async () => {
      const [trace, ...others] = await searchJaeger(this.#chain, { service, tags: { [ATTR_TASK_ID]: taskId } });
      expect(others).toEqual([]);
      const root = trace?.spans.find(({ references }) => references.length === 0);
      if (trace === undefined || root === undefined) throw new Error(`Jaeger has no task ${taskId}`);
      return timelineOf(trace, root);
    }, PATIENCE);
  }

  /** The tasks that Jaeger finds by these tags of their spans, by task id. */
  async tasksWith(
    tags: Readonly<Record<string, string>>,
    service: string = SERVICES.desk,
  ): Promise<readonly unknown[]> {
    const traces = await searchJaeger(this.#chain, { service, tags });
    const ids = traces.flatMap(({ spans }) => spans.flatMap((span) => tagsOf(span.tags)[ATTR_TASK_ID] ?? []));
    return [...new Set(ids)].sort();
  }

  /** The activity stream of an agent by one of its filters; of one event when it is named. */
  async stream(
    filter: keyof typeof ACTIVITY_FILTERS,
    event?: string,
    agent: string = AGENTS.orders,
  ): Promise<readonly Line[]> {
    return vi.waitFor(async () => {
      const lines = await this.lines('agent.activity', { agent, filter: ACTIVITY_FILTERS[filter] });
      const named = lines.filter(({ labels }) => event === undefined || labels[EVENT_LABEL] === event);
      expect(named.length, `${filter} ${event ?? ''}`).toBeGreaterThan(0);
      return named;
    }, PATIENCE);
  }

  /** A number on an agent's card: its row in the table of the fleet. Undefined: it has none. */
  async card(what: string, agent: string, environment: string = ENVIRONMENT): Promise<number | undefined> {
    const rows = await this.rows(`fleet.row.${what}`, { environment });
    return rows.find(({ labels }) => labels['hiveloop_agent_id'] === agent)?.value;
  }

  /** A panel of numbers, by its id in the catalogue. */
  rows(id: string, variables: Variables = {}): Promise<readonly Row[]> {
    const expr = exprOf(id, variables);
    return isPromql(id) ? askPrometheus(this.#chain, expr) : askLokiNumbers(this.#chain, expr);
  }

  /** A panel of log lines, by its id in the catalogue. */
  lines(id: string, variables: Variables = {}): Promise<readonly Line[]> {
    return askLoki(this.#chain, exprOf(id, variables));
  }
}

function timelineOf(trace: JaegerTrace, root: JaegerSpan): Timeline {
  return {
    trace,
    root,
    tags: tagsOf(root.tags),
    events: (name) => eventsOf(root).filter(({ event }) => event === name),
    span: (operation) => {
      const found = trace.spans.find(({ operationName }) => operationName === operation);
      if (found === undefined) throw new Error(`the trace has no ${operation}`);
      return found;
    },
  };
}

/** What an attribute is called in Prometheus and Loki. */
export const label = labelName;

/** Whether a span is below another, directly. */
export function isChildOf({ references }: JaegerSpan, parent: JaegerSpan): boolean {
  return references.some(({ refType, spanID }) => refType === 'CHILD_OF' && spanID === parent.spanID);
}

/** A list that Jaeger shows as JSON. */
export function listIn(tags: Readonly<Record<string, unknown>>, key: Tag['key']): unknown {
  return JSON.parse(String(tags[key]));
}

function isPromql(id: string): boolean {
  return queryOf(id).language === 'promql';
}

function exprOf(id: string, variables: Variables): string {
  return resolve(queryOf(id), { environment: ENVIRONMENT, ...variables });
}

function queryOf(id: string): (typeof CATALOGUE)[number] {
  const query = CATALOGUE.find((candidate) => candidate.id === id);
  if (query === undefined) throw new Error(`the catalogue has no ${id}`);
  return query;
}
