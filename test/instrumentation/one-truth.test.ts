import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost, type Host } from './host.ts';

/* The same fact on every signal: what a span, a log record and a metric say of one thing must be one value. */

const bytesOf = (value: unknown): number => Buffer.byteLength(String(value));

describe('redaction', () => {
  const redact = (value: unknown, path: string): unknown =>
    /tool.name|error.type|exception.message|task.type|agent.id$/.test(path) ? `<${String(value)}>` : value;

  async function failInside(host: Host): Promise<void> {
    host.agent('a1').task('t1', { type: 'lead' }, () => {
      try {
        host.agent('a1').trackContext('search', () => {
          throw new TypeError('boom');
        });
      } catch {
        // told, and expected
      }
    });
    await Promise.resolve();
  }

  test('a value goes through the hook once, so span, log and metric agree', async () => {
    const host = openHost({ init: { redact } });
    await failInside(host);

    const expected = { [semconv.ATTR_GEN_AI_TOOL_NAME]: '<search>', [semconv.ATTR_ERROR_TYPE]: '<TypeError>' };
    expect(host.span('execute_tool <search>').attributes).toMatchObject(expected);
    expect(host.log(semconv.EVENT_ACTION_FAILED).attributes).toMatchObject({
      ...expected,
      [semconv.ATTR_EXCEPTION_MESSAGE]: '<boom>',
      [semconv.ATTR_TASK_TYPE]: '<lead>',
    });
    const [tool] = await host.points(semconv.METRIC_TOOL_DURATION);
    expect(tool?.attributes).toMatchObject({ ...expected, [semconv.ATTR_AGENT_ID]: '<a1>' });
    const [task] = await host.points(semconv.METRIC_TASK_DURATION);
    expect(task?.attributes[semconv.ATTR_TASK_TYPE]).toBe('<lead>');
  });

  test('a resolve answers the summary as the report sent it', () => {
    const masked = (value: unknown, path: string): unknown => (path === semconv.ATTR_SUMMARY ? '[masked]' : value);
    const host = openHost({ init: { redact: masked } });
    host.agent('a1').reportIssue({ summary: 'card 4111 declined', severity: 'high' }).resolve('fine');

    const answered = host.log(semconv.EVENT_ISSUE_RESOLVED).attributes[semconv.ATTR_ISSUE_SUMMARY];
    expect(answered).toBe(host.log(semconv.EVENT_ISSUE_REPORTED).body);
  });

  test("the attributes of a caller's link are seen by the hook", () => {
    const host = openHost({ init: { redact: (value, path) => (path === 'secret' ? undefined : value) } });
    const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
    host.agent('a1').task('t1', { links: [{ context, attributes: { secret: 'x', kept: 'y' } }] }, () => 1);

    expect(host.span('invoke_agent a1').links[0]?.attributes).toEqual({ kept: 'y' });
  });
});

describe('size', () => {
  test('a large field of a payload is cut, not lost, in bytes', () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => task.setPayload({ body: '漢'.repeat(40_000) }));

    const body = host.span('invoke_agent a1').attributes['hiveloop.payload.body'];
    expect(bytesOf(body)).toBeGreaterThan(30_000);
    expect(bytesOf(body)).toBeLessThanOrEqual(32_768);
  });

  test('a record has at most 64 attributes, whatever its task went through', () => {
    const host = openHost({ init: { group: 'g', environment: 'e' } });
    const agent = host.agent('a1');
    const payload = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`key${index}`, index]));
    const options = { type: 'y', project: 'p', correlationId: 'c' };
    expect(() =>
      agent.task('t1', options, (task) => {
        task.plan('goal', ['step']);
        task.retry('again', { backoffSeconds: 1 });
        task.escalate('help');
        task.requestApproval('may I');
        agent.reportIssue({ summary: 'x', severity: 'low', issueId: 'x-1' });
        task.setPayload(payload);
        throw new Error('boom');
      }),
    ).toThrow('boom');

    const { attributes } = host.log(semconv.EVENT_TASK_FAILED);
    expect(Object.keys(attributes).length).toBeLessThanOrEqual(64);
    expect(attributes[semconv.ATTR_DROPPED_ATTRIBUTES]).toBeGreaterThan(0);
  });
});

describe('LLM calls', () => {
  test("a call of another agent inside a task is that agent's on its log record too", () => {
    const host = openHost();
    const other = host.agent('b1');
    host.agent('a1').task('t1', () => {
      other.llmCall('turn', { model: 'm' });
      other.trackLlmCall('turn', { model: 'm' }, () => 1);
    });

    const agents = host.logsOf(semconv.EVENT_LLM_CALL).map(({ attributes }) => attributes[semconv.ATTR_AGENT_ID]);
    expect(agents).toEqual(['b1', 'b1']);
  });

  test('a model that the usage names is the one that answered', () => {
    const host = openHost();
    host.agent('a1').trackLlmCall('turn', { model: 'asked' }, (call) => call.setUsage({ model: 'answered-2026' }));

    expect(host.span('chat asked').attributes).toMatchObject({
      [semconv.ATTR_GEN_AI_REQUEST_MODEL]: 'asked',
      [semconv.ATTR_GEN_AI_RESPONSE_MODEL]: 'answered-2026',
    });
  });

  test('a call longer than its task keeps its duration in log and metric, where its span is cut', async () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => task.llmCall('turn', { model: 'm', durationMs: 4000 }));

    expect(host.log(semconv.EVENT_LLM_CALL).attributes[semconv.ATTR_DURATION]).toBe(4);
    const [point] = await host.points(semconv.METRIC_LLM_DURATION);
    expect(point?.value).toMatchObject({ sum: 4 });
  });
});

test('a plan of thousands of steps has its true total', () => {
  const host = openHost();
  host.agent('a1').task('t1', (task) => {
    task.plan(
      'goal',
      Array.from({ length: 5000 }, (_, index) => `step ${index}`),
    );
    task.planStep(4000, 'completed', 'far');
  });

  expect(host.log(semconv.EVENT_PLAN_STEP).attributes[semconv.ATTR_PLAN_STEP_TOTAL]).toBe(5000);
  expect(host.said('outside the plan')).toEqual([]);
});

test('a report again by a handle without an id stays the same issue', () => {
  const host = openHost();
  const issue = host.agent('a1').reportIssue({ summary: 'CRM down', severity: 'high' });
  issue.report({ summary: 'CRM still down, 5 times', occurrenceCount: 5 });

  expect(host.logsOf(semconv.EVENT_ISSUE_REPORTED).map(({ body }) => body)).toEqual(['CRM down', 'CRM down']);
});

test('what a lazy promise does when it is awaited is told below its tool, and what follows is not', async () => {
  const host = openHost();
  const agent = host.agent('a1');
  const lazy: PromiseLike<number> = {
    then: (done, failed) => agent.trackContext('inner', () => Promise.resolve(5)).then(done, failed),
  };
  await agent.task('t1', async () => {
    const five = await agent.trackContext('query', () => lazy);
    await agent.trackContext('after', () => Promise.resolve(five));
  });

  const parentOf = (name: string): unknown => host.span(`execute_tool ${name}`).parentSpanContext?.spanId;
  expect(parentOf('inner')).toBe(host.span('execute_tool query').spanContext().spanId);
  expect(parentOf('after')).toBe(host.span('invoke_agent a1').spanContext().spanId);
});

test('a task that follows from one without a trace has no link to nowhere', () => {
  const host = openHost({ signals: [] });
  const outer = host.agent('a1').startTask('outer');
  host.tracerProvider.register();
  outer.run(() => host.agent('a1').task('inner', () => 1));

  expect(host.span('invoke_agent a1').links).toEqual([]);
});

test('init again with another redact hook says so, once', async () => {
  const host = await openFreshHost({ init: { redact: (value) => value } });
  host.module.init({ redact: (value) => value });
  host.module.init({ redact: (value) => value });

  expect(host.said('init() was called again')).toHaveLength(1);
});
