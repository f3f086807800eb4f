/**
 * The tags of the OTLP fields that we read or write (opentelemetry-proto 1.11), shared by decoders and encoders.
 *
 * A protobuf tag is `field number * 8 + wire type`, so in octal the last digit is the wire type (0 varint, 1 fixed64,
 * 2 length-delimited, 5 fixed32) and the digits before it are the field number: `0o52` is field 5, length-delimited,
 * and `0o131` is field 11 (octal 13), fixed64.
 */

/** Every request is `Request { repeated ResourceX }`, `ResourceX { resource, repeated ScopeX }`, `ScopeX { scope, repeated X }`. */
export const ENVELOPE = { resourceItems: 0o12, resource: 0o12, scopeItems: 0o22, scope: 0o12, items: 0o22 } as const;

export const RESOURCE = { attributes: 0o12 } as const;
export const SCOPE = { name: 0o12, version: 0o22 } as const;
export const KEY_VALUE = { key: 0o12, value: 0o22 } as const;
/** `ArrayValue { repeated AnyValue values = 1 }` and `KeyValueList { repeated KeyValue values = 1 }`. */
export const VALUES = 0o12;

export const ANY_VALUE = {
  stringValue: 0o12,
  boolValue: 0o20,
  intValue: 0o30,
  doubleValue: 0o41,
  arrayValue: 0o52,
  kvlistValue: 0o62,
  bytesValue: 0o72,
} as const;

export const LOG_RECORD = {
  timeUnixNano: 0o11,
  severityNumber: 0o20,
  severityText: 0o32,
  body: 0o52,
  attributes: 0o62,
  droppedAttributesCount: 0o70,
  flags: 0o105,
  traceId: 0o112,
  spanId: 0o122,
  observedTimeUnixNano: 0o131,
  eventName: 0o142,
} as const;

export const SPAN = {
  traceId: 0o12,
  spanId: 0o22,
  parentSpanId: 0o42,
  name: 0o52,
  kind: 0o60,
  startTimeUnixNano: 0o71,
  endTimeUnixNano: 0o101,
  attributes: 0o112,
  events: 0o132,
  links: 0o152,
  status: 0o172,
} as const;

export const SPAN_EVENT = { timeUnixNano: 0o11, name: 0o22, attributes: 0o32 } as const;
export const SPAN_LINK = { traceId: 0o12, spanId: 0o22, attributes: 0o42 } as const;
export const SPAN_STATUS = { message: 0o22, code: 0o30 } as const;

export const METRIC = {
  name: 0o12,
  description: 0o22,
  unit: 0o32,
  gauge: 0o52,
  sum: 0o72,
  histogram: 0o112,
  exponentialHistogram: 0o122,
  summary: 0o132,
} as const;

/** The points of every kind of metric are its field 1; the other two are a sum's. */
export const METRIC_KIND = { dataPoints: 0o12, aggregationTemporality: 0o20, isMonotonic: 0o30 } as const;

export const NUMBER_POINT = {
  startTimeUnixNano: 0o21,
  timeUnixNano: 0o31,
  asDouble: 0o41,
  exemplars: 0o52,
  asInt: 0o61,
  attributes: 0o72,
  flags: 0o100,
} as const;

export const HISTOGRAM_POINT = {
  startTimeUnixNano: 0o21,
  timeUnixNano: 0o31,
  count: 0o41,
  sum: 0o51,
  bucketCounts: 0o62,
  explicitBounds: 0o72,
  exemplars: 0o102,
  attributes: 0o112,
  flags: 0o120,
} as const;

export const EXEMPLAR = {
  timeUnixNano: 0o21,
  asDouble: 0o31,
  spanId: 0o42,
  traceId: 0o52,
  filteredAttributes: 0o72,
} as const;

/** Bit of a point's flags: the series ends here, there is no value. */
export const NO_RECORDED_VALUE = 1;

/** `Export*ServiceResponse { partial_success }`, and `google.rpc.Status`. */
export const EXPORT_RESPONSE = { partialSuccess: 0o12 } as const;
export const PARTIAL_SUCCESS = { rejected: 0o10, errorMessage: 0o22 } as const;
export const STATUS = { code: 0o10, message: 0o22 } as const;
