import { doubleOf, int32Field, int64Of, listField, objectField, stringField, uint64Field } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { attributesField } from './json-values.ts';
import { namePoints, type MetricPoints, type UnnamedPoint } from './metric-points.ts';
import { NO_RECORDED_VALUE } from './tags.ts';

const READ_KINDS = ['gauge', 'sum'];
const COUNTED_KINDS = ['histogram', 'exponentialHistogram', 'summary'];

/** The points of gauges and sums; those of other kinds are counted. */
export function metricFromJson(from: JsonObject): MetricPoints {
  const unnamed = READ_KINDS.flatMap((kind) => dataPoints(from, kind)).map(pointFromJson);
  const countedOnly = COUNTED_KINDS.flatMap((kind) => dataPoints(from, kind)).length;
  const name = stringField(from, 'name');
  return {
    name,
    points: namePoints(name, stringField(from, 'unit'), unnamed),
    pointCount: unnamed.length + countedOnly,
  };
}

/** The same without any point: all are counted. */
export function jsonMetricCount(from: JsonObject): MetricPoints {
  const pointCount = [...READ_KINDS, ...COUNTED_KINDS].flatMap((kind) => dataPoints(from, kind)).length;
  return { name: stringField(from, 'name'), points: [], pointCount };
}

function dataPoints(metric: JsonObject, kind: string): readonly JsonObject[] {
  return listField(objectField(metric, kind) ?? {}, 'dataPoints');
}

function pointFromJson(from: JsonObject): UnnamedPoint {
  const hasValue = (int32Field(from, 'flags') & NO_RECORDED_VALUE) === 0;
  return {
    value: hasValue ? numberOf(from) : undefined,
    timeUnixNano: uint64Field(from, 'timeUnixNano'),
    attributes: attributesField(from, 'attributes'),
  };
}

function numberOf(point: JsonObject): number | undefined {
  const asInt = point['asInt'] ?? undefined;
  if (asInt !== undefined) return Number(int64Of(asInt, 'asInt'));
  const asDouble = point['asDouble'] ?? undefined;
  return asDouble === undefined ? undefined : doubleOf(asDouble, 'asDouble');
}
