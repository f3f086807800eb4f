/*
 * A host whose model client is instrumented too. A backend adds up tokens over spans by `gen_ai.usage.*` and over metrics by
 * `gen_ai.client.token.usage`, and dollars by `hiveloop.llm.cost`: each call is to be in each of these sums once.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Arrived } from '../support/collector.ts';
import { labelsOf } from '../support/metric-points.ts';
import { runService, type Ended } from '../support/service.ts';
import { childrenOf, eventsNamed, spanNamed } from '../support/story.ts';

type Run = Arrived & Ended;
/** Two calls, each of 1 000 tokens in and 100 out, of 0.02 and 0.03 dollars. */
const ONCE = { input: 2000, output: 200, dollars: 0.05 };

function sumOverSpans({ spans }: Run, key: string): number {
  return spans.reduce((sum, { attributes }) => sum + Number(attributes[key] ?? 0), 0);
}

/** Over the last point of each series, whoever's it is. */
function sumOverMetrics({ points }: Run, name: string, label = ''): number {
  const last = new Map(
    points
      .filter((point) => point.name === name)
      .map((point): [string, number] => [`${point.scope.name} ${labelsOf(point)}`, point.value]),
  );
  return [...last].reduce((sum, [series, value]) => sum + (series.includes(label) ? value : 0), 0);
}

function tokensAndDollars(run: Run): Readonly<Record<'spans' | 'metrics', Readonly<typeof ONCE>>> {
  const usage = (type: string): number => sumOverMetrics(run, 'gen_ai.client.token.usage', `gen_ai.token.type=${type}`);
  return {
    spans: {
      input: sumOverSpans(run, 'gen_ai.usage.input_tokens'),
      output: sumOverSpans(run, 'gen_ai.usage.output_tokens'),
      dollars: sumOverSpans(run, 'hiveloop.llm.cost'),
    },
    metrics: { input: usage('input'), output: usage('output'), dollars: sumOverMetrics(run, 'hiveloop.llm.cost') },
  };
}

describe("init({ llm: 'story' })", () => {
  let run: Run;
  beforeAll(async () => {
    run = await runService('model-client-service', { env: { LLM: 'story' } });
  });

  test('each token and each dollar is counted once, over all spans and over all metrics', () => {
    expect(tokensAndDollars(run)).toEqual({ spans: ONCE, metrics: ONCE });
    expect(JSON.parse(run.stdout)).toEqual([]);
  });

  test("our span is the call's story, and the client's own span lies inside it", () => {
    const turn = spanNamed(run, 'agent_turn');

    // By name: the client's span has the SDK's clock, which counts milliseconds.
    expect(
      childrenOf(run, spanNamed(run, 'invoke_agent writer'))
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['agent_turn', 'chat claude-sonnet', 'reflection']);
    expect(childrenOf(run, turn).map(({ name, scope }) => [name, scope.name])).toEqual([
      ['chat claude-sonnet', 'model-client'],
    ]);
    expect(turn.kind).toBe(1);
    expect(turn.attributes).toEqual({
      'hiveloop.agent.id': 'writer',
      'hiveloop.agent.type': 'general',
      'hiveloop.llm.name': 'agent_turn',
      'hiveloop.llm.model': 'claude-sonnet',
      'hiveloop.llm.input_tokens': 1000,
      'hiveloop.llm.output_tokens': 100,
      'hiveloop.llm.cost': 0.02,
    });
  });

  test('our log events carry no token in a name that is added up', () => {
    const calls = eventsNamed(run, 'hiveloop.llm.call');

    expect(calls).toHaveLength(2);
    for (const { attributes } of calls) {
      expect(Object.keys(attributes).filter((key) => key.startsWith('gen_ai.'))).toEqual([]);
    }
  });
});

describe('the default in such a host', () => {
  let run: Run;
  beforeAll(async () => {
    run = await runService('model-client-service');
  });

  test('diagnose() says that LLM calls are counted twice', () => {
    expect(JSON.parse(run.stdout)).toEqual(['llm-counted-twice']);
  });

  test('and so they are: every token of both, each dollar once', () => {
    const twice = { input: 4000, output: 400, dollars: 0.05 };

    expect(tokensAndDollars(run)).toEqual({ spans: twice, metrics: twice });
  });
});
