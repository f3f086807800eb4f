import type { Context } from '@opentelemetry/api';
import type { Anchor } from '../otel/clock.ts';
import type { Payload } from '../otel/payload.ts';
import type { Origin, SeverityText } from '../otel/signals.ts';
import { toText } from '../otel/values.ts';
import { ATTR_EVENT_NAME, ATTR_PAYLOAD_PREFIX, type EventCategory } from '../semconv.ts';
import type { Core } from './core.ts';
import type { Open } from './open.ts';

export interface EventOptions {
  /** Default `info`. */
  readonly severity?: Open<'debug' | 'info' | 'warn' | 'error' | 'fatal'>;
  /** The filter of the activity stream that shows it. Default `task` inside a task, `pipeline` on the agent. */
  readonly category?: Open<EventCategory>;
}

const CATEGORIES: Readonly<Record<string, EventCategory>> = {
  task: 'task',
  action: 'action',
  llm: 'llm',
  pipeline: 'pipeline',
  human: 'human',
};
const SEVERITIES: Readonly<Record<string, SeverityText>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** Where a custom event is told: its log record belongs to that context, or to the active one. */
export interface CustomEventOrigin extends Origin {
  readonly core: Core;
  readonly defaultCategory: EventCategory;
  readonly anchor?: Anchor;
  currentContext?(): Context;
}

/** Emits an event of the caller's own: its name as event name, the payload as `hiveloop.payload.*`. */
export function recordCustomEvent(
  origin: CustomEventOrigin,
  name: unknown,
  payload: Payload | undefined,
  options: EventOptions | undefined,
): void {
  const { signals } = origin.core;
  const { idLength, summaryLength } = signals.settings.limits;
  const eventName = signals.name(name, ATTR_EVENT_NAME) || 'event';
  const severity = oneOf(SEVERITIES, toText(options?.severity, idLength).toLowerCase()) ?? 'INFO';
  const category = oneOf(CATEGORIES, toText(options?.category, idLength)) ?? origin.defaultCategory;
  const summary = typeof payload?.['summary'] === 'string' ? toText(payload['summary'], summaryLength) : eventName;
  if (!signals.hasAgentCarrier) return;
  const event = {
    name: eventName,
    category,
    severity,
    summary,
    attributes: {},
    payload: { prefix: ATTR_PAYLOAD_PREFIX, value: payload },
  };
  signals.recordAgentEvent(origin, event, origin.currentContext?.(), origin.anchor);
}

/** The entry of a table, and not what every object has (`constructor`). */
function oneOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
