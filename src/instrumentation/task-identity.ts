import { isSpanContextValid, type Link, type Span } from '@opentelemetry/api';
import { attempt, readable, sayProblem } from '../otel/guard.ts';
import { addPayload } from '../otel/payload.ts';
import type { Settings } from '../otel/settings.ts';
import type { Signals } from '../otel/signals.ts';
import { nextUid, randomUuid } from '../otel/uid.ts';
import { toOptionalText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { AgentState } from './agent-state.ts';
import type { TaskOptions } from './handles.ts';
import type { TaskIdentity } from './task-state.ts';

/** Who a task is, and the conversation that it serves. */
export type TaskStart = TaskIdentity & { readonly conversationId: string | undefined };

/** Reads who a task is from what the caller gave; a field that cannot be read is left out. */
export function readTaskIdentity(state: AgentState, taskId: unknown, options: TaskOptions | undefined): TaskStart {
  try {
    return readIdentity(state, taskId, options);
  } catch (error) {
    sayProblem('agent.task', error);
    return readIdentity(state, taskId, readable(options));
  }
}

function readIdentity(state: AgentState, taskId: unknown, options: TaskOptions | undefined): TaskStart {
  const { signals } = state.core;
  return {
    id: signals.name(taskId, semconv.ATTR_TASK_ID),
    runId: optionalName(signals, options?.taskRunId, semconv.ATTR_TASK_RUN_ID) ?? newRunId(),
    type: optionalName(signals, options?.type, semconv.ATTR_TASK_TYPE),
    project: optionalName(signals, options?.project, semconv.ATTR_PROJECT_ID),
    correlationId: optionalName(signals, options?.correlationId, semconv.ATTR_CORRELATION_ID),
    conversationId: optionalName(signals, options?.conversationId, semconv.ATTR_GEN_AI_CONVERSATION_ID),
  };
}

function optionalName(signals: Signals, value: unknown, key: string): string | undefined {
  if (value === undefined) return undefined;
  const { idLength } = signals.settings.limits;
  const text = toOptionalText(value, idLength);
  return text === undefined ? undefined : toOptionalText(signals.name(text, key), idLength);
}

function newRunId(): string {
  return attempt('making a run id', randomUuid, '') || nextUid();
}

/** The links of a task. The one to what was active (a request, a message, another task) is why a root task is not lost from its cause. */
export function taskLinks(
  options: TaskOptions | undefined,
  active: Span | undefined,
  settings: Settings,
): readonly Link[] | undefined {
  const given = attempt('the links of a task', () => readable(options?.links ?? []), []);
  const usable = (Array.isArray(given) ? (given as readonly Link[]) : []).filter(isLink).map(clearedLink(settings));
  const cause = active?.spanContext();
  if (cause === undefined || !isSpanContextValid(cause)) return usable.length === 0 ? undefined : usable;
  return [{ context: cause }, ...usable];
}

/** A link of the caller's with its attributes as everything else that is sent: through the `redact` hook, and cut. */
function clearedLink(settings: Settings): (link: Link) => Link {
  return (link) => {
    if (link.attributes === undefined) return { context: link.context };
    const attributes: RecordAttributes = {};
    addPayload(attributes, '', link.attributes, settings);
    return { context: link.context, attributes };
  };
}

function isLink(link: Link): boolean {
  return attempt('a link of a task', () => typeof link.context.traceId === 'string', false);
}
