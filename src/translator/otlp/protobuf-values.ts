import { setAttribute, type OpenAttributes } from './attributes.ts';
import { MalformedBodyError, MAX_VALUE_DEPTH } from './malformed-body.ts';
import type { AnyValue } from './model.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { ANY_VALUE, KEY_VALUE, VALUES } from './tags.ts';

/** Reads the `KeyValue` that starts here into the attributes. */
export function decodeAttribute(reader: ProtobufReader, into: OpenAttributes, depth = 0): void {
  const outerEnd = reader.enter();
  let key = '';
  let value: AnyValue = null;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === KEY_VALUE.key) key = reader.repeatedString();
    else if (tag === KEY_VALUE.value) value = decodeAnyValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  setAttribute(into, key, value);
}

/** Reads the `AnyValue` that starts here; an empty one is null. */
export function decodeAnyValue(reader: ProtobufReader, depth = 0): AnyValue {
  if (depth > MAX_VALUE_DEPTH) throw new MalformedBodyError(`a value is nested deeper than ${MAX_VALUE_DEPTH}`);
  const outerEnd = reader.enter();
  let value: AnyValue = null;
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    switch (tag) {
      case ANY_VALUE.stringValue:
        value = reader.string();
        break;
      case ANY_VALUE.boolValue:
        value = reader.boolean();
        break;
      case ANY_VALUE.intValue:
        value = reader.int64();
        break;
      case ANY_VALUE.doubleValue:
        value = reader.double();
        break;
      case ANY_VALUE.arrayValue:
        value = decodeArray(reader, depth);
        break;
      case ANY_VALUE.kvlistValue:
        value = decodeMap(reader, depth);
        break;
      case ANY_VALUE.bytesValue:
        value = reader.bytes();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outerEnd);
  return value;
}

function decodeArray(reader: ProtobufReader, depth: number): readonly AnyValue[] {
  const outerEnd = reader.enter();
  const values: AnyValue[] = [];
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === VALUES) values.push(decodeAnyValue(reader, depth + 1));
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return values;
}

function decodeMap(reader: ProtobufReader, depth: number): OpenAttributes {
  const outerEnd = reader.enter();
  const map: OpenAttributes = {};
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag === VALUES) decodeAttribute(reader, map, depth + 1);
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
  return map;
}
