import { toOptionalText, toText, toTimeText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { Open } from './open.ts';
import { originOf } from './task-state.ts';

export type TodoAction = Open<'created' | 'completed' | 'failed' | 'dismissed' | 'deferred'>;

export interface TodoOptions {
  readonly priority?: Open<'low' | 'normal' | 'high' | 'urgent'>;
  /** Where it came from. */
  readonly source?: string;
  /** Why it is there. */
  readonly context?: string;
  /** When it is due: a date, or RFC 3339. */
  readonly dueBy?: string | Date;
}

/** Emits `hiveloop.todo`: a to-do of the agent was created, completed, failed, dismissed or deferred. */
export function recordTodo(
  agent: AgentState,
  todoId: unknown,
  action: unknown,
  summary: unknown,
  options: TodoOptions | undefined,
): void {
  const { signals } = agent.core;
  const { summaryLength, idLength } = signals.settings.limits;
  const attributes: RecordAttributes = {
    [semconv.ATTR_TODO_ID]: toText(todoId, idLength),
    [semconv.ATTR_TODO_ACTION]: toText(action, idLength),
  };
  const priority = toOptionalText(options?.priority, idLength);
  const source = toOptionalText(options?.source, idLength);
  const context = toOptionalText(options?.context, summaryLength);
  const dueBy = toTimeText(options?.dueBy);
  if (priority !== undefined) attributes[semconv.ATTR_TODO_PRIORITY] = priority;
  if (source !== undefined) attributes[semconv.ATTR_TODO_SOURCE] = source;
  if (context !== undefined) attributes[semconv.ATTR_TODO_CONTEXT] = context;
  if (dueBy !== undefined) attributes[semconv.ATTR_TODO_DUE_BY] = dueBy;
  const text = toText(summary, summaryLength);
  const severity = attributes[semconv.ATTR_TODO_ACTION] === 'failed' ? 'WARN' : 'INFO';
  if (!signals.hasAgentCarrier) return;
  signals.recordAgentEvent(originOf(agent), { name: semconv.EVENT_TODO, severity, summary: text, attributes });
}
