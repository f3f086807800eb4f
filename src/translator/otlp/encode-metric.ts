import { writeAttributes } from './encode-values.ts';
import type { MetricData, MetricPoint } from './model.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { METRIC, METRIC_KIND, NO_RECORDED_VALUE, NUMBER_POINT } from './tags.ts';

/** OTLP's number for cumulative temporality. */
const CUMULATIVE = 2;

/** Writes the fields of a `Metric`: a counter as a cumulative monotonic sum. */
export function writeMetric(writer: ProtobufWriter, metric: MetricData): void {
  writer.string(METRIC.name, metric.name);
  writer.string(METRIC.description, metric.description);
  writer.string(METRIC.unit, metric.unit);
  const start = writer.open(metric.kind === 'gauge' ? METRIC.gauge : METRIC.sum);
  for (const point of metric.points) writePoint(writer, point);
  if (metric.kind === 'counter') {
    writer.uint(METRIC_KIND.aggregationTemporality, CUMULATIVE);
    writer.booleanValue(METRIC_KIND.isMonotonic, true);
  }
  writer.close(start);
}

function writePoint(writer: ProtobufWriter, point: MetricPoint): void {
  const start = writer.open(METRIC_KIND.dataPoints);
  writer.fixed64(NUMBER_POINT.startTimeUnixNano, point.startTimeUnixNano);
  writer.fixed64(NUMBER_POINT.timeUnixNano, point.timeUnixNano);
  // Always a double: a series that changes between int and double from point to point confuses some backends.
  if (!point.isEnd) writer.doubleValue(NUMBER_POINT.asDouble, point.value);
  writeAttributes(writer, NUMBER_POINT.attributes, point.attributes);
  writer.uint(NUMBER_POINT.flags, point.isEnd ? NO_RECORDED_VALUE : 0);
  writer.close(start);
}
