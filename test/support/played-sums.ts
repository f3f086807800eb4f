import type { PlayedBackend } from './played-backend.ts';

/** `aggregationTemporality` of OTLP. */
export const DELTA = 1;

export interface Sum {
  readonly aggregationTemporality: number;
  readonly dataPoints: readonly { readonly asInt: string }[];
}
interface JsonMetrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string; readonly sum?: Sum }[] }[];
  }[];
}

/** The sums of a name that came, from an exporter that is told to write JSON. */
export function sumsAt({ requests }: PlayedBackend, metric: string): readonly Sum[] {
  return requests
    .filter(({ path }) => path.endsWith('/v1/metrics'))
    .flatMap(({ body }) => (JSON.parse(body.toString('utf8')) as JsonMetrics).resourceMetrics)
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .flatMap(({ name, sum }) => (name === metric && sum !== undefined ? [sum] : []));
}

/** What deltas add up to. */
export function totalOf(sums: readonly Sum[]): number {
  return sums.flatMap(({ dataPoints }) => dataPoints).reduce((total, { asInt }) => total + Number(asInt), 0);
}
