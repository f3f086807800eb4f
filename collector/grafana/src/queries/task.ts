import {
  ATTR_AGENT_ID,
  ATTR_DURATION,
  ATTR_EVENT_CATEGORY,
  ATTR_PLAN_GOAL,
  ATTR_PLAN_REVISION,
  ATTR_PLAN_STEP_ACTION,
  ATTR_PLAN_STEP_INDEX,
  ATTR_PLAN_STEPS,
  ATTR_TASK_ID,
  ATTR_TASK_STATUS,
  ATTR_TASK_TYPE,
  EVENT_PLAN_CREATED,
  EVENT_PLAN_STEP,
  EVENT_TASK_COMPLETED,
  EVENT_TASK_FAILED,
} from '../../../../src/semconv.ts';
import { EVENT_LABEL, isEvent, logs, TRACE_LABEL, where } from '../names/logql.ts';
import { labelName } from '../names/prometheus-name.ts';
import { labels } from '../names/promql.ts';
import { CHOSEN_SERVICE } from '../names/scope.ts';
import { logql } from '../query.ts';

const isTask = where(ATTR_TASK_ID, '=~"$task"');
const ACTION = `.${labelName(ATTR_PLAN_STEP_ACTION)}`;
/** A step's state as a number, for the colours of the bar; 4 is skipped. */
const STEP_STATE =
  `label_format plan_step_state=\`{{ if eq ${ACTION} "started" }}1{{ else if eq ${ACTION} "completed" }}2` +
  `{{ else if eq ${ACTION} "failed" }}3{{ else }}4{{ end }}\``;

/** How to read the number, with the manual's colours. */
export const STEP_STATES = [
  { value: 1, text: 'in progress', color: 'blue' },
  { value: 2, text: 'completed', color: 'green' },
  { value: 3, text: 'failed', color: 'red' },
  { value: 4, text: 'skipped', color: 'text' },
] as const;

export const TASK = {
  recent: logql(
    'task.recent',
    `topk(50, max by (${labels([ATTR_AGENT_ID, ATTR_TASK_ID, ATTR_TASK_TYPE, ATTR_TASK_STATUS, TRACE_LABEL])}) (max_over_time(` +
      `${logs(CHOSEN_SERVICE, isEvent(EVENT_TASK_COMPLETED, EVENT_TASK_FAILED), `unwrap ${labelName(ATTR_DURATION)}`)} [$__range])))`,
  ),
  plan: logql(
    'task.plan',
    logs(
      CHOSEN_SERVICE,
      isEvent(EVENT_PLAN_CREATED),
      isTask,
      `line_format "revision {{ .${labelName(ATTR_PLAN_REVISION)} }}: {{ .${labelName(ATTR_PLAN_GOAL)} }}\\n` +
        `{{ range $i, $step := fromJson .${labelName(ATTR_PLAN_STEPS)} }}{{ $i }}. {{ $step }}\\n{{ end }}"`,
    ),
  ),
  bar: logql(
    'task.plan-bar',
    // Grouped inside the range: outside it, every record is a series of its own and the largest state would win, not the last.
    `last_over_time(${logs(CHOSEN_SERVICE, isEvent(EVENT_PLAN_STEP), isTask, STEP_STATE, 'unwrap plan_step_state')} [$__range]) ` +
      `by (${labels([ATTR_PLAN_REVISION, ATTR_PLAN_STEP_INDEX])})`,
  ),
  story: logql(
    'task.story',
    logs(
      CHOSEN_SERVICE,
      isTask,
      where(ATTR_EVENT_CATEGORY, '=~".+"'),
      `line_format "{{ .${EVENT_LABEL} }}  {{ __line__ }}"`,
    ),
  ),
} as const;
