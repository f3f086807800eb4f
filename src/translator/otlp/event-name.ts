import { ATTR_EVENT_NAME, ATTR_OTEL_EVENT_NAME } from '../../semconv.ts';
import type { Attributes } from './model.ts';

/** A record's event name: its own field, else the attributes in which senders without that field put it, else empty. */
export function eventNameOf(eventName: string, attributes: Attributes): string {
  if (eventName !== '') return eventName;
  return text(attributes[ATTR_OTEL_EVENT_NAME]) || text(attributes[ATTR_EVENT_NAME]);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
