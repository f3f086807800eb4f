import { text } from 'node:stream/consumers';
import { ACCEPTED, type Receiver } from '../../src/translator/http/receiver.ts';
import { openOtlpServer } from '../../src/translator/http/server.ts';
import type { Attributes, LogRecord, Scope, Span } from '../../src/translator/otlp/model.ts';
import { pointsFromJson, type MetricPoint } from './metric-points.ts';

/** Where a record came from: what OTLP says once for many of them. */
export interface Origin {
  readonly scope: Scope;
  readonly resource: Attributes;
}
export type ArrivedSpan = Span & Origin;
export type ArrivedLog = LogRecord & Origin;

/** All that arrived, in the order of arrival. */
export interface Arrived {
  readonly spans: readonly ArrivedSpan[];
  readonly logs: readonly ArrivedLog[];
  readonly points: readonly MetricPoint[];
}

/** A real OTLP/HTTP receiver on a free port, which keeps what arrives. */
export interface Collector {
  readonly url: string;
  /** The standard variables that make an OpenTelemetry SDK export to here. */
  readonly environment: Readonly<Record<string, string>>;
  readonly arrived: Arrived;
  /** Resolves once what arrived satisfies the condition; rejects after 15 s. */
  until(what: string, isSo: (arrived: Arrived) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** A path of its own for metrics in JSON: there histograms are kept too, which the translator only counts. */
const ALL_METRICS_PATH = '/histograms-too/v1/metrics';
const PATIENCE_MILLIS = 15_000;

/** @param forwardTo a second receiver, such as the translator's: what arrives is kept once it has it */
export async function openCollector(forwardTo?: Receiver): Promise<Collector> {
  const spans: ArrivedSpan[] = [];
  const logs: ArrivedLog[] = [];
  const points: MetricPoint[] = [];
  const arrived: Arrived = { spans, logs, points };
  const watchers = new Set<() => void>();
  const keep = <T>(list: T[], items: readonly T[]): void => {
    list.push(...items);
    for (const check of watchers) check();
  };
  const receiver: Receiver = {
    logs: async (batch) => {
      const receipt = await forwardTo?.logs(batch);
      for (const { logRecords, ...origin } of batch) keep(logs, withOrigin(logRecords, origin));
      return receipt ?? ACCEPTED;
    },
    traces: async (batch) => {
      const receipt = await forwardTo?.traces(batch);
      for (const { spans: items, ...origin } of batch) keep(spans, withOrigin(items, origin));
      return receipt ?? ACCEPTED;
    },
    metrics: (batch) => {
      for (const { points: items, scope, resource } of batch) {
        const numbers = items.map((point) => ({ ...point, kind: 'number' as const, count: undefined }));
        keep(points, withOrigin(numbers, { scope, resource }));
      }
      return Promise.resolve(ACCEPTED);
    },
  };
  const allMetrics = {
    method: 'POST',
    path: ALL_METRICS_PATH,
    access: 'public' as const,
    handle: async (request: NodeJS.ReadableStream) => {
      keep(points, pointsFromJson(await text(request)));
      return { status: 200, contentType: 'application/json', body: '{}' };
    },
  };
  const server = await openOtlpServer({ host: '127.0.0.1', port: 0, receiver, routes: [allMetrics] });
  return {
    url: server.url,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: server.url + ALL_METRICS_PATH,
    },
    arrived,
    until: (what, isSo) => waitUntil(what, () => isSo(arrived), watchers),
    close: () => server.close(),
  };
}

function withOrigin<T>(
  items: readonly T[],
  { scope, resource }: { readonly scope: Scope; readonly resource: { readonly attributes: Attributes } },
): readonly (T & Origin)[] {
  return items.map((item) => ({ ...item, scope, resource: resource.attributes }));
}

function waitUntil(what: string, isSo: () => boolean, watchers: Set<() => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      watchers.delete(check);
    };
    const check = (): void => {
      if (!isSo()) return;
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`did not arrive in ${PATIENCE_MILLIS / 1000} s: ${what}`));
    }, PATIENCE_MILLIS);
    watchers.add(check);
    check();
  });
}
