import {
  ATTR_AGENT_ID,
  ATTR_EVENT_CATEGORY,
  ATTR_LOG_RECORD_UID,
  ATTR_TASK_ID,
  ATTR_TASK_RUN_ID,
  CATEGORY_BY_EVENT,
  SCOPE_INSTRUMENTATION,
  SCOPE_TRANSLATOR,
  type EventCategory,
} from '../../semconv.ts';
import type { LogRecord, Scope } from '../../translator/otlp/model.ts';
import { SEVERITY_INFO, textOf, type StoryEvent } from './story-event.ts';

const CATEGORIES: ReadonlySet<string> = new Set<EventCategory>(['task', 'action', 'llm', 'pipeline', 'human']);

/** True for a record of HiveLoop's, whichever language and library sent it; the derived telemetry of another translator is foreign. */
export function isStoryRecord(scope: Scope, record: LogRecord): boolean {
  if (scope.name === SCOPE_TRANSLATOR || record.eventName === '') return false;
  return (
    scope.name === SCOPE_INSTRUMENTATION ||
    record.eventName in CATEGORY_BY_EVENT ||
    ATTR_EVENT_CATEGORY in record.attributes
  );
}

/** The record in the story's form. */
export function eventOfLogRecord(record: LogRecord): StoryEvent {
  const { attributes, eventName: name } = record;
  const taskId = textOf(attributes, ATTR_TASK_ID);
  return {
    timeUnixNano: record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano,
    name,
    category: categoryOf(name, textOf(attributes, ATTR_EVENT_CATEGORY)),
    severityNumber: record.severityNumber === 0 ? SEVERITY_INFO : record.severityNumber,
    agentId: textOf(attributes, ATTR_AGENT_ID),
    taskId,
    runId: textOf(attributes, ATTR_TASK_RUN_ID) || taskId,
    spanId: record.spanId,
    summary: typeof record.body === 'string' ? record.body : '',
    attributes,
  };
}

/** What makes a record the same when it arrives again: its uid, or, from a sender that has none, all that tells it from others. */
export function identityOf(record: LogRecord): string {
  const { attributes } = record;
  const uid = textOf(attributes, ATTR_LOG_RECORD_UID);
  const agentId = textOf(attributes, ATTR_AGENT_ID);
  if (uid !== '') return `${agentId} ${uid}`;
  const body = typeof record.body === 'string' ? record.body : '';
  const run = textOf(attributes, ATTR_TASK_RUN_ID);
  return [agentId, run, record.eventName, record.timeUnixNano, record.observedTimeUnixNano, record.spanId, body].join(
    '\n',
  );
}

/** The category that an event says, else the one that its name stands for, else `task`. */
export function categoryOf(name: string, said: string): EventCategory {
  if (CATEGORIES.has(said)) return said as EventCategory;
  return CATEGORY_BY_EVENT[name] ?? 'task';
}
