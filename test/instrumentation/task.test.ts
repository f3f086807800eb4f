import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost } from './host.ts';

const SPAN = 'invoke_agent lead-qualifier';

test('a task is a root span that says whose it is, and a log record at its start and its end', () => {
  const host = openHost();
  const agent = host.agent('lead-qualifier', { type: 'sales', version: '2.1', framework: 'own' });
  const options = { project: 'p1', type: 'lead', taskRunId: 'r1', correlationId: 'c1', conversationId: 'v1' };

  agent.task('lead-1', options, () => {
    expect(host.log(semconv.EVENT_TASK_STARTED).body).toBe('lead-1 started');
  });

  const span = host.span(SPAN);
  const identity = {
    [semconv.ATTR_AGENT_ID]: 'lead-qualifier',
    [semconv.ATTR_AGENT_TYPE]: 'sales',
    [semconv.ATTR_TASK_ID]: 'lead-1',
    [semconv.ATTR_TASK_RUN_ID]: 'r1',
    [semconv.ATTR_TASK_TYPE]: 'lead',
    [semconv.ATTR_PROJECT_ID]: 'p1',
    [semconv.ATTR_CORRELATION_ID]: 'c1',
  };
  expect(span.kind).toBe(SpanKind.INTERNAL);
  expect(span.parentSpanContext).toBeUndefined();
  expect(span.attributes).toEqual({
    ...identity,
    [semconv.ATTR_GEN_AI_OPERATION_NAME]: semconv.OPERATION_INVOKE_AGENT,
    [semconv.ATTR_GEN_AI_AGENT_NAME]: 'lead-qualifier',
    [semconv.ATTR_GEN_AI_CONVERSATION_ID]: 'v1',
    [semconv.ATTR_AGENT_VERSION]: '2.1',
    [semconv.ATTR_AGENT_FRAMEWORK]: 'own',
    [semconv.ATTR_TASK_STATUS]: 'success',
  });
  for (const name of [semconv.EVENT_TASK_STARTED, semconv.EVENT_TASK_COMPLETED]) {
    expect(host.log(name).attributes).toMatchObject(identity);
    expect(host.log(name).spanContext?.spanId).toBe(span.spanContext().spanId);
  }
  expect(host.log(semconv.EVENT_TASK_STARTED).hrTime).toEqual(span.startTime);
  expect(host.log(semconv.EVENT_TASK_COMPLETED).hrTime).toEqual(span.endTime);
});

test('a task run without an id of its run gets one, and another each time', () => {
  const host = openHost();
  host.agent().task('t1', () => undefined);
  host.agent().task('t1', () => undefined);

  const ids = host.spans.map(({ attributes }) => attributes[semconv.ATTR_TASK_RUN_ID]);
  expect(new Set(ids).size).toBe(2);
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
});

describe('a task below an active span', () => {
  const runBelow = (host: ReturnType<typeof openHost>): string => {
    const outer = host.tracerProvider.getTracer('host').startSpan('request');
    trace.getTracerProvider();
    host.tracerProvider.getTracer('host').startActiveSpan('handler', (handler) => {
      host.agent().task('t1', () => undefined);
      handler.end();
    });
    outer.end();
    return host.span('handler').spanContext().spanId;
  };

  test('is a root with a link to it', () => {
    const host = openHost();
    const spanId = runBelow(host);

    expect(host.span(SPAN).parentSpanContext).toBeUndefined();
    expect(host.span(SPAN).links.map(({ context }) => context.spanId)).toEqual([spanId]);
    expect(host.span(SPAN).spanContext().traceId).not.toBe(host.span('handler').spanContext().traceId);
  });

  test('is its child, with no link, when the host wants that', () => {
    const host = openHost({ init: { taskParent: 'active' } });
    const spanId = runBelow(host);

    expect(host.span(SPAN).parentSpanContext?.spanId).toBe(spanId);
    expect(host.span(SPAN).links).toEqual([]);
  });
});

test('links given are kept beside the one to the active span; one that is no link costs only itself', () => {
  const host = openHost();
  const given = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
  const links = [null, { context: given }, { context: undefined }] as never;

  host.agent().task('outer', { links }, () => host.agent('inner').task('inner', { links }, () => undefined));

  const linked = (name: string): unknown => host.span(name).links.map(({ context }) => context.spanId);
  expect(linked(SPAN)).toEqual([given.spanId]);
  expect(linked('invoke_agent inner')).toEqual([host.span(SPAN).spanContext().spanId, given.spanId]);
});

test('at its end the span carries the plan and the counts of what happened', () => {
  const host = openHost();

  host.agent().task('t1', (task) => {
    task.plan('Qualify', ['Search', 'Score', 'Enrich', 'Route', 'Tell'], { revision: 1 });
    task.planStep(0, 'completed');
    task.planStep(1, 'started');
    task.planStep(2, 'failed');
    task.planStep(3, 'skipped');
    task.retry('again', { attempt: 1, backoffSeconds: 1.5 });
    task.escalate('hand over');
    task.requestApproval('may I');
    task.agent.reportIssue({ summary: 'broken', severity: 'low', issueId: 'i1' });
  });

  expect(host.span(SPAN).attributes).toMatchObject({
    [semconv.ATTR_PLAN_BAR]: '[■ Search] [▪ Score] [✗ Enrich] [– Route] [  Tell]',
    [semconv.ATTR_PLAN_GOAL]: 'Qualify',
    [semconv.ATTR_PLAN_REVISION]: 1,
    [semconv.ATTR_PLAN_STEP_TOTAL]: 5,
    [semconv.ATTR_PLAN_STEPS_COMPLETED]: 1,
    [semconv.ATTR_RETRY_COUNT]: 1,
    [semconv.ATTR_RETRY_BACKOFF_TOTAL]: 1.5,
    [semconv.ATTR_ESCALATION_COUNT]: 1,
    [semconv.ATTR_APPROVAL_COUNT]: 1,
    [semconv.ATTR_ISSUE_COUNT]: 1,
  });
});

test('a started task is not current by itself; run makes it current and does not end it', () => {
  const host = openHost();
  const task = host.agent().startTask('t1');
  expect(host.module.currentTask().isRecording).toBe(false);

  expect(task.run(() => host.module.currentTask().id)).toBe('t1');

  expect(task.isRecording).toBe(true);
  expect(host.spans).toHaveLength(0);
  task.complete({ status: 'routed', payload: { score: 7 } });
  expect(host.span(SPAN).attributes).toMatchObject({
    [semconv.ATTR_TASK_STATUS]: 'routed',
    [`${semconv.ATTR_PAYLOAD_PREFIX}score`]: 7,
  });
});

test('work started on a task that is not current is below it all the same', () => {
  const host = openHost();
  const outer = host.agent().startTask('outer');

  host.agent('b').task('inner', () => {
    outer.trackContext('of outer', () => host.agent('b').trackContext('nested', () => undefined));
    outer.llmCall('turn', { model: 'm' });
    outer.startAction('started').complete();
  });
  outer.complete();

  const outerId = host.span(SPAN).spanContext().spanId;
  for (const name of ['execute_tool of outer', 'chat m', 'execute_tool started']) {
    expect(host.span(name).parentSpanContext?.spanId).toBe(outerId);
  }
  expect(host.span('execute_tool nested').parentSpanContext?.spanId).toBe(
    host.span('execute_tool of outer').spanContext().spanId,
  );
});

describe('the end of a task', () => {
  test('left open at shutdown is told as abandoned, and its late end counts no more', async () => {
    const host = await openFreshHost();
    const task = host.agent().startTask('t1');

    await host.hive.shutdown();
    task.complete();

    const span = host.span(SPAN);
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(span.attributes).toMatchObject({
      [semconv.ATTR_TASK_STATUS]: 'abandoned',
      [semconv.ATTR_ERROR_TYPE]: 'TaskAbandoned',
    });
    expect(host.log(semconv.EVENT_TASK_FAILED).attributes[semconv.ATTR_TASK_STATUS]).toBe('abandoned');
    expect(host.said('ended twice')).toHaveLength(1);
  });

  test('by using is its completion', () => {
    const host = openHost();
    {
      using task = host.agent().startTask('t1');
      task.retry('again');
    }
    expect(host.span(SPAN).attributes[semconv.ATTR_TASK_STATUS]).toBe('success');
  });

  test('by using that a throw leaves is its completion, since nobody told the task', () => {
    const host = openHost();
    expect(() => {
      using task = host.agent().startTask('t1');
      throw new Error(`outside run of ${task.id}`);
    }).toThrow('outside run of t1');
    expect(host.span(SPAN).attributes[semconv.ATTR_TASK_STATUS]).toBe('success');
  });

  test.each([
    [
      'throws',
      (): unknown => {
        throw new Error('inside run');
      },
    ],
    ['rejects', (): unknown => Promise.reject(new Error('inside run'))],
  ])('by using is its failure when what it ran %s', async (_how, work) => {
    const host = openHost();
    await expect(async () => {
      using task = host.agent().startTask('t1');
      await task.run(work);
    }).rejects.toThrow('inside run');
    expect(host.span(SPAN).status).toEqual({ code: SpanStatusCode.ERROR, message: 'inside run' });
    expect(host.span(SPAN).attributes[semconv.ATTR_TASK_STATUS]).toBe('failure');
  });

  test('that is told twice is the first one, and the second is said to diag once', async () => {
    const host = await openFreshHost();
    const task = host.agent().startTask('t1');

    task.fail(new Error('first'));
    task.complete();
    task.fail(new Error('third'));
    task[Symbol.dispose]();

    expect(host.span(SPAN).status.message).toBe('first');
    expect(host.logsOf(semconv.EVENT_TASK_COMPLETED)).toEqual([]);
    expect(host.logsOf(semconv.EVENT_TASK_FAILED)).toHaveLength(1);
    expect(host.said('ended twice')).toHaveLength(1);
  });

  test('by fail with no error says that it failed', () => {
    const host = openHost();
    host
      .agent()
      .startTask('t1')
      .fail(undefined, { payload: { step: 2 } });

    expect(host.span(SPAN).status).toEqual({ code: SpanStatusCode.ERROR, message: 'Task t1 failed' });
    expect(host.log(semconv.EVENT_TASK_FAILED)).toMatchObject({
      severityText: 'ERROR',
      body: 't1 failed: Task t1 failed',
    });
    expect(host.log(semconv.EVENT_TASK_FAILED).attributes[`${semconv.ATTR_PAYLOAD_PREFIX}step`]).toBe(2);
  });
});

test('an event on an ended task still goes out as a log record, its span stays as it was', async () => {
  const host = await openFreshHost();
  const task = host.agent().startTask('t1');
  task.complete();
  const before = { ...host.span(SPAN).attributes };

  task.retry('too late');
  task.escalate('too late');
  task.setPayload({ late: true });

  expect(host.log(semconv.EVENT_RETRY).attributes[semconv.ATTR_TASK_ID]).toBe('t1');
  expect(host.logsOf(semconv.EVENT_ESCALATION)).toHaveLength(1);
  expect(host.span(SPAN).attributes).toEqual(before);
  expect(host.span(SPAN).events).toEqual([]);
  expect(host.said('after the task ended: the event went out')).toHaveLength(1);
});

test('a task needs a function: without one nothing runs, and it is said once', async () => {
  const host = await openFreshHost();

  expect(host.agent().task('t1', undefined as never)).toBeUndefined();
  expect(host.agent().task('t1', {}, 'no function' as never)).toBeUndefined();

  expect(host.spans).toEqual([]);
  expect(host.said('needs a function')).toHaveLength(1);
});

test('a payload is read when it is given', () => {
  const host = openHost();
  const payload = { lead: { name: 'before' } };
  host.agent().task('t1', (task) => {
    task.setPayload(payload);
    payload.lead.name = 'after';
    task.setPayload({ other: 1 });
  });

  const key = `${semconv.ATTR_PAYLOAD_PREFIX}lead`;
  expect(host.span(SPAN).attributes[key]).toBe('{"name":"before"}');
  expect(host.log(semconv.EVENT_TASK_COMPLETED).attributes).toMatchObject({
    [key]: '{"name":"before"}',
    [`${semconv.ATTR_PAYLOAD_PREFIX}other`]: 1,
  });
});
