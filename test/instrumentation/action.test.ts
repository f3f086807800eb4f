import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost } from './host.ts';

const PAYLOAD = semconv.ATTR_PAYLOAD_PREFIX;

test('a tool call is a child span with its payload, and two log records', () => {
  const host = openHost();

  host.agent('a1').task('t1', { conversationId: 'v1' }, (task) =>
    task.trackContext('search_crm', { callId: 'call-1', type: 'function', payload: { query: 'x' } }, (action) => {
      expect(host.log(semconv.EVENT_ACTION_STARTED).body).toBe('search_crm started');
      expect(action.isRecording).toBe(true);
      action.setPayload({ hits: 2, list: [1, 'b'] });
    }),
  );

  const span = host.span('execute_tool search_crm');
  expect(span.kind).toBe(SpanKind.INTERNAL);
  expect(span.parentSpanContext?.spanId).toBe(host.span('invoke_agent a1').spanContext().spanId);
  expect(span.attributes).toMatchObject({
    [semconv.ATTR_GEN_AI_OPERATION_NAME]: semconv.OPERATION_EXECUTE_TOOL,
    [semconv.ATTR_GEN_AI_TOOL_NAME]: 'search_crm',
    [semconv.ATTR_GEN_AI_TOOL_CALL_ID]: 'call-1',
    [semconv.ATTR_GEN_AI_TOOL_TYPE]: 'function',
    [semconv.ATTR_GEN_AI_CONVERSATION_ID]: 'v1',
    [`${PAYLOAD}query`]: 'x',
    [`${PAYLOAD}hits`]: 2,
    [`${PAYLOAD}list`]: '[1,"b"]',
  });
  const completed = host.log(semconv.EVENT_ACTION_COMPLETED);
  expect(completed.attributes).toMatchObject({
    [semconv.ATTR_EVENT_CATEGORY]: 'action',
    [semconv.ATTR_ACTION_NAME]: 'search_crm',
    [`${PAYLOAD}query`]: 'x',
    [`${PAYLOAD}hits`]: 2,
  });
  expect(completed.spanContext?.spanId).toBe(span.spanContext().spanId);
});

test('a failed tool call tells the exception on its span and its log record, with its payload', () => {
  const host = openHost();
  expect(() =>
    host.agent().trackContext('search_crm', (action) => {
      action.setPayload({ query: 'x' });
      throw new TypeError('403');
    }),
  ).toThrow('403');

  const failed = host.log(semconv.EVENT_ACTION_FAILED);
  expect(failed).toMatchObject({ severityText: 'ERROR', body: 'search_crm failed: 403' });
  expect(failed.attributes).toMatchObject({
    [semconv.ATTR_ERROR_TYPE]: 'TypeError',
    [semconv.ATTR_EXCEPTION_TYPE]: 'TypeError',
    [semconv.ATTR_EXCEPTION_MESSAGE]: '403',
    [`${PAYLOAD}query`]: 'x',
  });
  expect(failed.attributes[semconv.ATTR_EXCEPTION_STACKTRACE]).toContain('TypeError: 403');
});

test('tool calls nest by what runs inside what', () => {
  const host = openHost();
  host.agent().trackContext('outer', (outer) => {
    outer.trackContext('first', () => undefined);
    host.agent().trackContext('second', () => {
      expect(host.module.currentAction().name).toBe('second');
      outer.startAction('of outer').complete();
    });
    expect(host.module.currentAction()).toBe(outer);
  });

  const outer = host.span('execute_tool outer').spanContext().spanId;
  for (const name of ['first', 'second']) {
    expect(host.span(`execute_tool ${name}`).parentSpanContext?.spanId).toBe(outer);
  }
  expect(host.span('execute_tool of outer').parentSpanContext?.spanId).toBe(
    host.span('execute_tool second').spanContext().spanId,
  );
});

test('an action that outlives its task ends when it ends, and stays below its task', () => {
  const host = openHost();
  const task = host.agent().startTask('t1');
  const action = task.startAction('slow');
  task.complete();

  action.setPayload({ late: 'value' });
  action.complete();

  const [taskSpan, span] = [host.span('invoke_agent lead-qualifier'), host.span('execute_tool slow')];
  expect(host.spans.map(({ name }) => name)).toEqual([taskSpan.name, span.name]);
  expect(span.parentSpanContext?.spanId).toBe(taskSpan.spanContext().spanId);
  expect(span.attributes[`${PAYLOAD}late`]).toBe('value');
  expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes[semconv.ATTR_TASK_ID]).toBe('t1');
});

test('an action of another agent below a task says its own agent, and the task', () => {
  const host = openHost();
  host.agent('a').task('t1', () => host.agent('b', { type: 'helper' }).trackContext('tool', () => undefined));

  const { attributes } = host.span('execute_tool tool');
  expect(attributes[semconv.ATTR_AGENT_ID]).toBe('b');
  expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes).toMatchObject({
    [semconv.ATTR_AGENT_ID]: 'b',
    [semconv.ATTR_AGENT_TYPE]: 'helper',
    [semconv.ATTR_TASK_ID]: 't1',
  });
});

test('the first end of an action counts; a second one, and data after it, are said once each', async () => {
  const host = await openFreshHost();
  const action = host.agent().startAction('tool');
  action.fail();
  action.complete();
  action.fail(new Error('again'));
  action.setPayload({ late: 1 });
  action[Symbol.dispose]();

  expect(host.span('execute_tool tool').status).toEqual({ code: SpanStatusCode.ERROR, message: 'tool failed' });
  expect(host.span('execute_tool tool').attributes).not.toHaveProperty(`${PAYLOAD}late`);
  expect(host.said('ended twice')).toHaveLength(1);
  expect(host.said('after the action ended')).toHaveLength(1);
});

test('using completes an action, and fails it when what it ran threw', () => {
  const host = openHost();
  {
    using action = host.agent().startAction('good');
    action.run(() => 1);
  }
  expect(() => {
    using action = host.agent().startAction('bad');
    action.run(() => {
      throw new Error('inside');
    });
  }).toThrow('inside');

  expect(host.span('execute_tool good').status.code).toBe(SpanStatusCode.UNSET);
  expect(host.span('execute_tool bad').status.message).toBe('inside');
});

test('a payload is read when it is given, later fields win, and the caller keeps its object as it was', () => {
  const host = openHost();
  const payload = { rows: ['one'], page: 1 };
  host.agent().trackContext('tool', (action) => {
    action.setPayload(payload);
    payload.rows.push('two');
    action.setPayload({ page: 2 });
  });

  const expected = { [`${PAYLOAD}rows`]: '["one"]', [`${PAYLOAD}page`]: 2 };
  expect(host.span('execute_tool tool').attributes).toMatchObject(expected);
  expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes).toMatchObject(expected);
  expect(payload).toEqual({ rows: ['one', 'two'], page: 1 });
});

test('a payload given bit by bit is bounded as a whole, and what is left out is counted', () => {
  const host = openHost({ init: { limits: { attributes: 30 } } });
  host.agent().trackContext('tool', (action) => {
    for (let index = 0; index < 10; index += 1) action.setPayload({ [`key${index}`]: index, progress: index });
  });

  for (const { attributes } of [host.span('execute_tool tool'), host.log(semconv.EVENT_ACTION_COMPLETED)]) {
    expect(Object.keys(attributes).filter((key) => key.startsWith(PAYLOAD))).toHaveLength(6);
    expect(attributes[`${PAYLOAD}progress`]).toBe(9);
    expect(attributes[semconv.ATTR_DROPPED_ATTRIBUTES]).toBe(5);
  }
});
