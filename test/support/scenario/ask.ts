/** The questions that screens ask: Prometheus's, Loki's and Jaeger's query APIs. */
import type { Chain } from './chain.ts';

/** A series, or a row, of an answer. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A log line with all of its labels. */
export interface Line {
  readonly labels: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Tag {
  readonly key: string;
  readonly value: unknown;
}

/** A span as Jaeger's UI gets it. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  /** Microseconds. */
  readonly startTime: number;
  readonly duration: number;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly tags: readonly Tag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly Tag[] }[];
  readonly warnings: readonly string[] | null;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly warnings: readonly string[] | null;
}

/** What a dashboard shows at first. */
const LOOKBACK_SECONDS = 3600;

/** An instant query. @param at unix milliseconds; default: now */
export async function askPrometheus({ prometheus }: Chain, query: string, at = Date.now()): Promise<readonly Row[]> {
  const answer = await get<VectorAnswer>(`${prometheus.url}/api/v1/query`, { query, time: String(at / 1000) });
  return rowsOf(answer);
}

/** The labels of the exemplars of a metric, of the last hour. */
export async function askExemplars({ prometheus }: Chain, query: string): Promise<readonly Row['labels'][]> {
  const end = Date.now() / 1000 + 1;
  const range = { start: String(end - LOOKBACK_SECONDS), end: String(end) };
  const { data } = await get<ExemplarsAnswer>(`${prometheus.url}/api/v1/query_exemplars`, { query, ...range });
  return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
}

/** An instant query of numbers. @param at unix milliseconds; default: now */
export async function askLokiNumbers({ loki }: Chain, query: string, at = Date.now()): Promise<readonly Row[]> {
  const answer = await get<VectorAnswer>(`${loki.url}/loki/api/v1/query`, { query, time: nanos(at + 1000) });
  return rowsOf(answer);
}

/** The lines of the hour before, oldest first. @param at unix milliseconds; default: now */
export async function askLoki({ loki }: Chain, query: string, at = Date.now()): Promise<readonly Line[]> {
  const end = at + 1000;
  const answer = await get<StreamsAnswer>(`${loki.url}/loki/api/v1/query_range`, {
    query,
    start: nanos(end - LOOKBACK_SECONDS * 1000),
    end: nanos(end),
    limit: '5000',
  });
  const lines = answer.data.result.flatMap(({ stream, values }) =>
    values.map(([at, text]) => ({ at: BigInt(at), labels: stream, text })),
  );
  return lines.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ labels, text }) => ({ labels, text }));
}

export interface Search {
  readonly service: string;
  readonly operation?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly minDuration?: string;
}

/** Jaeger's search page with "last hour" chosen. */
export async function searchJaeger({ jaeger }: Chain, search: Search): Promise<readonly JaegerTrace[]> {
  const { service, operation, tags, minDuration } = search;
  const now = Date.now();
  const answer = await get<TracesAnswer>(`${jaeger.url}/api/traces`, {
    service,
    lookback: '1h',
    start: micros(now - LOOKBACK_SECONDS * 1000),
    end: micros(now),
    limit: '1000',
    ...(operation !== undefined && { operation }),
    ...(tags !== undefined && { tags: JSON.stringify(tags) }),
    ...(minDuration !== undefined && { minDuration }),
  });
  return answer.data;
}

/** Jaeger's page of one trace. */
export async function traceOf({ jaeger }: Chain, traceId: string): Promise<JaegerTrace> {
  const { data } = await get<TracesAnswer>(`${jaeger.url}/api/traces/${traceId}`, {});
  const [trace] = data;
  if (trace === undefined) throw new Error(`Jaeger has no trace ${traceId}`);
  return trace;
}

/** The tags of a span, or the fields of a log, by key. */
export function tagsOf(tags: readonly Tag[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

/** The events on a span: Jaeger's Logs, with the event's name in `event`. */
export function eventsOf({ logs }: JaegerSpan): readonly Readonly<Record<string, unknown>>[] {
  return logs.map(({ fields }) => tagsOf(fields));
}

interface VectorAnswer {
  readonly data: {
    readonly resultType: string;
    readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[];
  };
}
interface ExemplarsAnswer {
  readonly data: readonly { readonly exemplars: readonly { readonly labels: Row['labels'] }[] }[];
}
interface StreamsAnswer {
  readonly data: {
    readonly resultType: string;
    readonly result: readonly {
      readonly stream: Readonly<Record<string, string>>;
      readonly values: readonly [string, string][];
    }[];
  };
}
interface TracesAnswer {
  readonly data: readonly JaegerTrace[];
}

function rowsOf({ data }: VectorAnswer): readonly Row[] {
  if (data.resultType !== 'vector') throw new Error(`expected a vector, got a ${data.resultType}`);
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

async function get<T>(url: string, parameters: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`${url}?${new URLSearchParams(parameters).toString()}`);
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status} to ${JSON.stringify(parameters)}: ${body}`);
  return JSON.parse(body) as T;
}

function nanos(millis: number): string {
  return `${millis}000000`;
}

function micros(millis: number): string {
  return `${millis}000`;
}
