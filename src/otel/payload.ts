import { ATTR_DROPPED_ATTRIBUTES } from '../semconv.ts';
import { sayProblem } from './guard.ts';
import type { Settings } from './settings.ts';
import { toAttribute, type RecordAttributes } from './values.ts';

/** Data that a caller attaches to an event: one attribute a top-level key. */
export type Payload = Readonly<Record<string, unknown>>;

/** Attributes that a record of ours has besides its payload, at most: they always fit. */
const RESERVED_ATTRIBUTES = 24;
const KEY_LENGTH = 128;

/**
 * Adds a payload, one attribute a top-level key: primitives as they are, the rest JSON. What does not fit into the
 * record's attributes or the payload's bytes is left out and counted in `hiveloop.dropped_attributes`.
 */
export function addPayload(attributes: RecordAttributes, prefix: string, payload: unknown, settings: Settings): void {
  if (typeof payload !== 'object' || payload === null) return;
  const room = {
    attributes: Math.max(0, settings.limits.attributes - RESERVED_ATTRIBUTES),
    bytes: settings.limits.payloadBytes,
  };
  let dropped = 0;
  for (const key of keysOf(payload)) {
    if (room.attributes === 0 || room.bytes <= 0) {
      dropped += 1;
      continue;
    }
    const path = prefix + key.slice(0, KEY_LENGTH);
    const value = toAttribute(fieldOf(payload, key), room.bytes, settings.redact, path);
    if (value === undefined) continue;
    room.bytes -= path.length + (typeof value === 'string' ? value.length : 8);
    room.attributes -= 1;
    attributes[path] = value;
  }
  if (dropped > 0) attributes[ATTR_DROPPED_ATTRIBUTES] = dropped;
}

function keysOf(payload: object): readonly string[] {
  try {
    return Object.keys(payload);
  } catch (error) {
    sayProblem('reading a payload', error);
    return [];
  }
}

function fieldOf(payload: object, key: string): unknown {
  try {
    return (payload as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}
