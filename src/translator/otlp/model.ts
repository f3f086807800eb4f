/**
 * OTLP as the rest of the translator sees it, whatever came over the wire (protobuf or JSON). Only what we read is
 * here: unknown fields are skipped. Times are exact: nanoseconds since 1970 as bigint, 0n when absent.
 */

/** Any attribute value. Integers that a double holds exactly are numbers, larger ones bigint. */
export type AnyValue =
  string | number | bigint | boolean | null | Uint8Array | readonly AnyValue[] | { readonly [key: string]: AnyValue };

export type Attributes = Readonly<Record<string, AnyValue>>;

export interface Resource {
  readonly attributes: Attributes;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  /** 1 to 24, 0 when absent. */
  readonly severityNumber: number;
  /** The record's event name; from `otel.event.name` or `event.name` where the SDK dropped it; empty for a plain log. */
  readonly eventName: string;
  readonly body: AnyValue;
  readonly attributes: Attributes;
  /** Lower-case hex, empty when absent. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP's numbers: 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER. */
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
}

/** What a scope held and nobody wanted: counted, not built. */
export interface Skipped {
  /** Named `hiveloop.*`. */
  readonly named: number;
  /** All others. */
  readonly unnamed: number;
}

export interface ScopeLogs {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly logRecords: readonly LogRecord[];
  /** Beside those. Absent when all were wanted. */
  readonly skipped?: Skipped;
}

export interface ScopeSpans {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly spans: readonly Span[];
  /** Beside those. Absent when all were wanted. */
  readonly skipped?: Skipped;
}

/** One data point of a gauge or sum; histograms are counted, not read. */
export interface NumberPoint {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
}

export interface ScopeMetrics {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly points: readonly NumberPoint[];
  /** All data points, also those of kinds that are not read. */
  readonly pointCount: number;
  /** The data points beside `points`. Absent when all of them are there. */
  readonly skipped?: Skipped;
}

export type Signal = 'logs' | 'traces' | 'metrics';

/** How a request and its answer are written: `application/x-protobuf` or `application/json`. */
export type Encoding = 'protobuf' | 'json';

/** One metric on its way out: cumulative, so that a lost export heals at the next. */
export interface MetricData {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly points: readonly MetricPoint[];
}

export interface MetricPoint {
  readonly attributes: Attributes;
  readonly timeUnixNano: bigint;
  /** Start of a counter or histogram, kept over restarts; 0n on a gauge. */
  readonly startTimeUnixNano: bigint;
  /** Of a histogram: the sum of what was measured. */
  readonly value: number;
  /** True ends the series (the flag NO_RECORDED_VALUE). */
  readonly isEnd: boolean;
  /** On the points of a histogram, and only there. */
  readonly distribution?: Distribution;
  /** Examples of what was counted since the last export; on counters and histograms. */
  readonly exemplars?: readonly Exemplar[];
}

export interface Distribution {
  /** Upper bounds of the buckets, inclusive and rising; a last bucket without bound follows. */
  readonly boundaries: readonly number[];
  /** How many fell into each bucket: one more than there are boundaries. */
  readonly bucketCounts: readonly number[];
}

/** One measurement and the span that it was made in. */
export interface Exemplar {
  readonly timeUnixNano: bigint;
  readonly value: number;
  /** Lower-case hex, empty when it was made in no span. */
  readonly traceId: string;
  readonly spanId: string;
  /** What the series itself does not say. */
  readonly attributes: Attributes;
}

export interface ScopeMetricData {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly metrics: readonly MetricData[];
}
