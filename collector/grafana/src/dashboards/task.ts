import {
  VisibilityMode,
  VizLegendOptionsBuilder,
  LegendDisplayMode,
  LegendPlacement,
} from '@grafana/grafana-foundation-sdk/common';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import {
  ATTR_AGENT_ID,
  ATTR_SERVICE_NAME,
  ATTR_TASK_ID,
  ATTR_TASK_STATUS,
  ATTR_TASK_TYPE,
} from '../../../../src/semconv.ts';
import { TRACE_LABEL } from '../names/logql.ts';
import { STEP_STATES, TASK } from '../queries/task.ts';
import { dashboard, lokiChoice, textBox, type DashboardFile } from './dashboard.ts';
import { JAEGER_UI, TO_JAEGER, TO_TASK, TO_TRACE_OF_TASK } from './links.ts';
import { anyPanel, logLines, type Row, row } from './panels.ts';
import { table } from './table.ts';
import { JAEGER, lines, LOKI, over, rows, trace, traces } from './targets.ts';

export function taskDashboard(): DashboardFile {
  return dashboard({
    uid: 'hiveloop-task',
    title: 'HiveLoop: Task',
    description: 'One task: its plan, its trace and its story. Choose it in the first table, or write its id.',
    from: '3h',
    variables: [
      lokiChoice('service', 'Service', ATTR_SERVICE_NAME),
      textBox('task', 'Task'),
      textBox('trace', 'Trace'),
      textBox('jaeger', 'Jaeger', JAEGER_UI),
    ],
    rows: [tasks(), plan(), traceRow(), story()],
  });
}

function tasks(): Row {
  return row('Tasks', [
    table({
      title: 'Tasks that ended, longest first',
      description:
        'The 50 longest of the service within the time shown. A click on the task fills the page, on the trace also its trace.',
      width: 24,
      height: 8,
      worstFirst: 'Duration',
      source: LOKI,
      labels: [
        { attribute: ATTR_TASK_ID, title: 'Task', links: [{ title: 'Show the task', url: TO_TASK }] },
        { attribute: ATTR_AGENT_ID, title: 'Agent' },
        { attribute: ATTR_TASK_TYPE, title: 'Type' },
        { attribute: ATTR_TASK_STATUS, title: 'Status' },
        {
          attribute: TRACE_LABEL,
          title: 'Trace',
          links: [
            { title: 'Show task and trace', url: TO_TRACE_OF_TASK },
            { title: 'Open in Jaeger', url: TO_JAEGER, isElsewhere: true },
          ],
        },
      ],
      values: [{ title: 'Duration', target: rows(TASK.recent), unit: 's', width: 120 }],
    }),
  ]);
}

function plan(): Row {
  return row('Plan', [
    logLines({
      title: 'Plan',
      description: 'Goal and steps of each revision, newest first. A step that has no bar beside it has not started.',
      width: 8,
      height: 9,
      target: lines(TASK.plan, 10),
    }),
    new StateTimelineBuilder()
      .title('Plan bar')
      .description(
        'A row for each step that has begun, by its number from 0: blue in progress, green completed, red failed, light skipped. Not begun is grey: no bar yet. Steps of an older revision keep their rows.',
      )
      .datasource(LOKI)
      .height(9)
      .span(16)
      .unit('none')
      .mergeValues(true)
      .showValue(VisibilityMode.Auto)
      .rowHeight(0.8)
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs([]),
      )
      .mappings([
        {
          type: MappingType.ValueToText,
          options: Object.fromEntries(
            STEP_STATES.map(({ value, text, color }, index) => [String(value), { text, color, index }]),
          ),
        },
      ])
      .withTarget(over(TASK.bar, 'step {{hiveloop_plan_step_index}}, revision {{hiveloop_plan_revision}}')),
  ]);
}

function traceRow(): Row {
  return row('Trace', [
    anyPanel('traces', {
      title: 'Trace',
      description:
        'The trace chosen above: tools and model calls as spans, the narrative events as ticks on the task’s span.',
      width: 24,
      height: 14,
    })
      .datasource(JAEGER)
      .withTarget(trace('$trace')),
    anyPanel('table', {
      title: 'Traces of the task',
      description: 'All runs of this task id that Jaeger knows within the time shown.',
      width: 24,
      height: 6,
    })
      .datasource(JAEGER)
      .withTarget(traces('$service', `${ATTR_TASK_ID}="$task"`)),
  ]);
}

function story(): Row {
  return row('Story', [
    logLines({
      title: 'Story',
      description: 'Every event of the task in the order in which it happened.',
      width: 24,
      height: 12,
      order: 'oldest',
      target: lines(TASK.story),
    }),
  ]);
}
