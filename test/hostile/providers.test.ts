/** Parts of the host that fail: whatever breaks, the agent's code runs once and its results and errors are its own. */
import { context, diag, metrics, ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { init, type Agent, type HiveLoop } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { forgetGlobals, openHost } from '../instrumentation/host.ts';

afterEach(forgetGlobals);

const fail = (): never => {
  throw new Error('the host is broken');
};

/** Has every method, and each throws. */
const allMethodsThrow = (): never =>
  new Proxy({}, { get: (_target, key) => (key === 'then' ? undefined : fail), has: () => fail() }) as never;

/** Works once through everything that an agent does, and gives back what the caller's code saw. */
async function runAgent(
  hive: HiveLoop,
): Promise<{ runs: number; results: readonly unknown[]; errors: readonly unknown[] }> {
  let runs = 0;
  const errors: unknown[] = [];
  const work = <T>(value: T): T => {
    runs += 1;
    return value;
  };
  const agent: Agent = hive.agent('a1', { heartbeatIntervalSeconds: 0 });
  const boom = new Error('boom');
  const results: unknown[] = [];
  results.push(
    await agent.task('t1', { type: 'lead', conversationId: 'c1' }, async (task) => {
      expect(task.isRecording).toBeTypeOf('boolean');
      task.plan('goal', ['one', 'two']);
      task.planStep(0, 'completed', 'done');
      task.retry('again', { attempt: 1, backoffSeconds: 1 });
      task.escalate('help');
      task.requestApproval('may I');
      task.approvalReceived('yes');
      task.setPayload({ key: 'value' });
      task.llmCall('turn', { model: 'm', tokensIn: 1, tokensOut: 2, cost: 0.1, finishReasons: ['stop'] });
      task.event('custom', { key: 'value' });
      return task.trackContext('tool', { payload: { key: 1 } }, (action) => {
        action.setPayload({ result: 'ok' });
        return work(Promise.resolve('tool result'));
      });
    }),
  );
  results.push(
    agent.trackLlmCall('turn', { model: 'm' }, (call) => {
      call.setUsage({ tokensIn: 1 });
      return work('reply');
    }),
  );
  results.push(agent.track('fn', (a: number, b: number) => work(a + b))(1, 2));
  results.push([
    ...agent.track('numbers', function* () {
      yield work(1);
      yield 2;
    })(),
  ]);
  for (const broken of [
    () => agent.task('t2', () => work(fail2(boom))),
    () => agent.trackContext('broken tool', () => work(fail2(boom))),
    () =>
      agent.task('t3', async () => {
        await Promise.resolve();
        throw boom;
      }),
  ]) {
    try {
      await broken();
    } catch (error) {
      errors.push(error);
    }
  }
  agent.reportIssue({ summary: 'broken', severity: 'high', issueId: 'i1' }).resolve('fixed');
  agent.queueSnapshot({ depth: 1 });
  agent.todo('1', 'created', 'to do');
  agent.scheduled([{ id: '1' }]);
  agent.event('custom');
  hive.diagnose();
  await hive.flush({ timeoutMillis: 50 });
  agent.stop();
  await hive.shutdown({ timeoutMillis: 50 });
  expect(errors.every((error) => error === boom)).toBe(true);
  return { runs, results, errors };
}

function fail2(error: Error): never {
  throw error;
}

const EXPECTED = { runs: 4, results: ['tool result', 'reply', 3, [1, 2]], errors: [0, 0, 0] };

async function expectUnharmed(hive: HiveLoop): Promise<void> {
  const { runs, results, errors } = await runAgent(hive);
  expect({ runs, results, errors: errors.map(() => 0) }).toEqual(EXPECTED);
}

/** A tracer whose spans are given. */
const tracerProviderOf = (span: unknown): never => ({ getTracer: () => ({ startSpan: () => span }) }) as never;

describe('an agent is not harmed by', () => {
  test.each<readonly [string, unknown]>([
    ['a tracer provider that throws', allMethodsThrow()],
    ['a tracer that throws', { getTracer: () => allMethodsThrow() }],
    ['a tracer that is nothing', { getTracer: () => undefined }],
    ['spans that throw at every call', tracerProviderOf(allMethodsThrow())],
    ['spans that are nothing', tracerProviderOf(undefined)],
    ['spans without methods', tracerProviderOf({})],
    ['a tracer provider that is no provider', 5],
  ])('%s', async (_name, tracerProvider) => {
    const host = openHost({ init: { tracerProvider: tracerProvider as never } });
    await expectUnharmed(host.hive);
  });

  test.each(['isRecording', 'setAttribute', 'setAttributes', 'addEvent', 'setStatus', 'end', 'spanContext'])(
    'spans whose %s() throws',
    async (method) => {
      const host = openHost();
      const real = host.tracerProvider.getTracer('broken');
      const startSpan = (...args: Parameters<typeof real.startSpan>): unknown =>
        new Proxy(real.startSpan(...args), {
          get: (span, key) => (key === method ? fail : (Reflect.get(span, key, span) as unknown)),
        });
      init({ tracerProvider: { getTracer: () => ({ startSpan }) } as never });
      await expectUnharmed(host.hive);
    },
  );

  test.each<readonly [string, unknown]>([
    ['a logger provider that throws', allMethodsThrow()],
    ['a logger that throws', { getLogger: () => allMethodsThrow() }],
    ['a logger that is nothing', { getLogger: () => undefined }],
    ['a logger without methods', { getLogger: () => ({}) }],
  ])('%s', async (_name, loggerProvider) => {
    const host = openHost({ init: { loggerProvider } });
    await expectUnharmed(host.hive);
    expect(host.span('execute_tool tool').attributes).toHaveProperty(`${semconv.ATTR_PAYLOAD_PREFIX}result`);
  });

  test.each<readonly [string, unknown]>([
    ['a meter provider that throws', allMethodsThrow()],
    ['a meter that throws', { getMeter: () => allMethodsThrow() }],
    ['a meter that is nothing', { getMeter: () => undefined }],
    [
      'instruments that throw',
      {
        getMeter: () => ({
          createHistogram: () => allMethodsThrow(),
          createObservableGauge: () => allMethodsThrow(),
          createObservableCounter: () => allMethodsThrow(),
        }),
      },
    ],
  ])('%s', async (_name, meterProvider) => {
    const host = openHost({ init: { meterProvider: meterProvider as never } });
    await expectUnharmed(host.hive);
    expect(host.logsOf(semconv.EVENT_TASK_COMPLETED)).not.toEqual([]);
  });

  const workingManager = (changes: Partial<ContextManager>): ContextManager => ({
    active: () => ROOT_CONTEXT,
    with: (_context, fn, thisArg, ...args) => fn.call(thisArg as never, ...args),
    bind: (_context, target) => target,
    enable: () => workingManager(changes),
    disable: () => workingManager(changes),
    ...changes,
  });
  const withThen = (after: () => void): ContextManager['with'] =>
    ((_context: Context, fn: (...args: unknown[]) => unknown, thisArg: unknown, ...args: unknown[]) => {
      try {
        return Reflect.apply(fn, thisArg, args);
      } finally {
        after();
      }
    }) as ContextManager['with'];

  test.each<readonly [string, Partial<ContextManager>]>([
    ['a context manager that throws before it calls', { with: fail }],
    ['a context manager that throws after its call', { with: withThen(fail) }],
    ['a context manager that never calls', { with: (() => undefined) as never }],
    [
      'a context manager that loses results',
      {
        with: ((_context: Context, fn: (...args: unknown[]) => unknown, thisArg: unknown, ...args: unknown[]) => {
          Reflect.apply(fn, thisArg, args);
        }) as never,
      },
    ],
    ['a context manager whose active() throws', { active: fail }],
    ['a context manager whose active() gives nothing', { active: (() => undefined) as never }],
    ['contexts that throw', { active: () => allMethodsThrow() }],
  ])('%s', async (_name, changes) => {
    const host = openHost();
    context.disable();
    context.setGlobalContextManager(workingManager(changes));
    await expectUnharmed(host.hive);
  });

  test('a diag logger that throws', async () => {
    const host = openHost();
    diag.setLogger(allMethodsThrow(), { suppressOverrideMessage: true });
    await expectUnharmed(host.hive);
  });

  test('a redact hook that throws', async () => {
    const host = openHost({ init: { redact: fail } });
    await expectUnharmed(host.hive);
  });

  test('a host in which all of it is broken', async () => {
    openHost({ signals: [] });
    trace.setGlobalTracerProvider(allMethodsThrow());
    logs.setGlobalLoggerProvider(allMethodsThrow());
    metrics.setGlobalMeterProvider(allMethodsThrow());
    context.setGlobalContextManager(workingManager({ active: fail, with: fail, bind: fail }));
    diag.setLogger(allMethodsThrow(), { suppressOverrideMessage: true });
    await expectUnharmed(init({ redact: fail }));
  });

  test('no SDK at all', async () => {
    await expectUnharmed(openHost({ signals: [] }).hive);
  });
});

test('flush resolves by its deadline when a provider never does', async () => {
  const never = new Promise<void>(() => undefined);
  const host = openHost();
  init({ tracerProvider: Object.assign(host.tracerProvider, { forceFlush: () => never }) });
  vi.useFakeTimers();

  let isDone = false;
  const flushed = host.hive.flush({ timeoutMillis: 400 }).then(() => (isDone = true));
  await vi.advanceTimersByTimeAsync(399);
  expect(isDone).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await flushed;
});
