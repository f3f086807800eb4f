import { EncodedAttributes } from './encoded-attributes.ts';
import type { AnyValue, Attributes } from './model.ts';
import type { ProtobufWriter } from './protobuf-writer.ts';
import { ANY_VALUE, KEY_VALUE, VALUES } from './tags.ts';

/** Writes attributes as `repeated KeyValue` with this tag, in the order of the object's keys. */
export function writeAttributes(writer: ProtobufWriter, tag: number, attributes: Attributes | EncodedAttributes): void {
  if (attributes instanceof EncodedAttributes) {
    writer.fields(tag, attributes.fields);
    writeAttributes(writer, tag, attributes.others);
    return;
  }
  for (const key of Object.keys(attributes)) writeAttribute(writer, tag, key, attributes[key] ?? null);
}

/** Writes one of them. */
export function writeAttribute(writer: ProtobufWriter, tag: number, key: string, value: AnyValue): void {
  const start = writer.open(tag);
  writer.string(KEY_VALUE.key, key);
  writeAnyValue(writer, KEY_VALUE.value, value);
  writer.close(start);
}

/** Writes an `AnyValue`; null is an empty one. A bigint that int64 cannot hold is written in decimal, as a string. */
export function writeAnyValue(writer: ProtobufWriter, tag: number, value: AnyValue): void {
  const start = writer.open(tag);
  if (typeof value === 'string') writer.stringValue(ANY_VALUE.stringValue, value);
  else if (typeof value === 'boolean') writer.booleanValue(ANY_VALUE.boolValue, value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'bigint') writeBigint(writer, value);
  else if (value instanceof Uint8Array) writer.bytesValue(ANY_VALUE.bytesValue, value);
  else if (isList(value)) writeList(writer, value);
  else if (value !== null) writeMap(writer, value);
  writer.close(start);
}

function writeNumber(writer: ProtobufWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.intValue(ANY_VALUE.intValue, value);
  else writer.doubleValue(ANY_VALUE.doubleValue, value);
}

function writeBigint(writer: ProtobufWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) writer.intValue(ANY_VALUE.intValue, value);
  else writer.stringValue(ANY_VALUE.stringValue, value.toString());
}

function writeList(writer: ProtobufWriter, values: readonly AnyValue[]): void {
  const start = writer.open(ANY_VALUE.arrayValue);
  for (const value of values) writeAnyValue(writer, VALUES, value);
  writer.close(start);
}

function writeMap(writer: ProtobufWriter, map: Attributes): void {
  const start = writer.open(ANY_VALUE.kvlistValue);
  writeAttributes(writer, VALUES, map);
  writer.close(start);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: AnyValue): value is readonly AnyValue[] {
  return Array.isArray(value);
}
