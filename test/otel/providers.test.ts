import { context, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { suppressTracing } from '@opentelemetry/core';
import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { forgetGlobals, Host, openHost } from '../instrumentation/host.ts';
import { version } from '../../src/version.ts';

test('an SDK that starts after HiveLoop was used is followed', () => {
  const host = openHost({ signals: [] });
  const agent = host.agent('a1');
  agent.task('before', () => undefined);
  host.tracerProvider.register();
  logs.setGlobalLoggerProvider(host.loggerProvider);
  agent.task('after', () => undefined);

  expect(host.span('invoke_agent a1').attributes[semconv.ATTR_TASK_ID]).toBe('after');
  expect(host.log(semconv.EVENT_TASK_COMPLETED).attributes[semconv.ATTR_TASK_ID]).toBe('after');
});

test('an SDK that takes the place of another is followed', async () => {
  const first = openHost();
  first.agent('a1').task('first', () => undefined);
  await forgetGlobals();
  const second = openHost();
  second.agent('a1').task('second', () => undefined);

  const tasks = (host: Host): unknown[] => host.spans.map(({ attributes }) => attributes[semconv.ATTR_TASK_ID]);
  expect([tasks(first), tasks(second)]).toEqual([['first'], ['second']]);
});

test('providers given to init are used instead of the globals', () => {
  const other = new Host({ init: () => undefined } as never, { signals: [] }, []);
  const host = openHost({
    init: {
      tracerProvider: other.tracerProvider,
      loggerProvider: other.loggerProvider,
      meterProvider: other.meters.provider,
    },
  });
  host.agent('a1').task('t1', () => undefined);

  expect([host.spans.length, host.logs.length]).toEqual([0, 0]);
  expect([other.spans.length, other.logs.length]).toEqual([1, 2]);
});

test('all that is told has the name and version of this package as its scope', () => {
  const host = openHost();
  host.agent('a1').task('t1', () => undefined);

  const scope = { name: semconv.SCOPE_INSTRUMENTATION, version };
  expect(host.span('invoke_agent a1').instrumentationScope).toMatchObject(scope);
  expect(host.log(semconv.EVENT_TASK_STARTED).instrumentationScope).toMatchObject(scope);
});

test('a host that asks for silence gets it', () => {
  const host = openHost();
  context.with(suppressTracing(context.active()), () => {
    host.agent('a1').task('t1', (task) => task.retry('again'));
    host.agent('a1').event('custom');
  });
  expect([host.spans.length, host.logs.length]).toEqual([0, 0]);
});

test('the registered providers are left as they are', async () => {
  const host = openHost();
  const before = [trace.getTracerProvider(), logs.getLoggerProvider(), process.listenerCount('exit')];
  host.agent('a1').task('t1', () => undefined);
  await host.hive.shutdown();
  expect([trace.getTracerProvider(), logs.getLoggerProvider(), process.listenerCount('exit')]).toEqual(before);
});

test('a logger provider of SDK 1.x, which drops event names, gets them as attributes', () => {
  const emitted: { attributes: Record<string, unknown> }[] = [];
  const loggerProvider = {
    addLogRecordProcessor: () => undefined,
    getLogger: () => ({ emit: (record: { attributes: Record<string, unknown> }) => emitted.push(record) }),
  };
  openHost({ init: { loggerProvider } }).agent('a1').event('custom');

  expect(emitted[0]?.attributes).toMatchObject({
    [semconv.ATTR_OTEL_EVENT_NAME]: 'custom',
    [semconv.ATTR_EVENT_NAME]: 'custom',
  });
});
