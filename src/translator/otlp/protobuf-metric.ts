import type { OpenAttributes } from './attributes.ts';
import { namePoints, type MetricPoints, type UnnamedPoint } from './metric-points.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { decodeAttribute } from './protobuf-values.ts';
import { METRIC, METRIC_KIND, NO_RECORDED_VALUE, NUMBER_POINT } from './tags.ts';

const METRIC_KINDS: ReadonlySet<number> = new Set([
  METRIC.gauge,
  METRIC.sum,
  METRIC.histogram,
  METRIC.exponentialHistogram,
  METRIC.summary,
]);

/** Reads the `Metric` that starts here: the points of gauges and sums; those of other kinds are counted. */
export function decodeMetric(reader: ProtobufReader): MetricPoints {
  const outerEnd = reader.enter();
  const unnamed: UnnamedPoint[] = [];
  let countedOnly = 0;
  let name = '';
  let unit = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case METRIC.name:
        name = reader.repeatedString();
        break;
      case METRIC.unit:
        unit = reader.repeatedString();
        break;
      case METRIC.gauge:
      case METRIC.sum:
        decodePoints(reader, unnamed);
        break;
      case METRIC.histogram:
      case METRIC.exponentialHistogram:
      case METRIC.summary:
        countedOnly += countPoints(reader);
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return { name, points: namePoints(name, unit, unnamed), pointCount: unnamed.length + countedOnly };
}

/** The same without any point: all are counted. */
export function countMetric(reader: ProtobufReader): MetricPoints {
  const outerEnd = reader.enter();
  let pointCount = 0;
  let name = '';
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === METRIC.name) name = reader.repeatedString();
    else if (METRIC_KINDS.has(tag)) pointCount += countPoints(reader);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return { name, points: [], pointCount };
}

function decodePoints(reader: ProtobufReader, into: UnnamedPoint[]): void {
  const outerEnd = reader.enter();
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === METRIC_KIND.dataPoints) into.push(decodePoint(reader));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}

function countPoints(reader: ProtobufReader): number {
  const outerEnd = reader.enter();
  let count = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === METRIC_KIND.dataPoints) count++;
    reader.skip(tag);
  }
  reader.leave(outerEnd);
  return count;
}

function decodePoint(reader: ProtobufReader): UnnamedPoint {
  const outerEnd = reader.enter();
  const attributes: OpenAttributes = {};
  let timeUnixNano = 0n;
  let value: number | undefined;
  let flags = 0;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case NUMBER_POINT.timeUnixNano:
        timeUnixNano = reader.fixed64();
        break;
      case NUMBER_POINT.asDouble:
        value = reader.double();
        break;
      case NUMBER_POINT.asInt:
        value = Number(reader.sfixed64());
        break;
      case NUMBER_POINT.attributes:
        decodeAttribute(reader, attributes);
        break;
      case NUMBER_POINT.flags:
        flags = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return { value: (flags & NO_RECORDED_VALUE) === 0 ? value : undefined, timeUnixNano, attributes };
}
