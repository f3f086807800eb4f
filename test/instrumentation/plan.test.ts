import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host } from './host.ts';

const SPAN = 'invoke_agent lead-qualifier';
const barOf = (host: Host): unknown => host.span(SPAN).attributes[semconv.ATTR_PLAN_BAR];

test('a plan is told with its goal, its steps and its revision', () => {
  const host = openHost();
  host.agent().task('t1', (task) => task.plan('Qualify lead', ['Search', 'Score'], { revision: 2 }));

  const told = {
    [semconv.ATTR_PLAN_GOAL]: 'Qualify lead',
    [semconv.ATTR_PLAN_STEPS]: ['Search', 'Score'],
    [semconv.ATTR_PLAN_STEP_TOTAL]: 2,
    [semconv.ATTR_PLAN_REVISION]: 2,
  };
  expect(host.log(semconv.EVENT_PLAN_CREATED)).toMatchObject({ body: 'Qualify lead', severityText: 'INFO' });
  expect(host.log(semconv.EVENT_PLAN_CREATED).attributes).toMatchObject(told);
  expect(host.spanEvents(semconv.EVENT_PLAN_CREATED)[0]?.attributes).toMatchObject(told);
});

test('a step remembers how many there are and which revision it belongs to', async () => {
  const host = openHost();
  host.agent('lead-qualifier', { type: 'sales' }).task('t1', { type: 'lead' }, (task) => {
    task.plan('goal', ['Search', 'Score', 'Route'], { revision: 1 });
    task.planStep(1, 'failed', 'No score', { turns: 2, tokens: 3200 });
  });

  const step = host.log(semconv.EVENT_PLAN_STEP);
  expect(step).toMatchObject({ body: 'No score', severityText: 'ERROR' });
  expect(step.attributes).toMatchObject({
    [semconv.ATTR_PLAN_STEP_INDEX]: 1,
    [semconv.ATTR_PLAN_STEP_ACTION]: 'failed',
    [semconv.ATTR_PLAN_STEP_TOTAL]: 3,
    [semconv.ATTR_PLAN_REVISION]: 1,
    [semconv.ATTR_PLAN_STEP_TURNS]: 2,
    [semconv.ATTR_PLAN_STEP_TOKENS]: 3200,
  });
  expect(await host.points(semconv.METRIC_PLAN_STEPS)).toEqual([
    {
      value: 1,
      attributes: {
        [semconv.ATTR_AGENT_ID]: 'lead-qualifier',
        [semconv.ATTR_AGENT_TYPE]: 'sales',
        [semconv.ATTR_TASK_TYPE]: 'lead',
        [semconv.ATTR_OUTCOME]: 'failed',
      },
    },
  ]);
});

test('a step without words of its own is told by its name in the plan', () => {
  const host = openHost();
  host.agent().task('t1', (task) => {
    task.plan('goal', ['Search', 'Score']);
    task.planStep(1, 'started');
  });
  expect(host.log(semconv.EVENT_PLAN_STEP).body).toBe('Score');
});

test('a new plan starts a new bar; a step of the old revision is told and leaves it alone', () => {
  const host = openHost();
  host.agent().task('t1', (task) => {
    task.plan('goal', ['Search', 'Score']);
    task.planStep(0, 'completed');
    task.plan('goal', ['Ask', 'Wait', 'Route'], { revision: 1 });
    task.planStep(1, 'failed', 'of the old plan', { planRevision: 0 });
    task.planStep(0, 'completed');
  });

  expect(barOf(host)).toBe('[■ Ask] [  Wait] [  Route]');
  expect(host.logsOf(semconv.EVENT_PLAN_STEP)).toHaveLength(3);
});

test('the bar shows what became of a step last', () => {
  const host = openHost();
  host.agent().task('t1', (task) => {
    task.plan('goal', ['a', 'b']);
    for (const action of ['started', 'failed', 'started', 'completed']) task.planStep(0, action);
    task.planStep(1, 'reconsidered');
  });
  expect(barOf(host)).toBe('[■ a] [▪ b]');
});

test('the bar shows 20 steps, and how many more there are', () => {
  const host = openHost();
  const steps = Array.from({ length: 25 }, (_, index) => `s${index}`);
  host.agent().task('t1', (task) => task.plan('goal', steps));

  expect(barOf(host)).toBe(
    `${steps
      .slice(0, 20)
      .map((step) => `[  ${step}]`)
      .join(' ')} +5`,
  );
  expect(host.span(SPAN).attributes[semconv.ATTR_PLAN_STEP_TOTAL]).toBe(25);
});

test('a plan of a hundred long steps fits into one record', () => {
  const host = openHost();
  host.agent().task('t1', (task) =>
    task.plan(
      'goal',
      Array.from({ length: 100 }, () => 'long '.repeat(200)),
    ),
  );

  const steps = host.log(semconv.EVENT_PLAN_CREATED).attributes[semconv.ATTR_PLAN_STEPS] as string[];
  expect(steps).toHaveLength(100);
  expect(steps.join('').length).toBeLessThanOrEqual(32_768);
});

test('steps that cannot be read leave the others in their places', () => {
  const host = openHost();
  const steps = ['one', 'two', 'three'];
  Object.defineProperty(steps, 1, {
    get: () => {
      throw new Error('getter');
    },
  });
  host.agent().task('t1', (task) => {
    task.plan('goal', steps);
    task.planStep(2, 'completed');
  });
  expect(barOf(host)).toBe('[  one] [  ] [■ three]');
});
