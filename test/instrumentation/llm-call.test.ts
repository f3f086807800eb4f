import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { LlmCall } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { nanosOf, openFreshHost, openHost } from './host.ts';

const CALL: LlmCall = {
  model: 'claude-sonnet',
  provider: 'anthropic',
  tokensIn: 800,
  tokensOut: 96,
  cachedTokensIn: 500,
  cacheWriteTokensIn: 20,
  reasoningTokens: 40,
  cost: 0.0041,
  durationMs: 0,
  responseModel: 'claude-sonnet-4',
  finishReasons: ['stop'],
  promptPreview: 'secret prompt',
  responsePreview: 'secret response',
  metadata: { turn: 3, tags: ['a'] },
};

test('a finished call is a client span and a log event with its tokens, cost and model', async () => {
  const host = openHost();
  host.agent('a1', { type: 'sales' }).task('t1', (task) => task.llmCall('agent_turn', CALL));

  const span = host.span('chat claude-sonnet');
  const told = {
    [semconv.ATTR_GEN_AI_OPERATION_NAME]: 'chat',
    [semconv.ATTR_GEN_AI_PROVIDER_NAME]: 'anthropic',
    [semconv.ATTR_GEN_AI_REQUEST_MODEL]: 'claude-sonnet',
    [semconv.ATTR_GEN_AI_RESPONSE_MODEL]: 'claude-sonnet-4',
    [semconv.ATTR_GEN_AI_INPUT_TOKENS]: 800,
    [semconv.ATTR_GEN_AI_OUTPUT_TOKENS]: 96,
    [semconv.ATTR_GEN_AI_CACHE_READ_TOKENS]: 500,
    [semconv.ATTR_GEN_AI_CACHE_WRITE_TOKENS]: 20,
    [semconv.ATTR_GEN_AI_REASONING_TOKENS]: 40,
    [semconv.ATTR_GEN_AI_FINISH_REASONS]: ['stop'],
    [semconv.ATTR_LLM_NAME]: 'agent_turn',
    [semconv.ATTR_LLM_COST]: 0.0041,
    [`${semconv.ATTR_LLM_METADATA_PREFIX}turn`]: 3,
    [`${semconv.ATTR_LLM_METADATA_PREFIX}tags`]: '["a"]',
  };
  expect(span.kind).toBe(SpanKind.CLIENT);
  expect(span.attributes).toMatchObject(told);
  const log = host.log(semconv.EVENT_LLM_CALL);
  expect(log.attributes).toMatchObject({ ...told, [semconv.ATTR_EVENT_CATEGORY]: 'llm' });
  expect(log.body).toBe('agent_turn → claude-sonnet, 800 in, 96 out, $0.0041');
  for (const { attributes } of [span, log]) {
    expect(attributes).not.toHaveProperty(semconv.ATTR_LLM_PROMPT_PREVIEW);
    expect(attributes).not.toHaveProperty(semconv.ATTR_LLM_RESPONSE_PREVIEW);
  }
  expect(await host.points(semconv.METRIC_LLM_COST)).toEqual([
    {
      attributes: {
        [semconv.ATTR_AGENT_ID]: 'a1',
        [semconv.ATTR_AGENT_TYPE]: 'sales',
        [semconv.ATTR_GEN_AI_REQUEST_MODEL]: 'claude-sonnet',
      },
      value: 0.0041,
    },
  ]);
  const tokens = await host.points(semconv.METRIC_TOKEN_USAGE);
  expect(
    tokens.map(({ attributes, value }) => [attributes[semconv.ATTR_GEN_AI_TOKEN_TYPE], (value as { sum: number }).sum]),
  ).toEqual([
    ['input', 800],
    ['output', 96],
  ]);
});

test('prompts and responses are told when the host captures content', () => {
  const host = openHost({ init: { captureContent: true } });
  host.agent().llmCall('agent_turn', { ...CALL, promptPreview: 'p'.repeat(600) });

  const { attributes } = host.span('chat claude-sonnet');
  expect(attributes[semconv.ATTR_LLM_PROMPT_PREVIEW]).toHaveLength(512);
  expect(attributes[semconv.ATTR_LLM_RESPONSE_PREVIEW]).toBe('secret response');
});

describe('a call that is told after the fact', () => {
  test('began as long ago as it took', () => {
    const host = openHost();
    host.agent().llmCall('turn', { model: 'm', durationMs: 1500 });

    const span = host.span('chat m');
    expect(nanosOf(span.endTime) - nanosOf(span.startTime)).toBe(1_500_000_000n);
  });

  test('never began before the scope that it is in', () => {
    const host = openHost();
    host
      .agent()
      .task('t1', (task) =>
        task.trackContext('tool', () => host.agent().llmCall('turn', { model: 'm', durationMs: 60_000 })),
      );

    expect(host.span('chat m').startTime).toEqual(host.span('execute_tool tool').startTime);
  });

  test('never began before a span of the host that it is in', () => {
    const host = openHost();
    host.tracerProvider.getTracer('host').startActiveSpan('request', (request) => {
      host.agent().llmCall('turn', { model: 'm', durationMs: 60_000 });
      request.end();
    });

    const [call, request] = [host.span('chat m'), host.span('request')];
    expect(call.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
    expect(nanosOf(call.startTime) >= nanosOf(request.startTime)).toBe(true);
  });

  test.each([-5, Number.NaN, '100'])(
    'with a duration of %s is a nanosecond long, for Jaeger warns of nothing',
    (durationMs) => {
      const host = openHost();
      host.agent().llmCall('turn', { model: 'm', durationMs: durationMs as number });
      const { startTime, endTime } = host.span('chat m');
      expect(nanosOf(endTime) - nanosOf(startTime)).toBe(1n);
    },
  );

  test('with an error has failed', () => {
    const host = openHost();
    host.agent().llmCall('turn', { model: 'm', error: new RangeError('too long') });

    expect(host.span('chat m').status).toEqual({ code: SpanStatusCode.ERROR, message: 'too long' });
    expect(host.log(semconv.EVENT_LLM_CALL)).toMatchObject({ severityText: 'ERROR' });
    expect(host.log(semconv.EVENT_LLM_CALL).attributes[semconv.ATTR_ERROR_TYPE]).toBe('RangeError');
  });

  test('with nothing known is told as a call of an unknown model', () => {
    const host = openHost();
    host.agent().llmCall('turn', undefined as never);
    expect(host.log(semconv.EVENT_LLM_CALL).attributes[semconv.ATTR_GEN_AI_REQUEST_MODEL]).toBe('unknown');
  });
});

test('a call that is followed is active below its function, and takes its usage bit by bit', async () => {
  const host = openHost();
  const reply = await host.agent().trackLlmCall('turn', { model: 'm', operation: 'embeddings' }, async (call) => {
    host.tracerProvider.getTracer('http').startSpan('POST').end();
    call.setUsage({ tokensIn: 1, tokensOut: 1 });
    await Promise.resolve();
    call.setUsage({ tokensOut: 7 });
    expect(trace.getActiveSpan()).toBe(call.span);
    return 'reply';
  });

  expect(reply).toBe('reply');
  const span = host.span('embeddings m');
  expect(host.span('POST').parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  expect(span.attributes).toMatchObject({
    [semconv.ATTR_GEN_AI_INPUT_TOKENS]: 1,
    [semconv.ATTR_GEN_AI_OUTPUT_TOKENS]: 7,
  });
});

test('a usage with an error makes the call a failed one, though the function gave a value', () => {
  const host = openHost();
  host.agent().trackLlmCall('turn', { model: 'm' }, (call) => call.setUsage({ error: new Error('refused') }));
  expect(host.span('chat m').status).toEqual({ code: SpanStatusCode.ERROR, message: 'refused' });
});

test('more cached tokens than tokens, and usage after the end, are said once', async () => {
  const host = await openFreshHost();
  for (let index = 0; index < 2; index += 1) {
    host.agent().llmCall('turn', { model: 'm', tokensIn: 10, cachedTokensIn: 20 });
    let late: { setUsage: (usage: object) => void } | undefined;
    host.agent().trackLlmCall('turn', { model: 'm' }, (call) => (late = call));
    late?.setUsage({ tokensIn: 1 });
  }
  expect(host.said('must include the cached ones')).toHaveLength(1);
  expect(host.said('after the LLM call ended')).toHaveLength(1);
});

test("with llm: 'story' a call is told in names that no backend adds up", async () => {
  const host = openHost({ init: { llm: 'story' } });
  host.agent().task('t1', (task) => task.llmCall('agent_turn', CALL));

  const span = host.span('agent_turn');
  expect(span.kind).toBe(SpanKind.INTERNAL);
  expect(span.attributes).toMatchObject({
    [semconv.ATTR_LLM_MODEL]: 'claude-sonnet',
    [semconv.ATTR_LLM_PROVIDER]: 'anthropic',
    [semconv.ATTR_LLM_INPUT_TOKENS]: 800,
    [semconv.ATTR_LLM_OUTPUT_TOKENS]: 96,
    [semconv.ATTR_LLM_COST]: 0.0041,
  });
  for (const { attributes } of [span, host.log(semconv.EVENT_LLM_CALL)]) {
    expect(Object.keys(attributes).filter((key) => key.startsWith('gen_ai.'))).toEqual([]);
  }
  expect(await host.points(semconv.METRIC_TOKEN_USAGE)).toEqual([]);
  expect(await host.points(semconv.METRIC_LLM_DURATION)).toEqual([]);
});
