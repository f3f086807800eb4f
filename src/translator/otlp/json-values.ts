import { setAttribute, type OpenAttributes } from './attributes.ts';
import { bytesOf, doubleOf, int64Of, listField, objectField, objectOf, stringField, wrong } from './json-fields.ts';
import type { JsonObject } from './json-fields.ts';
import { MalformedBodyError, MAX_VALUE_DEPTH } from './malformed-body.ts';
import type { AnyValue } from './model.ts';

/** A list of `KeyValue` as attributes. */
export function attributesField(from: JsonObject, name: string, depth = 0): OpenAttributes {
  const attributes: OpenAttributes = {};
  for (const keyValue of listField(from, name)) {
    setAttribute(attributes, stringField(keyValue, 'key'), anyValueField(keyValue, 'value', depth));
  }
  return attributes;
}

/** An `AnyValue`; null when it is absent or empty. */
export function anyValueField(from: JsonObject, name: string, depth = 0): AnyValue {
  const value = objectField(from, name);
  return value === undefined ? null : anyValueOf(value, depth);
}

/** `{"values": […]}`, or the list by itself, as the protocol's own example of an event has it. */
function valuesOf(value: unknown, name: string): JsonObject {
  return Array.isArray(value) ? { values: value } : objectOf(value, name);
}

function anyValueOf(from: JsonObject, depth: number): AnyValue {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedBodyError(`a value is nested deeper than ${MAX_VALUE_DEPTH}`);
  for (const kind of Object.keys(from)) {
    const value = from[kind] ?? null;
    if (value === null) continue;
    switch (kind) {
      case 'stringValue':
        if (typeof value !== 'string') throw wrong(kind, 'a string');
        return value;
      case 'boolValue':
        if (typeof value !== 'boolean') throw wrong(kind, 'true or false');
        return value;
      case 'intValue':
        return int64Of(value, kind);
      case 'doubleValue':
        return doubleOf(value, kind);
      case 'bytesValue':
        return bytesOf(value, kind);
      case 'arrayValue':
        return listField(valuesOf(value, kind), 'values').map((item) => anyValueOf(item, depth + 1));
      case 'kvlistValue':
        return attributesField(valuesOf(value, kind), 'values', depth + 1);
    }
  }
  return null;
}
