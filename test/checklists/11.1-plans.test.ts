/*
 * HiveLoop manual, §11.1, read from what arrives over OTLP.
 *
 * | Box                            | Signal                        | Attribute and value                                         |
 * |--------------------------------|-------------------------------|-------------------------------------------------------------|
 * | a task creates a plan          | span event on the task's span | `hiveloop.plan.created`                                     |
 * | plan bar above the track       | the task's span               | `hiveloop.plan.bar` = `[■ Search CRM] …`                    |
 * | gray                           | the same                      | blank in the bar; no `hiveloop.plan.step` of that index     |
 * | blue                           | log event and bar             | `hiveloop.plan.step.action` = `started`, `▪`                |
 * | green                          | log event and bar             | `hiveloop.plan.step.action` = `completed`, `■`              |
 * | red                            | log event and bar             | `hiveloop.plan.step.action` = `failed`, severity ERROR, `✗` |
 * | `plan_created` in the stream   | log event, category `task`    | `hiveloop.plan.created`: body = goal, `hiveloop.plan.step.total` |
 * | `plan_step` in the stream      | log events, category `task`   | `hiveloop.plan.step`: `.index`, `.action`, body = summary   |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_PLAN_CREATED, EVENT_PLAN_STEP } from '../../src/semconv.ts';
import type { Arrived, ArrivedLog } from '../support/collector.ts';
import { runService } from '../support/service.ts';
import { activityStream, eventsNamed, spanEventsNamed, spanWith } from '../support/story.ts';

const ERROR = 17;
let run: Arrived;

beforeAll(async () => {
  run = await runService('plan-service');
});

function stepsOf(taskId: string): readonly (readonly unknown[])[] {
  return eventsNamed(run, EVENT_PLAN_STEP)
    .filter(({ attributes }) => attributes['hiveloop.task.id'] === taskId)
    .map(({ attributes }) => [attributes['hiveloop.plan.step.index'], attributes['hiveloop.plan.step.action']]);
}

function ofTask(taskId: string): (record: ArrivedLog) => boolean {
  return ({ attributes }) => attributes['hiveloop.task.id'] === taskId;
}

describe('manual §11.1, plans', () => {
  test('trigger a task that creates a plan', () => {
    const [created] = spanEventsNamed(spanWith(run, 'hiveloop.task.id', 'half-way'), EVENT_PLAN_CREATED);

    expect(created?.attributes).toEqual({
      'hiveloop.summary': 'Process and route incoming lead',
      'hiveloop.plan.goal': 'Process and route incoming lead',
      'hiveloop.plan.steps': ['Search CRM', 'Score lead', 'Generate email', 'Update CRM'],
      'hiveloop.plan.step.total': 4,
      'hiveloop.plan.revision': 0,
    });
  });

  test('timeline: the plan bar appears above the track', () => {
    const { attributes } = spanWith(run, 'hiveloop.task.id', 'half-way');

    expect(attributes['hiveloop.plan.bar']).toBe('[■ Search CRM] [■ Score lead] [▪ Generate email] [  Update CRM]');
    expect(attributes['hiveloop.plan.goal']).toBe('Process and route incoming lead');
    expect(attributes['hiveloop.plan.step.total']).toBe(4);
    expect(attributes['hiveloop.plan.steps.completed']).toBe(2);
  });

  test('timeline: steps go from gray to blue to green, or red', () => {
    expect(stepsOf('half-way')).toEqual([
      [0, 'started'],
      [0, 'completed'],
      [1, 'started'],
      [1, 'completed'],
      [2, 'started'],
    ]);
    expect(stepsOf('failing')).toEqual([
      [0, 'started'],
      [0, 'completed'],
      [1, 'started'],
      [1, 'failed'],
    ]);
  });

  test('activity stream: plan_created appears with goal and step count', () => {
    const [created] = activityStream(run, 'task').filter(({ eventName }) => eventName === EVENT_PLAN_CREATED);

    expect(created?.body).toBe('Process and route incoming lead');
    expect(created?.attributes['hiveloop.plan.step.total']).toBe(4);
  });

  test('activity stream: plan_step events appear as steps progress', () => {
    const steps = activityStream(run, 'task').filter(({ eventName }) => eventName === EVENT_PLAN_STEP);

    expect(steps.filter(ofTask('half-way')).map(({ body }) => body)).toEqual([
      'Searching CRM for lead #4801',
      'Found existing CRM record',
      'Scoring',
      'Score: 0.8',
      'Writing',
    ]);
    expect(steps[1]?.attributes).toMatchObject({ 'hiveloop.plan.step.turns': 2, 'hiveloop.plan.step.tokens': 3200 });
  });

  test('a step failure is a red segment in the plan bar', () => {
    const { attributes } = spanWith(run, 'hiveloop.task.id', 'failing');
    const [failed] = activityStream(run, 'error').filter(ofTask('failing'));

    expect(attributes['hiveloop.plan.bar']).toBe('[■ Search CRM] [✗ Send email] [  Update CRM]');
    expect(failed).toMatchObject({
      eventName: EVENT_PLAN_STEP,
      severityNumber: ERROR,
      body: 'Email API returned 403',
      attributes: { 'hiveloop.plan.step.index': 1, 'hiveloop.plan.step.action': 'failed' },
    });
  });

  test('§3.5: after replanning the bar is that of the latest plan, the earlier one stays in the events', () => {
    const task = spanWith(run, 'hiveloop.task.id', 'revised');
    const revisions = spanEventsNamed(task, EVENT_PLAN_CREATED).map(
      ({ attributes }) => attributes['hiveloop.plan.revision'],
    );

    expect(task.attributes['hiveloop.plan.bar']).toBe('[▪ Notify manager]');
    expect(task.attributes['hiveloop.plan.revision']).toBe(1);
    expect(revisions).toEqual([0, 1]);
  });
});
