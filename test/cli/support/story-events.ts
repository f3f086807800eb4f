import { categoryOf } from '../../../src/cli/dev/log-events.ts';
import type { StoryEvent } from '../../../src/cli/dev/story-event.ts';
import * as names from '../../../src/semconv.ts';
import type { Attributes } from '../../../src/translator/otlp/model.ts';

/** 2026-09-21T14:13:20Z */
export const START_NANOS = 1_790_000_000_000_000_000n;

/** The instant so many seconds after the start. */
export function at(seconds: number): bigint {
  return START_NANOS + BigInt(Math.round(seconds * 1000)) * 1_000_000n;
}

/** An event of task `lead-1`; override what the test is about. */
export function event(name: string, attributes: Attributes = {}, overrides: Partial<StoryEvent> = {}): StoryEvent {
  return {
    timeUnixNano: START_NANOS,
    name,
    category: categoryOf(name, ''),
    severityNumber: 9,
    agentId: 'lead-qualifier',
    taskId: 'lead-1',
    runId: 'run-1',
    spanId: '',
    summary: '',
    attributes,
    ...overrides,
  };
}

/** An event of the agent's, outside any task. */
export function agentEvent(name: string, attributes: Attributes = {}, overrides: Partial<StoryEvent> = {}): StoryEvent {
  return event(name, attributes, { taskId: '', runId: '', ...overrides });
}

export function toolEvent(
  name: string,
  tool: string,
  seconds: number,
  overrides: Partial<StoryEvent> = {},
): StoryEvent {
  return event(name, { [names.ATTR_GEN_AI_TOOL_NAME]: tool }, { timeUnixNano: at(seconds), ...overrides });
}

export function planEvent(steps: readonly string[], revision = 0): StoryEvent {
  return event(names.EVENT_PLAN_CREATED, {
    [names.ATTR_PLAN_GOAL]: 'Qualify lead',
    [names.ATTR_PLAN_STEPS]: steps,
    [names.ATTR_PLAN_REVISION]: revision,
  });
}

export function stepEvent(index: number, action: string, summary = '', revision = 0, total = 0): StoryEvent {
  const attributes = {
    [names.ATTR_PLAN_STEP_INDEX]: index,
    [names.ATTR_PLAN_STEP_ACTION]: action,
    [names.ATTR_PLAN_REVISION]: revision,
    ...(total === 0 ? {} : { [names.ATTR_PLAN_STEP_TOTAL]: total }),
  };
  return event(names.EVENT_PLAN_STEP, attributes, { summary });
}
