import { metrics } from '@opentelemetry/api';
import { describe, expect, test, vi } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { Meters, textOf, openHost, type Host, type Point } from '../instrumentation/host.ts';

const labelled = (points: readonly Point[], label: string): unknown =>
  Object.fromEntries(points.map(({ attributes, value }) => [textOf(attributes[label]), value]));
const countOf = (point: Point | undefined): number => (point?.value as { count: number }).count;

test('counters are kept by agent and type', async () => {
  const host = openHost();
  for (const [agent, type, retries] of [
    ['a1', 'lead', 2],
    ['a1', 'mail', 1],
    ['a2', 'lead', 3],
  ] as const) {
    host.agent(agent, { type: 'sales' }).task('t', { type }, (task) => {
      for (let attempt = 1; attempt <= retries; attempt += 1) task.retry('again', { attempt });
    });
  }

  const points = await host.points(semconv.METRIC_RETRY_COUNT);
  expect(
    points.map(({ attributes, value }) => [
      attributes[semconv.ATTR_AGENT_ID],
      attributes[semconv.ATTR_TASK_TYPE],
      value,
    ]),
  ).toEqual([
    ['a1', 'lead', 2],
    ['a1', 'mail', 1],
    ['a2', 'lead', 3],
  ]);
});

test('durations of tasks and tools say the agent, the kind and the error', async () => {
  const host = openHost();
  const agent = host.agent('a1');
  agent.task('t1', { type: 'lead' }, () => agent.trackContext('search', () => undefined));
  expect(() =>
    agent.task('t2', { type: 'lead' }, () => {
      throw new TypeError('no');
    }),
  ).toThrow('no');

  const tasks = await host.points(semconv.METRIC_TASK_DURATION);
  const common = {
    [semconv.ATTR_AGENT_ID]: 'a1',
    [semconv.ATTR_GEN_AI_AGENT_NAME]: 'a1',
    [semconv.ATTR_TASK_TYPE]: 'lead',
    [semconv.ATTR_GEN_AI_OPERATION_NAME]: semconv.OPERATION_INVOKE_AGENT,
  };
  expect(tasks.map(({ attributes }) => attributes)).toEqual([
    common,
    { ...common, [semconv.ATTR_ERROR_TYPE]: 'TypeError' },
  ]);
  const [tool] = await host.points(semconv.METRIC_TOOL_DURATION);
  expect(countOf(tool)).toBe(1);
  expect(tool?.attributes[semconv.ATTR_GEN_AI_TOOL_NAME]).toBe('search');
});

test('a label keeps its first hundred values, and the model that invents tools fills one series more', async () => {
  const host = openHost();
  for (let index = 0; index < 150; index += 1) host.agent('a1').trackContext(`tool-${index}`, () => undefined);
  host.agent('a1').trackContext('tool-7', () => undefined);

  const points = await host.points(semconv.METRIC_TOOL_DURATION);
  const byTool = new Map(points.map((point) => [point.attributes[semconv.ATTR_GEN_AI_TOOL_NAME], countOf(point)]));
  expect(byTool.size).toBe(101);
  expect(byTool.get(semconv.LABEL_OVERFLOW)).toBe(50);
  expect(byTool.get('tool-7')).toBe(2);
});

test('the host sets how many values a label keeps; agent ids have ten times as many', async () => {
  const host = openHost({ init: { limits: { labelValues: 2 } } });
  for (let index = 0; index < 25; index += 1) {
    host.agent(`a${index}`).reportIssue({ summary: 's', severity: 'low', issueId: 'i', category: `c${index}` });
  }

  const points = await host.points(semconv.METRIC_ISSUE_REPORTS);
  const distinct = (label: string): number => new Set(points.map(({ attributes }) => attributes[label])).size;
  expect(distinct(semconv.ATTR_AGENT_ID)).toBe(21);
  expect(distinct(semconv.ATTR_ISSUE_CATEGORY)).toBe(3);
});

test('no metric has a task id, a run id, an issue id or free text as a label', async () => {
  const host = openHost();
  const agent = host.agent('a1');
  agent.task('task-id', { taskRunId: 'run-id' }, (task) => {
    task.plan('free text', ['free text']);
    task.planStep(0, 'completed', 'free text');
    task.retry('free text');
    task.escalate('free text');
    task.requestApproval('free text', { approvalId: 'approval-id' });
    task.approvalReceived('free text');
    task.trackContext('tool', () => undefined);
    task.llmCall('turn', { model: 'm', tokensIn: 1, cost: 1 });
  });
  agent.reportIssue({ summary: 'free text', severity: 'high', issueId: 'issue-id' });
  agent.queueSnapshot({ depth: 1, items: [{ id: 'item-id', summary: 'free text' }] });

  const definitions = Object.entries(semconv).flatMap(([key, value]) =>
    key.startsWith('METRIC_') ? [value as { name: string }] : [],
  );
  const points = (await Promise.all(definitions.map((definition) => host.points(definition)))).flat();
  expect(points.length).toBeGreaterThan(10);
  const labels = JSON.stringify(points.map(({ attributes }) => attributes));
  for (const word of ['task-id', 'run-id', 'issue-id', 'item-id', 'approval-id', 'free text'])
    expect(labels).not.toContain(word);
  for (const { attributes } of points) expect(attributes[semconv.ATTR_AGENT_ID]).toBe('a1');
});

describe('gauges', () => {
  test('show the running tasks of each agent', async () => {
    const host = openHost();
    const tasks = [
      host.agent('a1').startTask('t1'),
      host.agent('a1').startTask('t2'),
      host.agent('a2').startTask('t3'),
    ];
    expect(labelled(await host.points(semconv.METRIC_TASK_ACTIVE), semconv.ATTR_AGENT_ID)).toEqual({ a1: 2, a2: 1 });
    tasks[0]?.complete();
    expect(labelled(await host.points(semconv.METRIC_TASK_ACTIVE), semconv.ATTR_AGENT_ID)).toEqual({ a1: 1, a2: 1 });
  });

  test('of an agent say 0 when it stops: the SDK would repeat their last values for ever', async () => {
    vi.useFakeTimers();
    const host = openHost();
    const agent = host.agent('a1', { heartbeatIntervalSeconds: 1 });
    agent.queueSnapshot({ depth: 3, oldestAgeSeconds: 20 });
    await vi.advanceTimersByTimeAsync(1000);
    const gauges = [
      semconv.METRIC_TASK_ACTIVE,
      semconv.METRIC_QUEUE_DEPTH,
      semconv.METRIC_QUEUE_OLDEST_AGE,
      semconv.METRIC_STUCK_THRESHOLD,
      semconv.METRIC_APPROVAL_PENDING,
      semconv.METRIC_HEARTBEAT_TIME,
    ];
    const values = async (of: Host): Promise<readonly unknown[]> =>
      await Promise.all(gauges.map(async (gauge) => (await of.points(gauge))[0]?.value));
    expect(await values(host)).toEqual([0, 3, 20, 300, 0, expect.closeTo(Date.now() / 1000, -1)]);
    agent.stop();
    expect(await values(host)).toEqual([0, 0, 0, 300, 0, 0]);
  });
});

test('a new meter provider gets all instruments, with the counters as they stand', async () => {
  const host = openHost();
  const retry = (): void => host.agent('a1').task('t', (task) => task.retry('again'));
  retry();
  const next = new Meters();
  metrics.disable();
  metrics.setGlobalMeterProvider(next.provider);
  retry();

  expect((await next.points(semconv.METRIC_RETRY_COUNT))[0]?.value).toBe(2);
  expect(countOf((await next.points(semconv.METRIC_TASK_DURATION))[0])).toBe(1);
  expect((await next.points(semconv.METRIC_TASK_ACTIVE))[0]?.value).toBe(0);
});

test('metrics begin when the host registers its provider, after HiveLoop was used', async () => {
  const host = openHost({ signals: [] });
  host.agent('a1').task('t', (task) => task.retry('before'));
  metrics.setGlobalMeterProvider(host.meters.provider);
  host.agent('a1').task('t', (task) => task.retry('after'));

  expect((await host.points(semconv.METRIC_RETRY_COUNT))[0]?.value).toBe(1);
});
