/**
 * What this processor reads of an OpenTelemetry SDK, by structure: the same on its lines 1.x, 2.x and 3.x, so that
 * nothing is imported from any of them.
 */

/** Seconds and nanoseconds since 1970. */
export type HrTimeLike = readonly [number, number];

export interface ResourceLike {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** True while detectors still work; 1.x and 2.x. */
  readonly asyncAttributesPending?: boolean | undefined;
  readonly waitForAsyncAttributes?: (() => Promise<void>) | undefined;
}

export interface ScopeLike {
  readonly name: string;
  readonly version?: string | undefined;
}

export interface SpanContextLike {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span that has ended. */
export interface SpanLike {
  readonly name: string;
  spanContext(): SpanContextLike;
  readonly startTime: HrTimeLike;
  readonly endTime: HrTimeLike;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEventLike[];
  readonly resource: ResourceLike;
  /** 2.x and 3.x. */
  readonly instrumentationScope?: ScopeLike;
  /** The same in 1.x. */
  readonly instrumentationLibrary?: ScopeLike;
}

export interface SpanEventLike {
  readonly name: string;
  readonly time: HrTimeLike;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export interface LogRecordLike {
  readonly hrTime: HrTimeLike;
  readonly hrTimeObserved: HrTimeLike;
  readonly spanContext?: SpanContextLike | undefined;
  readonly severityNumber?: number | undefined;
  readonly body?: unknown;
  /** 2.x and 3.x; 1.x drops it, and an attribute carries it. */
  readonly eventName?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: ResourceLike;
  readonly instrumentationScope: ScopeLike;
}
