/**
 * Each defect of the original HiveLoop SDK that its study lists, with what is right here.
 * Defects of its server (state from the last event, stuck thresholds, late events, issue rules, plans mixed by revision,
 * pruning) are answered by the translator's lifecycle and fleet state; those of its storage, dashboard and security by the
 * stock backends, which take their place.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, test, vi } from 'vitest';
import { init, toolPayload, type Task } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openHost, textOf } from './host.ts';

const SPAN = 'invoke_agent a1';

describe('agents', () => {
  test('asked for again, an agent keeps the options that are left out', () => {
    const host = openHost();
    const first = host.hive.agent('a1', { type: 'sales', version: '2', framework: 'own', heartbeatIntervalSeconds: 0 });
    const again = host.hive.agent('a1', { version: '3' });
    again.task('t1', () => undefined);

    expect(again).toBe(first);
    expect(host.span(SPAN).attributes).toMatchObject({
      [semconv.ATTR_AGENT_TYPE]: 'sales',
      [semconv.ATTR_AGENT_VERSION]: '3',
      [semconv.ATTR_AGENT_FRAMEWORK]: 'own',
    });
  });

  test('asked for again, an agent keeps its queue provider, and takes a new interval and threshold', async () => {
    vi.useFakeTimers();
    const host = openHost();
    host.hive.agent('a1', { heartbeatIntervalSeconds: 60, queueProvider: () => ({ depth: 4 }) });
    host.hive.agent('a1', { heartbeatIntervalSeconds: 10, stuckThresholdSeconds: 17 });
    await vi.advanceTimersByTimeAsync(10_000);

    expect(host.log(semconv.EVENT_AGENT_HEARTBEAT).attributes[semconv.ATTR_AGENT_STUCK_THRESHOLD]).toBe(17);
    expect(host.log(semconv.EVENT_QUEUE_SNAPSHOT).attributes[semconv.ATTR_QUEUE_DEPTH]).toBe(4);
  });

  test('an id that is too long is cut, not refused', () => {
    const host = openHost();
    host.agent('a'.repeat(300)).event('custom');
    expect(textOf(host.log('custom').attributes[semconv.ATTR_AGENT_ID])).toHaveLength(256);
  });
});

describe('the current task and action', () => {
  test('are right for tasks that overlap on one thread', async () => {
    const host = openHost();
    const agent = host.agent('a1');
    await Promise.all(
      ['t1', 't2', 't3'].map((id, index) =>
        agent.task(id, async () => {
          await delay(3 - index);
          agent.trackContext(`tool of ${id}`, () => undefined);
        }),
      ),
    );

    const traces = new Map(
      host.spans.filter(({ name }) => name === SPAN).map((span) => [span.attributes[semconv.ATTR_TASK_ID], span]),
    );
    for (const id of ['t1', 't2', 't3']) {
      expect(host.span(`execute_tool tool of ${id}`).parentSpanContext?.spanId).toBe(
        traces.get(id)?.spanContext().spanId,
      );
    }
  });

  test('are the outer ones again when an inner task ends', () => {
    const host = openHost();
    const agent = host.agent('a1');
    agent.task('outer', () => {
      agent.task('inner', () => undefined);
      expect(host.module.currentTask().id).toBe('outer');
      agent.trackContext('after', () => undefined);
    });
    const outer = host.spans.find(({ attributes }) => attributes[semconv.ATTR_TASK_ID] === 'outer');
    expect(host.span('execute_tool after').parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  test('do not stay current when a task is ended elsewhere', async () => {
    const host = openHost();
    const agent = host.agent('a1');
    const task = agent.startTask('t1');
    await delay(0).then(() => task.complete());

    expect(host.module.currentTask().isRecording).toBe(false);
    agent.trackContext('later', () => undefined);
    expect(host.span('execute_tool later').parentSpanContext).toBeUndefined();
  });

  test('of another agent are not mixed up: an action below says its own agent', () => {
    const host = openHost();
    host.agent('a1').task('t1', () => host.agent('a2').trackContext('tool', () => undefined));
    expect(host.span('execute_tool tool').attributes[semconv.ATTR_AGENT_ID]).toBe('a2');
  });

  test('need no variables of the caller: they are found anywhere below', async () => {
    const host = openHost();
    const deepDown = async (): Promise<void> => {
      await delay(0);
      host.module.currentTask().retry('again');
    };
    await host.agent('a1').task('t1', deepDown);
    expect(host.log(semconv.EVENT_RETRY).attributes[semconv.ATTR_TASK_ID]).toBe('t1');
  });
});

describe('tracked functions', () => {
  test('that are cancelled end as failed', async () => {
    const host = openHost();
    const controller = new AbortController();
    const search = host.agent('a1').track('search', (signal: AbortSignal) => delay(60_000, undefined, { signal }));
    const running = search(controller.signal);
    controller.abort();

    await expect(running).rejects.toThrow('aborted');
    expect(host.span('search').status.code).toBe(SpanStatusCode.ERROR);
  });

  test('that are generators last as long as they are consumed', () => {
    const host = openHost();
    const numbers = host.agent('a1').track('numbers', function* () {
      yield 1;
      yield 2;
    })();
    numbers.next();
    expect(host.spans).toEqual([]);
    expect([...numbers]).toEqual([2]);
    expect(host.spans).toHaveLength(1);
  });

  test('that fail keep the payload that was set before', () => {
    const host = openHost();
    expect(() =>
      host.agent('a1').trackContext('tool', (action) => {
        action.setPayload({ query: 'x' });
        throw new Error('403');
      }),
    ).toThrow('403');
    expect(host.log(semconv.EVENT_ACTION_FAILED).attributes[`${semconv.ATTR_PAYLOAD_PREFIX}query`]).toBe('x');
  });

  test('get their task when they start, also when it has ended by the time they end', () => {
    const host = openHost();
    const task = host.agent('a1').startTask('t1');
    const action = task.startAction('tool');
    task.complete();
    action.complete();
    expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes[semconv.ATTR_TASK_ID]).toBe('t1');
  });
});

describe('the error contract: no call needs a try around it', () => {
  const calls: Readonly<Record<string, (task: Task) => void>> = {
    'plan(goal, None)': (task) => task.plan('goal', null as never),
    'plan with an iterator': (task) => task.plan('goal', ['a'][Symbol.iterator]() as never),
    'scheduled([1])': (task) => task.agent.scheduled([1] as never),
    'scheduled with mixed times': (task) => task.agent.scheduled([{ nextRun: 5 as never }, { nextRun: new Date(0) }]),
    'setPayload(no object)': (task) => task.setPayload('text' as never),
    'escalate without a summary': (task) => task.escalate(undefined as never, { reason: 'only a reason' }),
    'an agent id that is no string': () =>
      init()
        .agent(12 as never, { heartbeatIntervalSeconds: 0 })
        .event('x'),
    'a step without a plan': (task) => task.planStep(3, 'completed'),
  };
  test.each(Object.entries(calls))('%s', (_name, call) => {
    const host = openHost();
    expect(host.agent('a1').task('t1', (task) => (call(task), 'value'))).toBe('value');
    expect(host.span(SPAN).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('a plan without steps is told all the same', () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => task.plan('goal', null as never));
    expect(host.log(semconv.EVENT_PLAN_CREATED).body).toBe('goal');
  });

  test('init takes anything, and needs no key', () => {
    openHost();
    for (const options of [null, 5, 'hb_key', []]) expect(init(options as never)).toBe(init());
  });
});

describe('what is lost', () => {
  test('one bad value costs itself and not its event, nor the others', () => {
    const host = openHost();
    const agent = host.agent('a1');
    agent.event('custom', {
      good: 1,
      bad: {
        toJSON: () => {
          throw new Error('no');
        },
      },
      fn: () => 1,
      big: 1n,
    });
    agent.event('custom', { good: 2 });

    const goods = host.logsOf('custom').map(({ attributes }) => attributes[`${semconv.ATTR_PAYLOAD_PREFIX}good`]);
    expect(goods).toEqual([1, 2]);
  });

  test('what the caller changes after a call is not sent', () => {
    const host = openHost();
    const payload = { items: [1] };
    host.agent('a1').trackContext('tool', (action) => {
      action.setPayload(payload);
      host.agent('a1').event('custom', payload);
      payload.items.push(2);
    });

    const key = `${semconv.ATTR_PAYLOAD_PREFIX}items`;
    expect(host.log('custom').attributes[key]).toBe('[1]');
    expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes[key]).toBe('[1]');
  });

  test("the caller's objects are never changed", () => {
    const host = openHost();
    const options = Object.freeze({ summary: 'x'.repeat(2000), severity: 'low', context: Object.freeze({ a: 1 }) });
    const payload = Object.freeze({ summary: 'x'.repeat(2000) });
    const snapshot = Object.freeze({ depth: 1, items: Object.freeze([Object.freeze({ summary: 'x'.repeat(500) })]) });
    const agent = host.agent('a1');
    agent.reportIssue(options);
    agent.event('custom', payload);
    agent.queueSnapshot(snapshot);
    agent.task('t1', Object.freeze({ project: 'p' }), (task) => task.plan('g', Object.freeze(['a'])));

    expect(payload.summary).toHaveLength(2000);
    expect(textOf(host.log('custom').body)).toHaveLength(512);
    expect(host.logsOf(semconv.EVENT_QUEUE_SNAPSHOT)).toHaveLength(1);
  });

  test('after shutdown HiveLoop works on', async () => {
    const host = openHost();
    host.agent('a1');
    await host.hive.shutdown();
    const again = init();
    again.agent('a1', { heartbeatIntervalSeconds: 0 }).task('t1', () => undefined);

    expect(again).toBe(host.hive);
    expect(host.span(SPAN).attributes[semconv.ATTR_TASK_STATUS]).toBe('success');
  });

  test('flush comes back when the data is out', async () => {
    const host = openHost();
    const flushed: string[] = [];
    const after = async (name: string): Promise<void> => {
      await delay(5);
      flushed.push(name);
    };
    init({
      tracerProvider: Object.assign(host.tracerProvider, { forceFlush: () => after('spans') }),
      loggerProvider: Object.assign(host.loggerProvider, { forceFlush: () => after('logs') }),
      meterProvider: Object.assign(host.meters.provider, { forceFlush: () => after('metrics') }),
    });
    await host.hive.flush();
    expect(flushed.sort()).toEqual(['logs', 'metrics', 'spans']);
  });

  test('shutdown comes back by its deadline', async () => {
    const host = openHost();
    init({ tracerProvider: Object.assign(host.tracerProvider, { forceFlush: () => new Promise(() => undefined) }) });
    await host.hive.shutdown({ timeoutMillis: 5 });
  });

  test('an agent-level event says the span that it was called in', () => {
    const host = openHost();
    const agent = host.agent('a1');
    agent.task('t1', () =>
      agent.trackContext('tool', () => {
        agent.reportIssue({ summary: 's', severity: 'low', issueId: 'i' });
        agent.llmCall('turn', { model: 'm' });
        host.module.currentTask().retry('again');
      }),
    );
    const { spanId } = host.span('execute_tool tool').spanContext();
    expect(host.log(semconv.EVENT_ISSUE_REPORTED).spanContext?.spanId).toBe(spanId);
    expect(host.log(semconv.EVENT_RETRY).spanContext?.spanId).toBe(spanId);
    expect(host.span('chat m').parentSpanContext?.spanId).toBe(spanId);
  });
});

describe('what is told', () => {
  test('a failed step, an issue and a queue snapshot have severities of their own, not info', () => {
    const host = openHost();
    const agent = host.agent('a1');
    agent.task('t1', (task) => {
      task.plan('g', ['a']);
      task.planStep(0, 'failed');
    });
    agent.reportIssue({ summary: 's', severity: 'critical', issueId: 'i' });
    agent.queueSnapshot({ depth: 1 });
    agent.todo('1', 'failed', 'todo');

    const severity = (name: string): unknown => host.log(name).severityText;
    expect(severity(semconv.EVENT_PLAN_STEP)).toBe('ERROR');
    expect(severity(semconv.EVENT_ISSUE_REPORTED)).toBe('FATAL');
    expect(severity(semconv.EVENT_QUEUE_SNAPSHOT)).toBe('DEBUG');
    expect(severity(semconv.EVENT_TODO)).toBe('WARN');
  });

  test('a resolve answers the report by its handle, also without an id and whatever its own words', () => {
    const host = openHost();
    host.agent('a1').reportIssue({ summary: 'CRM is down', severity: 'high' }).resolve('recovered');
    expect(host.log(semconv.EVENT_ISSUE_RESOLVED).attributes[semconv.ATTR_ISSUE_SUMMARY]).toBe('CRM is down');
  });

  test('the step with index 0 is a step', () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => {
      task.plan('g', ['a']);
      task.planStep(0, 'completed');
    });
    expect(host.log(semconv.EVENT_PLAN_STEP).attributes[semconv.ATTR_PLAN_STEP_INDEX]).toBe(0);
  });

  test('an escalation is in the human category', () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => task.escalate('help'));
    expect(host.log(semconv.EVENT_ESCALATION).attributes[semconv.ATTR_EVENT_CATEGORY]).toBe('human');
  });

  test('a task left open is abandoned at shutdown, not running for ever', async () => {
    const host = openHost();
    host.agent('a1').startTask('t1');
    await host.hive.shutdown();
    expect(host.span(SPAN).attributes[semconv.ATTR_TASK_STATUS]).toBe('abandoned');
  });

  test('two runs of one task have run ids of their own', () => {
    const host = openHost();
    for (let run = 0; run < 2; run += 1) host.agent('a1').task('t1', () => undefined);
    expect(new Set(host.spans.map(({ attributes }) => attributes[semconv.ATTR_TASK_RUN_ID])).size).toBe(2);
  });

  test('a beat tells which tasks run and how they get on, so that a hung agent shows', async () => {
    vi.useFakeTimers();
    const host = openHost();
    const task = host.agent('a1', { heartbeatIntervalSeconds: 10 }).startTask('t1', { taskRunId: 'r1' });
    await vi.advanceTimersByTimeAsync(10_000);

    const tasks = host.log(semconv.EVENT_AGENT_HEARTBEAT).attributes[semconv.ATTR_AGENT_TASKS];
    expect(JSON.parse(textOf(tasks))).toEqual([
      { id: 't1', run_id: 'r1', started_at: expect.any(String) as string, progress_at: expect.any(String) as string },
    ]);
    task.complete();
  });

  test('arguments of a tool are bounded with the rest of its payload', () => {
    const payload = toolPayload({ args: { text: 'x'.repeat(1000), list: ['y'.repeat(100_000)] } });
    const host = openHost();
    host.agent('a1').trackContext('tool', (action) => action.setPayload(payload));
    const args = textOf(host.span('execute_tool tool').attributes[`${semconv.ATTR_PAYLOAD_PREFIX}args`]);
    expect(args.length).toBeLessThanOrEqual(32_768);
  });
});
