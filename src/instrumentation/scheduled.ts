import { readable } from '../otel/guard.ts';
import { sayOnce } from '../otel/diag.ts';
import { toJson, toOptionalText, toTimeText } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { Open } from './open.ts';

/** Work that the agent has scheduled. */
export interface ScheduledItem {
  readonly id?: string;
  readonly name?: string;
  /** A date, or RFC 3339. */
  readonly nextRun?: string | Date;
  /** Such as `5m`, `1h`, `daily`. */
  readonly interval?: string;
  readonly enabled?: boolean;
  readonly lastStatus?: Open<'success' | 'failure' | 'skipped'>;
  readonly lastRun?: string | Date;
}

const MAX_ITEMS = 20;
const ITEMS_LENGTH = 16_384;

/** Emits `hiveloop.scheduled` with the first 20 items and the number of all. */
export function recordScheduled(agent: AgentState, items: unknown): void {
  const { signals } = agent.core;
  const { limits, redact } = signals.settings;
  if (!Array.isArray(items)) {
    sayOnce('scheduled no list', 'agent.scheduled() needs an array of items; nothing was recorded');
    return;
  }
  if (!signals.hasAgentCarrier) return;
  const given = items as readonly unknown[];
  const shown = given.slice(0, MAX_ITEMS).map((item) => describe(item, limits.idLength));
  const next = shown.flatMap((item) => item.next_run ?? []).sort((a, b) => a.localeCompare(b))[0];
  signals.recordAgentEvent(agent, {
    name: semconv.EVENT_SCHEDULED,
    summary: `${given.length} scheduled${next === undefined ? '' : `, next at ${next}`}`,
    attributes: {
      [semconv.ATTR_SCHEDULED_COUNT]: given.length,
      [semconv.ATTR_SCHEDULED_ITEMS]: toJson(shown, ITEMS_LENGTH, redact, semconv.ATTR_SCHEDULED_ITEMS),
    },
  });
}

function describe(given: unknown, limit: number) {
  const item: Partial<ScheduledItem> = typeof given === 'object' && given !== null ? readable(given) : {};
  return {
    id: toOptionalText(item.id, limit),
    name: toOptionalText(item.name, limit),
    next_run: toTimeText(item.nextRun),
    interval: toOptionalText(item.interval, 64),
    enabled: typeof item.enabled === 'boolean' ? item.enabled : undefined,
    last_status: toOptionalText(item.lastStatus, 64),
    last_run: toTimeText(item.lastRun),
  };
}
