import { context } from '@opentelemetry/api';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Payload, QueueSnapshot } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost, textOf, deferred } from './host.ts';

beforeEach(() => void vi.useFakeTimers());

const beats = async (seconds: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
};

test('an agent beats every 30 s, first after one interval', async () => {
  const host = openHost();
  host.hive.agent('a1');
  await beats(29);
  expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toHaveLength(0);
  await beats(31);

  const [beat] = host.logsOf(semconv.EVENT_AGENT_HEARTBEAT);
  expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toHaveLength(2);
  expect(beat).toMatchObject({ severityText: 'DEBUG' });
  expect(beat?.attributes).toMatchObject({
    [semconv.ATTR_AGENT_STUCK_THRESHOLD]: 300,
    [semconv.ATTR_AGENT_TASKS_RUNNING]: 0,
    [semconv.ATTR_AGENT_APPROVALS_PENDING]: 0,
  });
});

test.each([0, -1])('an interval of %s means no beat', async (heartbeatIntervalSeconds) => {
  const host = openHost();
  host.hive.agent('a1', { heartbeatIntervalSeconds });
  await beats(120);
  expect(host.logs).toEqual([]);
});

test('a beat lists at most 50 tasks, and says how many there are', async () => {
  const host = openHost();
  const agent = host.agent('a1', { heartbeatIntervalSeconds: 1 });
  for (let index = 0; index < 60; index += 1) agent.startTask(`t${index}`).requestApproval('may I');
  await beats(1);

  const { attributes } = host.log(semconv.EVENT_AGENT_HEARTBEAT);
  expect(attributes[semconv.ATTR_AGENT_TASKS_RUNNING]).toBe(60);
  expect(attributes[semconv.ATTR_AGENT_APPROVALS_PENDING]).toBe(60);
  expect(JSON.parse(textOf(attributes[semconv.ATTR_AGENT_TASKS]))).toHaveLength(50);
});

test('a beat belongs to no span, wherever the agent was made', async () => {
  const host = openHost();
  host.tracerProvider.getTracer('host').startActiveSpan('request', (span) => {
    host.agent('a1', { heartbeatIntervalSeconds: 1 });
    span.end();
  });
  await beats(1);
  expect(host.log(semconv.EVENT_AGENT_HEARTBEAT).spanContext).toBeUndefined();
  expect(context.active().getValue(Symbol.for('none'))).toBeUndefined();
});

describe('the payload of a beat', () => {
  test.each<readonly [string, () => Payload | Promise<Payload>]>([
    ['given at once', () => ({ mood: 'good' })],
    ['promised', () => Promise.resolve({ mood: 'good' })],
  ])('%s goes with it', async (_how, heartbeatPayload) => {
    const host = openHost();
    host.agent('a1', { heartbeatIntervalSeconds: 1, heartbeatPayload });
    await beats(1);
    expect(host.log(semconv.EVENT_AGENT_HEARTBEAT).attributes[`${semconv.ATTR_PAYLOAD_PREFIX}mood`]).toBe('good');
  });

  test.each<readonly [string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no')) as never],
    ['is no object', () => 5 as never],
  ])('that %s costs the payload, not the beat', async (_how, heartbeatPayload) => {
    const host = await openFreshHost();
    host.agent('a1', { heartbeatIntervalSeconds: 1, heartbeatPayload });
    await beats(3);
    expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toHaveLength(3);
    expect(host.said('heartbeatPayload').length).toBeLessThanOrEqual(1);
  });

  test('that hangs is given 5 s and asked once, and the beats go on', async () => {
    const host = await openFreshHost();
    const heartbeatPayload = vi.fn(() => new Promise<Payload>(() => undefined));
    host.agent('a1', { heartbeatIntervalSeconds: 2, heartbeatPayload });
    await beats(20);

    expect(heartbeatPayload).toHaveBeenCalledTimes(1);
    expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT).length).toBeGreaterThanOrEqual(9);
    expect(host.said('did not answer within 5 s')).toHaveLength(1);
  });
});

describe('the queue provider', () => {
  test('is asked after each beat', async () => {
    const host = openHost();
    let depth = 4;
    host.agent('a1', { heartbeatIntervalSeconds: 1, queueProvider: () => ({ depth: depth++ }) });
    await beats(2);

    const depths = host
      .logsOf(semconv.EVENT_QUEUE_SNAPSHOT)
      .map((record) => record.attributes[semconv.ATTR_QUEUE_DEPTH]);
    expect(depths).toEqual([4, 5]);
    expect(host.logs.map(({ eventName }) => eventName).slice(0, 2)).toEqual([
      semconv.EVENT_AGENT_HEARTBEAT,
      semconv.EVENT_QUEUE_SNAPSHOT,
    ]);
  });

  test.each([undefined, null])('that knows nothing (%s) makes up no snapshot', async (nothing) => {
    const host = openHost();
    const answers: (QueueSnapshot | undefined)[] = [{ depth: 4 }, nothing as undefined];
    host.agent('a1', { heartbeatIntervalSeconds: 1, queueProvider: () => answers.shift() });
    await beats(1);
    await beats(1);
    expect(await host.points(semconv.METRIC_QUEUE_DEPTH)).toEqual([]);
    expect(host.logsOf(semconv.EVENT_QUEUE_SNAPSHOT)).toHaveLength(1);
  });

  test('that throws or rejects leaves the beats alone', async () => {
    const host = openHost();
    host.agent('a1', {
      heartbeatIntervalSeconds: 1,
      queueProvider: () => {
        throw new Error('no');
      },
    });
    host.agent('a2', { heartbeatIntervalSeconds: 1, queueProvider: () => Promise.reject(new Error('no')) });
    await beats(2);
    expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toHaveLength(4);
  });

  test('makes a trace of its own, with traces only, when the queue changed, at most every 5 min', async () => {
    const host = openHost({ signals: ['traces'] });
    let depth = 1;
    host.agent('a1', { heartbeatIntervalSeconds: 30, queueProvider: () => ({ depth }) });
    await beats(300);
    expect(host.spans).toHaveLength(1);
    depth = 2;
    await beats(60);
    expect(host.spans.map(({ attributes }) => attributes[semconv.ATTR_QUEUE_DEPTH])).toEqual([1, 2]);
    depth = 3;
    await beats(60);
    expect(host.spans).toHaveLength(2);
    await beats(600);
    expect(host.spans).toHaveLength(3);
  });
});

describe('an agent that stops', () => {
  test('says so once, with the work that still runs, and beats no more', async () => {
    const host = openHost();
    const agent = host.agent('a1', { heartbeatIntervalSeconds: 1 });
    const task = agent.startTask('t1');
    agent.stop();
    agent.stop();
    agent[Symbol.dispose]();
    await beats(10);

    expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toEqual([]);
    const { attributes, body } = host.log(semconv.EVENT_AGENT_STOPPED);
    expect(body).toBe('Stopped, 1 still running');
    expect(attributes[semconv.ATTR_AGENT_TASKS_RUNNING]).toBe(1);
    expect((await host.points(semconv.METRIC_TASK_ACTIVE))[0]?.value).toBe(1);
    task.complete();
    expect(host.span('invoke_agent a1').attributes[semconv.ATTR_TASK_STATUS]).toBe('success');
    expect((await host.points(semconv.METRIC_TASK_ACTIVE))[0]?.value).toBe(0);
  });

  test('lives again when it is asked for again', async () => {
    const host = openHost();
    host.agent('a1', { heartbeatIntervalSeconds: 1 }).stop();
    host.hive.agent('a1');
    await beats(1);
    expect(host.logsOf(semconv.EVENT_AGENT_HEARTBEAT)).toHaveLength(1);
    expect((await host.points(semconv.METRIC_HEARTBEAT_TIME))[0]?.value).toBeGreaterThan(0);
  });

  test('does not come to life by an answer that was on its way', async () => {
    const host = openHost();
    const answer = deferred<Payload>();
    const queue = deferred<QueueSnapshot>();
    const agent = host.agent('a1', {
      heartbeatIntervalSeconds: 1,
      heartbeatPayload: () => answer.promise,
      queueProvider: () => queue.promise,
    });
    await beats(1);
    agent.stop();
    answer.resolve({ late: true });
    queue.resolve({ depth: 9 });
    await beats(1);

    expect(host.logs.map(({ eventName }) => eventName)).toEqual([semconv.EVENT_AGENT_STOPPED]);
  });
});
