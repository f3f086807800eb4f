import type { Signal } from '../otlp/model.ts';

/** That a request was answered. */
export interface Answer {
  /** Undefined for a request that was none of OTLP: of the API, of `/metrics`, or of a path at which nothing is served. */
  readonly signal: Signal | undefined;
  readonly status: number;
}
