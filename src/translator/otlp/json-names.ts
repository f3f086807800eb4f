import { ATTR_EVENT_NAME, ATTR_OTEL_EVENT_NAME } from '../../semconv.ts';
import { setAttribute, type OpenAttributes } from './attributes.ts';
import { eventNameOf } from './event-name.ts';
import { listField, stringField, type JsonObject } from './json-fields.ts';
import { anyValueField } from './json-values.ts';
import type { IsWanted } from './skipped.ts';

/** The name of a log record that nobody wants; undefined for one to be built. */
export function skipJsonLogRecord(from: JsonObject, isWanted: IsWanted): string | undefined {
  const eventName = stringField(from, 'eventName');
  const name = eventName === '' ? eventNameOf('', namingAttributes(from)) : eventName;
  return isWanted(name) ? undefined : name;
}

/** The same for a span, which is wanted by its name or by that of one of its events. */
export function skipJsonSpan(from: JsonObject, isWanted: IsWanted): string | undefined {
  const name = stringField(from, 'name');
  if (isWanted(name)) return undefined;
  return listField(from, 'events').some((event) => isWanted(stringField(event, 'name'))) ? undefined : name;
}

function namingAttributes(from: JsonObject): OpenAttributes {
  const attributes: OpenAttributes = {};
  for (const keyValue of listField(from, 'attributes')) {
    const key = stringField(keyValue, 'key');
    if (key !== ATTR_OTEL_EVENT_NAME && key !== ATTR_EVENT_NAME) continue;
    setAttribute(attributes, key, anyValueField(keyValue, 'value'));
  }
  return attributes;
}
