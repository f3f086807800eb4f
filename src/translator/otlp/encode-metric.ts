import { writeAttributes } from './encode-values.ts';
import type { Distribution, Exemplar, MetricData, MetricPoint } from './model.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { EXEMPLAR, HISTOGRAM_POINT, METRIC, METRIC_KIND, NO_RECORDED_VALUE, NUMBER_POINT } from './tags.ts';

/** OTLP's number for cumulative temporality. */
const CUMULATIVE = 2;

const TAG_BY_KIND = { gauge: METRIC.gauge, counter: METRIC.sum, histogram: METRIC.histogram } as const;

/** Writes the fields of a `Metric`: a counter as a cumulative monotonic sum, a histogram with explicit, cumulative buckets. */
export function writeMetric(writer: ProtobufWriter, metric: MetricData): void {
  writer.string(METRIC.name, metric.name);
  writer.string(METRIC.description, metric.description);
  writer.string(METRIC.unit, metric.unit);
  const start = writer.open(TAG_BY_KIND[metric.kind]);
  for (const point of metric.points) {
    if (metric.kind === 'histogram') writeHistogramPoint(writer, point);
    else writePoint(writer, point);
  }
  if (metric.kind !== 'gauge') writer.uint(METRIC_KIND.aggregationTemporality, CUMULATIVE);
  if (metric.kind === 'counter') writer.booleanValue(METRIC_KIND.isMonotonic, true);
  writer.close(start);
}

function writePoint(writer: ProtobufWriter, point: MetricPoint): void {
  const start = writer.open(METRIC_KIND.dataPoints);
  writer.fixed64(NUMBER_POINT.startTimeUnixNano, point.startTimeUnixNano);
  writer.fixed64(NUMBER_POINT.timeUnixNano, point.timeUnixNano);
  // Always a double: a series that changes between int and double from point to point confuses some backends.
  if (!point.isEnd) writer.doubleValue(NUMBER_POINT.asDouble, point.value);
  for (const exemplar of point.exemplars ?? []) writeExemplar(writer, NUMBER_POINT.exemplars, exemplar);
  writeAttributes(writer, NUMBER_POINT.attributes, point.attributes);
  writer.uint(NUMBER_POINT.flags, point.isEnd ? NO_RECORDED_VALUE : 0);
  writer.close(start);
}

const NO_DISTRIBUTION: Distribution = { boundaries: [], bucketCounts: [] };

function writeHistogramPoint(writer: ProtobufWriter, point: MetricPoint): void {
  const { boundaries, bucketCounts } = point.distribution ?? NO_DISTRIBUTION;
  const start = writer.open(METRIC_KIND.dataPoints);
  writer.fixed64(HISTOGRAM_POINT.startTimeUnixNano, point.startTimeUnixNano);
  writer.fixed64(HISTOGRAM_POINT.timeUnixNano, point.timeUnixNano);
  if (!point.isEnd) {
    writer.fixed64(HISTOGRAM_POINT.count, BigInt(bucketCounts.reduce((count, bucket) => count + bucket, 0)));
    writer.doubleValue(HISTOGRAM_POINT.sum, point.value);
    writer.bytesValue(HISTOGRAM_POINT.bucketCounts, packCounts(bucketCounts));
    writer.bytesValue(HISTOGRAM_POINT.explicitBounds, packDoubles(boundaries));
  }
  for (const exemplar of point.exemplars ?? []) writeExemplar(writer, HISTOGRAM_POINT.exemplars, exemplar);
  writeAttributes(writer, HISTOGRAM_POINT.attributes, point.attributes);
  writer.uint(HISTOGRAM_POINT.flags, point.isEnd ? NO_RECORDED_VALUE : 0);
  writer.close(start);
}

function writeExemplar(writer: ProtobufWriter, tag: number, exemplar: Exemplar): void {
  const start = writer.open(tag);
  writer.fixed64(EXEMPLAR.timeUnixNano, exemplar.timeUnixNano);
  writer.doubleValue(EXEMPLAR.asDouble, exemplar.value);
  writer.id(EXEMPLAR.spanId, exemplar.spanId);
  writer.id(EXEMPLAR.traceId, exemplar.traceId);
  writeAttributes(writer, EXEMPLAR.filteredAttributes, exemplar.attributes);
  writer.close(start);
}

function packCounts(counts: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * counts.length);
  for (const [index, count] of counts.entries()) bytes.writeBigUInt64LE(BigInt(count), 8 * index);
  return bytes;
}

function packDoubles(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeDoubleLE(value, 8 * index);
  return bytes;
}
