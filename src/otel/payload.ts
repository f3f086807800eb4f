import type { AttributeValue } from '@opentelemetry/api';
import { ATTR_DROPPED_ATTRIBUTES } from '../semconv.ts';
import { sayProblem } from './guard.ts';
import type { Limits, Settings } from './settings.ts';
import { byteLength, cutToBytes, toAttribute, type RecordAttributes } from './values.ts';

/** Data that a caller attaches to an event: one attribute a top-level key. */
export type Payload = Readonly<Record<string, unknown>>;

/** Attributes that a record of ours has besides its payload, at most: they always fit. */
const RESERVED_ATTRIBUTES = 24;
const KEY_LENGTH = 128;
const MAX_REMEMBERED_PATHS = 200;
const pathsByPrefix = new Map<string, Map<string, string>>();

/**
 * Adds a payload, one attribute a top-level key: primitives as they are, the rest JSON. What does not fit into the
 * record's attributes or the payload's bytes is left out and counted in `hiveloop.dropped_attributes`.
 */
export function addPayload(attributes: RecordAttributes, prefix: string, payload: unknown, settings: Settings): void {
  if (typeof payload !== 'object' || payload === null) return;
  const room = { attributes: roomIn(attributes, settings.limits), bytes: settings.limits.payloadBytes };
  let dropped = 0;
  for (const key of keysOf(payload)) {
    if (room.attributes === 0 || room.bytes <= 0) {
      dropped += 1;
      continue;
    }
    const path = pathOf(prefix, key);
    const whole = toAttribute(fieldOf(payload, key), room.bytes, settings.redact, path);
    if (whole === undefined) continue;
    const value = typeof whole === 'string' ? cutToBytes(whole, Math.max(0, room.bytes - byteLength(path))) : whole;
    room.bytes -= sizeOf(path, value);
    room.attributes -= 1;
    attributes[path] = value;
  }
  if (dropped > 0) attributes[ATTR_DROPPED_ATTRIBUTES] = dropped;
}

/** Adds a payload that was read before, as far as it fits into the record; the rest is counted. */
export function addKept(attributes: RecordAttributes, kept: RecordAttributes, limits: Limits): void {
  let room = roomIn(attributes, limits);
  let dropped = 0;
  for (const key of Object.keys(kept)) {
    const value = kept[key];
    if (value === undefined) continue;
    if (key === ATTR_DROPPED_ATTRIBUTES) dropped += typeof value === 'number' ? value : 0;
    else if (room > 0) {
      attributes[key] = value;
      room -= 1;
    } else dropped += 1;
  }
  if (dropped > 0) attributes[ATTR_DROPPED_ATTRIBUTES] = dropped;
}

/**
 * A payload that a caller gives bit by bit, later fields winning, bounded as a whole. It is read at once: what the caller
 * changes in its objects afterwards does not change what is told at the end.
 */
export class KeptPayload {
  readonly attributes: RecordAttributes = {};
  #count = 0;
  #bytes = 0;

  /** Adds fields; gives the attributes that they became. */
  add(prefix: string, payload: unknown, settings: Settings): RecordAttributes {
    const fresh: RecordAttributes = {};
    addPayload(fresh, prefix, payload, settings);
    let dropped = takeNumber(fresh, ATTR_DROPPED_ATTRIBUTES);
    for (const key of Object.keys(fresh)) {
      if (this.#keep(key, fresh[key] ?? '', settings.limits)) continue;
      Reflect.deleteProperty(fresh, key);
      dropped += 1;
    }
    if (dropped > 0) {
      fresh[ATTR_DROPPED_ATTRIBUTES] = dropped + takeNumber(this.attributes, ATTR_DROPPED_ATTRIBUTES);
      this.attributes[ATTR_DROPPED_ATTRIBUTES] = fresh[ATTR_DROPPED_ATTRIBUTES];
    }
    return fresh;
  }

  #keep(key: string, value: AttributeValue, limits: Limits): boolean {
    const old = this.attributes[key];
    const count = this.#count + (old === undefined ? 1 : 0);
    const bytes = this.#bytes + sizeOf(key, value) - (old === undefined ? 0 : sizeOf(key, old));
    if (count > payloadAttributes(limits) || bytes > limits.payloadBytes) return false;
    this.#count = count;
    this.#bytes = bytes;
    this.attributes[key] = value;
    return true;
  }
}

function payloadAttributes(limits: Limits): number {
  return Math.max(0, limits.attributes - RESERVED_ATTRIBUTES);
}

/** How many attributes of a payload fit beside those that a record has already. */
function roomIn(attributes: RecordAttributes, limits: Limits): number {
  const taken = Object.keys(attributes).length + 1; // one for the number of those dropped
  return Math.min(payloadAttributes(limits), Math.max(0, limits.attributes - taken));
}

function sizeOf(key: string, value: AttributeValue): number {
  return byteLength(key) + (typeof value === 'string' ? byteLength(value) : 8);
}

function takeNumber(attributes: RecordAttributes, key: string): number {
  const value = attributes[key];
  Reflect.deleteProperty(attributes, key);
  return typeof value === 'number' ? value : 0;
}

/**
 * The attribute of a key. Remembered, because a name that was just put together has to be hashed and interned each time
 * it is used; bounded, because keys are the caller's.
 */
function pathOf(prefix: string, key: string): string {
  let paths = pathsByPrefix.get(prefix);
  if (paths === undefined) pathsByPrefix.set(prefix, (paths = new Map<string, string>()));
  let path = paths.get(key);
  if (path === undefined) {
    path = prefix + key.slice(0, KEY_LENGTH);
    if (paths.size < MAX_REMEMBERED_PATHS && key.length <= KEY_LENGTH) paths.set(key, path);
  }
  return path;
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
