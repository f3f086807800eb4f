/** What runs inside a task, a tool call or a tracked function: its result, its error, and when its span ends. */
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { nanosOf, openHost, deferred } from './host.ts';

const SPAN = 'execute_tool tool';

/** The ways to run a function with a scope of ours current. */
const DOORS: readonly (readonly [string, string, <T>(agent: Agent, fn: () => T) => T])[] = [
  ['agent.task', 'invoke_agent lead-qualifier', (agent, fn) => agent.task('t1', fn)],
  ['trackContext', SPAN, (agent, fn) => agent.trackContext('tool', fn)],
  ['track', 'tracked', (agent, fn) => agent.track<typeof fn>('tracked', fn)()],
  ['trackLlmCall', 'chat m', (agent, fn) => agent.trackLlmCall('turn', { model: 'm' }, fn)],
];

describe.each(DOORS)('%s', (_name, spanName, run) => {
  test('gives a synchronous result at once, and its span has ended by then', () => {
    const host = openHost();
    const result = { some: 'object' };

    expect(run(host.agent(), () => result)).toBe(result);

    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('ends with a promise, not before', async () => {
    const host = openHost();
    const work = deferred<string>();

    const running = run(host.agent(), () => work.promise);
    await Promise.resolve();
    expect(host.spans).toHaveLength(0);
    work.resolve('value');

    expect(await running).toBe('value');
    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('fails with what is thrown, and throws the same error on', () => {
    const host = openHost();
    const error = new TypeError('no such lead');
    let caught: unknown;

    try {
      run(host.agent(), () => {
        throw error;
      });
    } catch (thrown) {
      caught = thrown;
    }

    expect(caught).toBe(error);
    const span = host.span(spanName);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such lead' });
    expect(span.attributes[semconv.ATTR_ERROR_TYPE]).toBe('TypeError');
    expect(span.events).toHaveLength(1);
    expect(span.events[0]).toMatchObject({
      name: semconv.EVENT_EXCEPTION,
      attributes: {
        [semconv.ATTR_EXCEPTION_TYPE]: 'TypeError',
        [semconv.ATTR_EXCEPTION_MESSAGE]: 'no such lead',
        [semconv.ATTR_EXCEPTION_STACKTRACE]: expect.stringContaining('scopes.test.ts') as string,
      },
    });
    expect(span.events[0]?.time).toEqual(span.endTime);
  });

  test('fails with a rejection, and rejects with the same error', async () => {
    const host = openHost();
    const error = new RangeError('too far');

    await expect(run(host.agent(), () => Promise.reject(error))).rejects.toBe(error);

    expect(host.span(spanName).attributes[semconv.ATTR_ERROR_TYPE]).toBe('RangeError');
  });

  test('fails with an abort', async () => {
    const host = openHost();
    const controller = new AbortController();
    const running = run(
      host.agent(),
      () =>
        new Promise((_resolve, reject) => {
          controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
        }),
    );

    controller.abort();

    await expect(running).rejects.toBe(controller.signal.reason);
    expect(host.span(spanName).attributes[semconv.ATTR_ERROR_TYPE]).toBe('AbortError');
  });

  test.each([
    ['undefined', undefined, '_OTHER', ''],
    ['null', null, '_OTHER', ''],
    ['a string', 'plain words', '_OTHER', 'plain words'],
    ['NaN', Number.NaN, '_OTHER', 'NaN'],
    ['an object', { code: 'E_CRM', message: 'gone' }, 'E_CRM', 'gone'],
    ['an object without words', { status: 403 }, '_OTHER', '{"status":403}'],
  ])('fails when %s is thrown', (_what, thrown, type, message) => {
    const host = openHost();
    let caught: unknown = 'nothing';

    try {
      run(host.agent(), () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything can be thrown
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }

    expect(caught).toBe(thrown);
    const { status, attributes } = host.span(spanName);
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(status.message).toBe(message);
    expect(attributes[semconv.ATTR_ERROR_TYPE]).toBe(type);
  });

  test('is current below it and no longer afterwards', async () => {
    const host = openHost();
    const seen: unknown[] = [];

    await run(host.agent(), async () => {
      seen.push(host.module.currentAgent()?.id);
      await Promise.resolve();
      seen.push(host.module.currentAgent()?.id, trace.getActiveSpan()?.spanContext().spanId);
    });

    expect(seen).toEqual(['lead-qualifier', 'lead-qualifier', host.span(spanName).spanContext().spanId]);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(host.module.currentAgent()).toBeUndefined();
  });

  test('follows a generator from its first step to its last, with itself current between the steps', () => {
    const host = openHost();
    const seen: unknown[] = [];
    const generator = run(host.agent(), function* () {
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      const answer: unknown = yield 1;
      seen.push(trace.getActiveSpan()?.spanContext().spanId, answer);
      return 2;
    } as () => Generator<number, number>);

    expect(generator.next()).toEqual({ value: 1, done: false });
    expect(host.spans).toHaveLength(0);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(generator.next('answer')).toEqual({ value: 2, done: true });

    const { spanId } = host.span(spanName).spanContext();
    expect(seen).toEqual([spanId, spanId, 'answer']);
  });

  test('ends when a generator is left early', () => {
    const host = openHost();
    let cleanedUp = false;

    for (const number of run(host.agent(), function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        cleanedUp = true;
      }
    } as () => Generator<number>)) {
      if (number === 1) break;
    }

    expect(cleanedUp).toBe(true);
    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('fails when an error is thrown into a generator that does not catch it', () => {
    const host = openHost();
    const error = new Error('into it');
    const generator = run(host.agent(), function* () {
      yield 1;
    } as () => Generator<number>);
    generator.next();

    expect(() => generator.throw(error)).toThrow(error);

    expect(host.span(spanName).status).toEqual({ code: SpanStatusCode.ERROR, message: 'into it' });
  });

  test('goes on when a generator catches the error thrown into it', () => {
    const host = openHost();
    const generator = run(host.agent(), function* () {
      try {
        yield 1;
      } catch {
        yield 2;
      }
    } as () => Generator<number>);
    generator.next();

    expect(generator.throw(new Error('caught inside'))).toEqual({ value: 2, done: false });
    expect(host.spans).toHaveLength(0);
    generator.next();

    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('covers the consumption of an async generator', async () => {
    const host = openHost();
    const numbers: number[] = [];

    for await (const number of run(host.agent(), async function* () {
      await Promise.resolve();
      yield 1;
      host.agent('other').trackContext('inner', () => undefined);
      yield 2;
    } as () => AsyncGenerator<number>)) {
      expect(host.spans.map(({ name }) => name)).not.toContain(spanName);
      numbers.push(number);
    }

    const [span, inner] = [host.span(spanName), host.span('execute_tool inner')];
    const startedInside = nanosOf(inner.startTime);
    expect(numbers).toEqual([1, 2]);
    expect(inner.parentSpanContext?.spanId).toBe(span.spanContext().spanId);
    expect(nanosOf(span.startTime) < startedInside && startedInside < nanosOf(span.endTime)).toBe(true);
  });

  test('ends when an async generator is left early, fails when it fails', async () => {
    const host = openHost();
    const agent = host.agent();
    const numbers = async function* () {
      yield 1;
      await Promise.resolve();
      throw new Error('after one');
    } as () => AsyncGenerator<number>;

    for await (const number of run(agent, numbers)) if (number === 1) break;
    const failing = run(agent, numbers);
    await failing.next();
    await expect(failing.next()).rejects.toThrow('after one');

    expect(host.spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
  });

  test('gives a promise of another class back as it is, and ends when it is waited for', async () => {
    const host = openHost();
    class ClientPromise<T> extends Promise<T> {
      readonly requestId = 'r1';
      withResponse(): string {
        return this.requestId;
      }
    }
    const given = new ClientPromise<string>((resolve) => resolve('reply'));

    const running = run(host.agent(), () => given);

    expect(running).toBe(given);
    expect(running.withResponse()).toBe('r1');
    expect(await running).toBe('reply');
    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('starts a lazy promise once, when it is waited for', async () => {
    const host = openHost();
    let executions = 0;
    const query = {
      limit: () => query,
      then: (resolve: (rows: string[]) => void) => {
        executions += 1;
        resolve(['row']);
      },
    };

    const running = run(host.agent(), () => query as unknown as Promise<string[]>);
    expect(executions).toBe(0);
    expect(host.spans).toHaveLength(0);

    expect(await running).toEqual(['row']);
    expect(executions).toBe(1);
    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('fails with a lazy promise that rejects', async () => {
    const host = openHost();
    const error = new Error('no rows');
    const query = { then: (_resolve: unknown, reject: (error: Error) => void) => reject(error) };

    await expect(run(host.agent(), async () => await (query as unknown as Promise<void>))).rejects.toBe(error);
    await expect((async () => await run(host.agent('b'), () => query as unknown as Promise<void>))()).rejects.toBe(
      error,
    );

    expect(host.spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.ERROR]);
  });

  test('keeps what a client hung on its promise', async () => {
    const host = openHost();
    let cancelled = false;
    const promise = Object.assign(Promise.resolve('value'), { requestId: 'r1', cancel: () => (cancelled = true) });

    const running = run(host.agent(), () => promise);

    expect(running.requestId).toBe('r1');
    running.cancel();
    expect(cancelled).toBe(true);
    expect(await running).toBe('value');
  });

  test('gives an object whose fields cannot be read back as it is', () => {
    const host = openHost();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    expect(run(host.agent(), () => proxy) === proxy).toBe(true);

    expect(host.span(spanName).status.code).toBe(SpanStatusCode.UNSET);
  });
});

test('a generator that is never consumed leaves a task open until shutdown, and no tracked action at all', async () => {
  const host = openHost();
  const agent = host.agent();
  const numbers = function* (): Generator<number> {
    yield 1;
  };

  agent.track('numbers', numbers)();
  agent.task('t1', numbers);
  expect(host.spans).toHaveLength(0);
  await host.hive.shutdown();

  expect(host.spans.map(({ name }) => name)).toEqual(['invoke_agent lead-qualifier']);
  expect(host.span('invoke_agent lead-qualifier').attributes[semconv.ATTR_TASK_STATUS]).toBe('abandoned');
});

test('what is active around a scope is active again after it, also when it throws', () => {
  const host = openHost();
  const outside = context.active().setValue(Symbol.for('test.outside'), true);

  context.with(outside, () => {
    expect(() =>
      host.agent().trackContext('tool', () => {
        expect(context.active().getValue(Symbol.for('test.outside'))).toBe(true);
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(context.active()).toBe(outside);
  });
});
