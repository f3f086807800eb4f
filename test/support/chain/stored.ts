import { ATTR_AGENT_ID, EVENT_ISSUE_LIFECYCLE, EVENT_ISSUE_REPORTED } from '../../../src/semconv.ts';
import type { Chain } from './chain.ts';
import { COUNTER } from './load.ts';

/** What the backends hold of one run, by count. */
export interface Stored {
  /** Raw: log records in Loki, spans in Jaeger, points in Prometheus. */
  readonly logs: number;
  readonly traces: number;
  readonly metrics: number;
  /** Derived: transitions in Loki, transitions in Jaeger, and the occurrences that Prometheus shows now. */
  readonly derivedLogs: number;
  readonly derivedSpans: number;
  readonly occurrences: number;
}

const RANGE = '30m';
const DERIVED_SPAN = /^issue\.(opened|recurred)$/;

export async function readStored({ loki, jaeger, prometheus }: Chain, run: string): Promise<Stored> {
  const events = (name: string): Promise<number> =>
    sumAt(
      `${loki.url}/loki/api/v1/query`,
      `sum(count_over_time({service_name="${run}"} | event_name="${name}" [${RANGE}]))`,
    );
  const [logs, derivedLogs, metrics, occurrences, names] = await Promise.all([
    events(EVENT_ISSUE_REPORTED),
    events(EVENT_ISSUE_LIFECYCLE),
    sumAt(`${prometheus.url}/api/v1/query`, `count_over_time(${COUNTER}_total{job="${run}"}[${RANGE}])`),
    sumAt(`${prometheus.url}/api/v1/query`, `hiveloop_issue_occurrences_total{${label(ATTR_AGENT_ID)}="${run}"}`),
    spanNames(jaeger.url, run),
  ]);
  const traces = names.filter((name) => name === 'work').length;
  const derivedSpans = names.filter((name) => DERIVED_SPAN.test(name)).length;
  return { logs, traces, metrics, derivedLogs, derivedSpans, occurrences };
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface VectorAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

export function prometheusSamples(url: string, query: string): Promise<readonly Sample[]> {
  return samplesAt(`${url}/api/v1/query`, query);
}

async function samplesAt(url: string, query: string): Promise<readonly Sample[]> {
  const answer = await fetch(`${url}?${new URLSearchParams({ query }).toString()}`);
  if (!answer.ok) throw new Error(`${query}: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as VectorAnswer;
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The sum of an instant query's samples; 0 when there are none. */
async function sumAt(url: string, query: string): Promise<number> {
  return (await samplesAt(url, query)).reduce((sum, { value }) => sum + value, 0);
}

interface TracesAnswer {
  readonly data: readonly { readonly spans: readonly { readonly operationName: string }[] }[] | null;
}

async function spanNames(url: string, service: string): Promise<readonly string[]> {
  const now = Date.now();
  const query = { service, limit: '20000', start: `${now - 3_600_000}000`, end: `${now + 60_000}000` };
  const answer = await fetch(`${url}/api/traces?${new URLSearchParams(query).toString()}`);
  if (!answer.ok) throw new Error(`Jaeger: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as TracesAnswer;
  return (data ?? []).flatMap(({ spans }) => spans.map(({ operationName }) => operationName));
}

function label(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
