import { ATTR_DURATION, ATTR_PARENT_SPAN_ID, EVENT_ACTION_FAILED } from '../../semconv.ts';
import { actionName, failureText } from './details.ts';
import type { OpenAction, RunState } from './run-state.ts';
import { numberOf, textOf, type StoryEvent } from './story-event.ts';
import type { StoryItem } from './story-item.ts';

const NANOS_PER_SECOND = 1e9;

/** A process that dies leaves its actions open for ever; beyond this many the oldest is taken for dead. */
const OPEN_ACTIONS_MAX = 100;

export function openAction(run: RunState, event: StoryEvent): void {
  run.openActions.push({ event, name: actionName(event), isShown: false });
  if (run.openActions.length > OPEN_ACTIONS_MAX) run.openActions.shift();
}

/** The line of an action's end, after those that open what it ran inside. */
export function endAction(run: RunState, event: StoryEvent): readonly StoryItem[] {
  const name = actionName(event);
  const closed = closeAction(run, event, name);
  const hasFailed = event.name === EVENT_ACTION_FAILED;
  run.tools++;
  if (hasFailed) run.toolsFailed++;
  const outer = actionsAround(run, closed?.event ?? event);
  const durationSeconds =
    numberOf(event.attributes, ATTR_DURATION) ??
    (closed === undefined ? undefined : secondsBetween(closed.event, event));
  const failure = hasFailed ? failureText(event.attributes) : undefined;
  return [...openShown(outer), { event, depth: outer.length, kind: 'action_ended', name, durationSeconds, failure }];
}

/**
 * The open actions that an event stands in, outermost first: those that its record names, or, where it names none, all that
 * began before it (then of two parallel tools the later looks nested).
 */
export function actionsAround(run: RunState, event: StoryEvent): readonly OpenAction[] {
  let parentId = textOf(event.attributes, ATTR_PARENT_SPAN_ID);
  if (parentId === '') return run.openActions.filter((open) => open.event.timeUnixNano <= event.timeUnixNano);
  const around: OpenAction[] = [];
  for (;;) {
    const parent = run.openActions.find((open) => open.event.spanId === parentId);
    if (parent === undefined || around.includes(parent)) return around;
    around.unshift(parent);
    parentId = textOf(parent.event.attributes, ATTR_PARENT_SPAN_ID);
  }
}

/** Lines for actions that have none yet, so that what follows stands inside something visible. */
export function openShown(actions: readonly OpenAction[]): readonly StoryItem[] {
  return actions.flatMap((action, depth): readonly StoryItem[] => {
    const { event, name, isShown } = action;
    action.isShown = true;
    return isShown ? [] : [{ event, depth, kind: 'action_open', name, runningSeconds: undefined }];
  });
}

/** Lines, with the time of now, for open actions that have none yet and run for as long as that. */
export function longShown(run: RunState, nowNanos: bigint, longNanos: bigint): readonly StoryItem[] {
  return run.openActions.flatMap((action): readonly StoryItem[] => {
    const depth = actionsAround(run, action.event).filter((around) => around !== action).length;
    const nanos = nowNanos - action.event.timeUnixNano;
    if (action.isShown || nanos < longNanos) return [];
    action.isShown = true;
    const event = { ...action.event, timeUnixNano: nowNanos };
    return [{ event, depth, kind: 'action_open', name: action.name, runningSeconds: Number(nanos) / NANOS_PER_SECOND }];
  });
}

/** Takes the action that this event ends off the open ones: by its span, or, where one of them has none, the latest of that name. */
function closeAction(run: RunState, { spanId }: StoryEvent, name: string): OpenAction | undefined {
  const bySpan = spanId === '' ? -1 : run.openActions.findIndex(({ event }) => event.spanId === spanId);
  const byName = run.openActions.findLastIndex(
    (action) => action.name === name && (spanId === '' || action.event.spanId === ''),
  );
  const index = bySpan >= 0 ? bySpan : byName;
  return index < 0 ? undefined : run.openActions.splice(index, 1)[0];
}

function secondsBetween(from: StoryEvent, to: StoryEvent): number {
  return Math.max(0, Number(to.timeUnixNano - from.timeUnixNano) / NANOS_PER_SECOND);
}
