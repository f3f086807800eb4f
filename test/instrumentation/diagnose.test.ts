import { context, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host, type HostOptions } from './host.ts';

const codes = (host: Host): readonly string[] => host.hive.diagnose().map(({ code }) => code);

test('a host that has all it needs gets no finding', () => {
  const host = openHost();
  host.agent('a1').task('t1', () => undefined);
  expect(host.hive.diagnose()).toEqual([]);
  expect(host.sentences).toEqual([]);
});

test.each<readonly [string, HostOptions, readonly string[]]>([
  ['no SDK', { signals: [] }, ['no-tracer-provider', 'no-logger-provider', 'no-meter-provider', 'no-context-manager']],
  ['traces only', { signals: ['traces'] }, ['no-logger-provider', 'no-meter-provider']],
  ['no traces', { signals: ['logs', 'metrics'] }, ['no-tracer-provider', 'no-context-manager']],
])('a host with %s is told what it lacks, one line a finding', (_what, options, expected) => {
  const host = openHost(options);
  expect(codes(host)).toEqual(expected);
  for (const code of expected) expect(host.said(code)).toHaveLength(1);
});

test('a host without a context manager is told so', () => {
  const host = openHost();
  context.disable();
  expect(codes(host)).toEqual(['no-context-manager']);
});

test('a resource without an instance id is found once a task has run', () => {
  const host = openHost({ resource: { [semconv.ATTR_SERVICE_INSTANCE_ID]: undefined } });
  host.agent('a1').task('t1', () => undefined);
  expect(codes(host)).toEqual(['no-service-instance-id']);
});

test.each([
  ['full', ['llm-counted-twice']],
  ['story', []],
] as const)('a model client that is instrumented too, with LLM calls told in %s: %s', (llm, expected) => {
  const host = openHost({ init: { llm } });
  host.agent('a1').trackLlmCall('turn', { model: 'm' }, () => {
    const tracer = host.tracerProvider.getTracer('model client');
    const span = tracer.startSpan('chat m', { attributes: { [semconv.ATTR_GEN_AI_REQUEST_MODEL]: 'm' } });
    context.with(trace.setSpan(context.active(), span), () => span.end());
  });
  expect(codes(host)).toEqual(expected);
});
