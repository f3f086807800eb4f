import { secondsBetween, ticks } from '../otel/clock.ts';
import { sayOnce } from '../otel/diag.ts';
import { attempt, readable } from '../otel/guard.ts';
import { cut, toCount, toJson, toNumber, toOptionalText, toTimeText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { QueueItem, QueueProcessing, QueueSnapshot } from './queue.ts';

const ITEM_SUMMARY_LENGTH = 200;
const ITEMS_LENGTH = 16_384;
const MIN_SECONDS_BETWEEN_CALLS = 1;
const lastCalls = new WeakMap<AgentState, number>();

/**
 * Emits `hiveloop.queue.snapshot` and sets the gauges `hiveloop.queue.depth` and `hiveloop.queue.oldest_item_age` (s).
 * A negative depth is 0; one that is no number leaves the gauge alone, for a made-up 0 would be a lie. Manual §6.2.
 */
export function recordQueueSnapshot(agent: AgentState, snapshot: Partial<QueueSnapshot> | undefined): void {
  const { signals } = agent.core;
  const attributes = describeQueue(agent, snapshot);
  if (!signals.hasAgentCarrier) return;
  signals.recordAgentEvent(agent, {
    name: semconv.EVENT_QUEUE_SNAPSHOT,
    severity: 'DEBUG',
    summary: summaryOf(agent, attributes),
    attributes,
  });
}

/** Says once when snapshots are taken on every change of the queue instead of once in a while. Manual §12.3. */
export function adviseOnFrequency(agent: AgentState): void {
  const now = ticks();
  const last = lastCalls.get(agent);
  lastCalls.set(agent, now);
  if (last === undefined || secondsBetween(last, now) >= MIN_SECONDS_BETWEEN_CALLS) return;
  sayOnce(
    'snapshots too frequent',
    'agent.queueSnapshot() is called more than once a second: give hive.agent() a queueProvider, or call it once per processing cycle',
  );
}

/** Reads a snapshot into attributes, and into the values that the gauges show. */
export function describeQueue(agent: AgentState, snapshot: Partial<QueueSnapshot> | undefined): RecordAttributes {
  const attributes: RecordAttributes = {};
  const depth = toNumber(snapshot?.depth);
  const oldest = toNumber(snapshot?.oldestAgeSeconds);
  const items = snapshot?.items;
  const processing = snapshot?.processing;
  agent.core.signals.providers.look();
  agent.core.signals.metrics.refresh();
  if (depth === undefined) {
    sayOnce(
      'queue depth no number',
      'a queue snapshot needs a depth that is a number; this one left the depth as it was',
    );
  } else {
    agent.queueDepth = Math.max(0, Math.floor(depth));
    attributes[semconv.ATTR_QUEUE_DEPTH] = agent.queueDepth;
    // The SDK repeats the last value of a series that is left out: the age of a queue that has drained must be told, as 0.
    if (oldest !== undefined) agent.queueOldestAgeSeconds = Math.max(0, oldest);
    else agent.queueOldestAgeSeconds &&= 0;
  }
  if (oldest !== undefined) attributes[semconv.ATTR_QUEUE_OLDEST_AGE] = Math.max(0, oldest);
  if (Array.isArray(items)) attributes[semconv.ATTR_QUEUE_ITEMS] = itemsJson(agent, items as readonly unknown[]);
  if (typeof processing === 'object' && (processing as unknown) !== null)
    attributes[semconv.ATTR_QUEUE_PROCESSING] = processingJson(agent, processing);
  return attributes;
}

function itemsJson(agent: AgentState, items: readonly unknown[]): string {
  const { settings } = agent.core.signals;
  const { limits } = settings;
  const shown = items.slice(0, limits.queueItems).map((given) => {
    const item: Partial<QueueItem> = typeof given === 'object' && given !== null ? readable(given) : {};
    return {
      id: toOptionalText(item.id, limits.idLength),
      priority: toOptionalText(item.priority, limits.idLength),
      source: toOptionalText(item.source, limits.idLength),
      summary: toOptionalText(item.summary, ITEM_SUMMARY_LENGTH),
      queued_at: toTimeText(item.queuedAt),
    };
  });
  return jsonWithin(shown, settings.redact, semconv.ATTR_QUEUE_ITEMS);
}

function processingJson(agent: AgentState, given: QueueProcessing): string {
  const { settings } = agent.core.signals;
  const processing = readable(given);
  const fields = {
    id: toOptionalText(processing.id, settings.limits.idLength),
    summary: toOptionalText(processing.summary, ITEM_SUMMARY_LENGTH),
    started_at: toTimeText(processing.startedAt),
    elapsed_ms: toCount(processing.elapsedMs),
  };
  return toJson(fields, ITEMS_LENGTH, settings.redact, semconv.ATTR_QUEUE_PROCESSING);
}

/** JSON that stays valid: items that do not fit are left out whole. */
function jsonWithin(items: readonly object[], redact: Parameters<typeof toJson>[2], path: string): string {
  let shown = items;
  let json = toJson(shown, ITEMS_LENGTH, redact, path);
  while (json.endsWith('…') && shown.length > 0) {
    shown = shown.slice(0, -1);
    json = toJson(shown, ITEMS_LENGTH, redact, path);
  }
  return json;
}

function summaryOf(agent: AgentState, attributes: RecordAttributes): string {
  const oldest = attributes[semconv.ATTR_QUEUE_OLDEST_AGE];
  const age = typeof oldest === 'number' ? `, oldest ${Math.round(oldest)}s` : '';
  return attempt('queueSnapshot', () => cut(`Queue: ${agent.queueDepth ?? '?'} items${age}`, 200), 'Queue');
}
