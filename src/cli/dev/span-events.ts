import {
  ATTR_ACTION_NAME,
  ATTR_AGENT_ID,
  ATTR_DURATION,
  ATTR_ERROR_TYPE,
  ATTR_EVENT_CATEGORY,
  ATTR_EVENT_SEVERITY,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_AGENT_NAME,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_LLM_NAME,
  ATTR_LOG_RECORD_UID,
  ATTR_SUMMARY,
  ATTR_TASK_ID,
  ATTR_TASK_RUN_ID,
  CATEGORY_BY_EVENT,
  EVENT_ACTION_COMPLETED,
  EVENT_ACTION_FAILED,
  EVENT_ACTION_STARTED,
  EVENT_EXCEPTION,
  EVENT_LLM_CALL,
  EVENT_PLAN_STEP,
  EVENT_RETRY,
  EVENT_ESCALATION,
  EVENT_TASK_COMPLETED,
  EVENT_TASK_FAILED,
  EVENT_TASK_STARTED,
  ATTR_PLAN_STEP_ACTION,
  OPERATION_INVOKE_AGENT,
  SCOPE_INSTRUMENTATION,
} from '../../semconv.ts';
import type { Attributes, Span } from '../../translator/otlp/model.ts';
import { categoryOf } from './log-events.ts';
import { SEVERITY_ERROR, SEVERITY_INFO, severityNumberOf, textOf, type StoryEvent } from './story-event.ts';

const STATUS_ERROR = 2;
const SEVERITY_WARN = 13;
const NANOS_PER_SECOND = 1e9;

/** Which part of the story a span is; `carrier`: a span that stands for one event; `foreign`: not ours. */
export type SpanRole = 'task' | 'action' | 'llm' | 'carrier' | 'foreign';

/** The task that a span belongs to; all empty outside a task. */
export interface RunContext {
  readonly agentId: string;
  readonly taskId: string;
  readonly runId: string;
}

export function spanRole(scopeName: string, span: Span): SpanRole {
  if (scopeName !== SCOPE_INSTRUMENTATION) return 'foreign';
  if (ATTR_LOG_RECORD_UID in span.attributes) return 'carrier';
  if (span.attributes[ATTR_GEN_AI_OPERATION_NAME] === OPERATION_INVOKE_AGENT) return 'task';
  if (ATTR_LLM_NAME in span.attributes) return 'llm';
  return ATTR_ACTION_NAME in span.attributes || ATTR_GEN_AI_TOOL_NAME in span.attributes ? 'action' : 'foreign';
}

/** The run that a task's span is. */
export function runOfTaskSpan({ attributes, spanId }: Span): RunContext {
  const taskId = textOf(attributes, ATTR_TASK_ID);
  return {
    agentId: textOf(attributes, ATTR_AGENT_ID) || textOf(attributes, ATTR_GEN_AI_AGENT_NAME),
    taskId,
    runId: textOf(attributes, ATTR_TASK_RUN_ID) || taskId || spanId,
  };
}

/**
 * What a span tells, in the form and with the names that log records have for the same.
 * @param scope `all` for the whole story; `sole` for only those events that no log record carries (they have a uid)
 */
export function eventsOfSpan(
  role: SpanRole,
  span: Span,
  run: RunContext,
  scope: 'all' | 'sole',
): readonly StoryEvent[] {
  const narrative = span.events
    .filter(({ name, attributes }) => isCarried(attributes) || (scope === 'all' && name in CATEGORY_BY_EVENT))
    .map((event) => storyEvent(event.name, event.timeUnixNano, span, run, event.attributes));
  if (role === 'carrier')
    return [storyEvent(span.name, span.startTimeUnixNano, span, run, span.attributes), ...narrative];
  if (scope === 'sole') return narrative;
  const own = ownEvents(role, span, run);
  // A start before what happens inside it, an end after it: equal times then keep their order in a stable sort.
  return [...own.slice(0, -1), ...narrative, ...own.slice(-1)];
}

/** True when a span event is the only carrier of what it tells. */
export function isCarried(attributes: Attributes): boolean {
  return ATTR_LOG_RECORD_UID in attributes;
}

function ownEvents(role: SpanRole, span: Span, run: RunContext): readonly StoryEvent[] {
  const hasFailed = span.statusCode === STATUS_ERROR;
  const attributes = withOutcome(span, hasFailed);
  const start = (name: string): StoryEvent => storyEvent(name, span.startTimeUnixNano, span, run, span.attributes);
  const end = (name: string): StoryEvent => storyEvent(name, span.endTimeUnixNano, span, run, attributes, hasFailed);
  switch (role) {
    case 'task':
      return [start(EVENT_TASK_STARTED), end(hasFailed ? EVENT_TASK_FAILED : EVENT_TASK_COMPLETED)];
    case 'action':
      return [start(EVENT_ACTION_STARTED), end(hasFailed ? EVENT_ACTION_FAILED : EVENT_ACTION_COMPLETED)];
    case 'llm':
      return [end(EVENT_LLM_CALL)];
    case 'carrier':
    case 'foreign':
      return [];
  }
}

function withOutcome(span: Span, hasFailed: boolean): Attributes {
  const seconds = Number(span.endTimeUnixNano - span.startTimeUnixNano) / NANOS_PER_SECOND;
  const timed = { ...span.attributes, [ATTR_DURATION]: Math.max(0, seconds) };
  if (!hasFailed) return timed;
  const exception = span.events.find(({ name }) => name === EVENT_EXCEPTION)?.attributes ?? {};
  return {
    ...timed,
    [ATTR_EXCEPTION_TYPE]: textOf(exception, ATTR_EXCEPTION_TYPE) || textOf(span.attributes, ATTR_ERROR_TYPE),
    [ATTR_EXCEPTION_MESSAGE]: textOf(exception, ATTR_EXCEPTION_MESSAGE) || span.statusMessage,
  };
}

function storyEvent(
  name: string,
  timeUnixNano: bigint,
  span: Span,
  run: RunContext,
  attributes: Attributes,
  hasFailed = false,
): StoryEvent {
  return {
    timeUnixNano,
    name,
    category: categoryOf(name, textOf(attributes, ATTR_EVENT_CATEGORY)),
    severityNumber: hasFailed ? SEVERITY_ERROR : severityOf(name, attributes),
    agentId: textOf(attributes, ATTR_AGENT_ID) || run.agentId || textOf(span.attributes, ATTR_AGENT_ID),
    taskId: textOf(attributes, ATTR_TASK_ID) || run.taskId,
    runId: textOf(attributes, ATTR_TASK_RUN_ID) || run.runId,
    spanId: span.spanId,
    summary: textOf(attributes, ATTR_SUMMARY),
    attributes,
  };
}

/** Severity of an event on a span: as it says, else as its log record would have it (design, section 2). */
function severityOf(name: string, attributes: Attributes): number {
  const said = textOf(attributes, ATTR_EVENT_SEVERITY);
  if (said !== '') return severityNumberOf(said);
  if (name === EVENT_RETRY || name === EVENT_ESCALATION) return SEVERITY_WARN;
  return name === EVENT_PLAN_STEP && attributes[ATTR_PLAN_STEP_ACTION] === 'failed' ? SEVERITY_ERROR : SEVERITY_INFO;
}
