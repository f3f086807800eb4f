import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, test, vi } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openFreshHost, openHost, textOf, deferred } from './host.ts';

describe('init', () => {
  test('again is the same HiveLoop, with the options given now and those of before', async () => {
    const host = await openFreshHost({ init: { environment: 'production', group: 'sales' } });
    const agent = host.agent('a1');

    expect(host.module.init({ group: 'support' })).toBe(host.hive);
    host.module.init();
    agent.event('custom');

    expect(host.log('custom').attributes).toMatchObject({
      [semconv.ATTR_ENVIRONMENT]: 'production',
      [semconv.ATTR_GROUP]: 'support',
    });
    expect(host.said('init() was called again with other options')).toHaveLength(1);
  });

  test('again with the same options says nothing', async () => {
    const host = await openFreshHost({ init: { environment: 'production' } });
    host.module.init({ environment: 'production' });
    host.module.init();
    expect(host.sentences).toEqual([]);
  });

  test('of another copy of this package is the same HiveLoop', async () => {
    const host = openHost();
    vi.resetModules();
    const copy = await import('../../src/index.ts');

    expect(copy.init).not.toBe(host.module.init);
    expect(copy.init()).toBe(host.hive);
    host.agent('a1').task('t1', () => expect(copy.currentTask().id).toBe('t1'));
  });

  test('leaves a limit that is no number as it was', () => {
    const host = openHost({ init: { limits: { summaryLength: '9' as never, idLength: Number.NaN } } });
    host.agent('a'.repeat(300)).todo('1', 'created', 'x'.repeat(600));
    expect(host.log(semconv.EVENT_TODO).body).toHaveLength(512);
    expect(textOf(host.log(semconv.EVENT_TODO).attributes[semconv.ATTR_AGENT_ID])).toHaveLength(256);
  });
});

test('an agent is found by its id', () => {
  const host = openHost();
  const agent = host.agent('a1');
  expect(host.hive.getAgent('a1')).toBe(agent);
  expect(host.hive.getAgent('a2')).toBeUndefined();
});

describe('shutdown', () => {
  test('ends open tasks as abandoned, stops the agents, and shuts no provider down', async () => {
    const host = openHost();
    const task = host.agent('a1').startTask('t1');
    host.agent('a2');
    await host.hive.shutdown();
    await host.hive.shutdown();

    expect(host.span('invoke_agent a1').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'Task t1 was still open at shutdown',
    });
    expect(task.isRecording).toBe(false);
    expect(host.logsOf(semconv.EVENT_AGENT_STOPPED)).toHaveLength(2);
    host.tracerProvider.getTracer('host').startSpan('after').end();
    host.span('after');
  });
});

describe('flush', () => {
  test('goes on when a provider throws, rejects or has nothing to flush', async () => {
    const host = openHost();
    const flushed = vi.fn(() => Promise.resolve());
    host.module.init({
      tracerProvider: Object.assign(host.tracerProvider, {
        forceFlush: () => {
          throw new Error('sync');
        },
      }),
      loggerProvider: Object.assign(host.loggerProvider, { forceFlush: () => Promise.reject(new Error('async')) }),
      meterProvider: Object.assign(host.meters.provider, { forceFlush: flushed }),
    });
    await host.hive.flush();
    expect(flushed).toHaveBeenCalledTimes(1);
  });

  test('says once that its deadline came first', async () => {
    const host = await openFreshHost();
    const forceFlush = (): Promise<void> => new Promise(() => undefined);
    host.module.init({ tracerProvider: Object.assign(host.tracerProvider, { forceFlush }) });
    await host.hive.flush({ timeoutMillis: 1 });
    await host.hive.flush({ timeoutMillis: -5 });
    expect(host.said('flush() did not finish within 1 ms')).toHaveLength(1);
  });

  test('with a deadline beyond what timers take waits for the providers', async () => {
    const host = openHost();
    const work = deferred();
    host.module.init({ tracerProvider: Object.assign(host.tracerProvider, { forceFlush: () => work.promise }) });
    let isDone = false;
    const flushed = host.hive.flush({ timeoutMillis: 1e12 }).then(() => (isDone = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isDone).toBe(false);
    work.resolve(undefined);
    await flushed;
  });
});
