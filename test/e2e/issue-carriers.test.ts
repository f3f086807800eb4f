/*
 * One issue, reported inside a tool and resolved outside of any task, in a host with logs and in one without: the translator
 * takes it from whatever carried it, once.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createTranslator, type Translator } from '../../src/translator/index.ts';
import { openCollector } from '../support/collector.ts';
import { startService } from '../support/service.ts';

async function translate(SIGNALS: string): Promise<Translator> {
  const translator = await createTranslator({ store: 'memory:' });
  const collector = await openCollector(translator.receiver);
  onTestFinished(async () => {
    await collector.close();
    await translator.close();
  });
  const { status } = await startService('story-service', collector, { env: { SIGNALS } }).ended;
  expect(status).toBe(0);
  return translator;
}

describe.each(['traces', 'all'])('a host with %s', (signals) => {
  test('each issue event is taken once, and the issue is known from its report to its end', async () => {
    const translator = await translate(signals);

    expect(await translator.issues()).toMatchObject([
      {
        environment: 'test',
        namespace: 'tests',
        agentId: 'support',
        issueId: 'stale-prices',
        summary: 'Prices are stale',
        state: 'resolved',
        severity: 'medium',
        category: 'other',
        episode: 1,
        occurrences: 1,
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      },
    ]);
    expect(await translator.counters()).toMatchObject({
      received: 2,
      applied: 2,
      duplicate: 0,
      straggler: 0,
      rejected: 0,
    });
  });
});
