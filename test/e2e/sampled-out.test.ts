import { beforeAll, describe, expect, test } from 'vitest';
import type { Arrived } from '../support/collector.ts';
import { runService, type Ended } from '../support/service.ts';
import { inOrder } from '../support/story.ts';

/** Events of the story that nothing carries when its spans are dropped: 7 inside the task, 5 outside, 1 of the queue provider. */
const LOST = 13;

function start(SIGNALS: string): Promise<Arrived & Ended> {
  return runService('story-service', { env: { SIGNALS, SAMPLER: 'off' } });
}

function findingsOf({ stdout }: Ended): readonly { readonly code: string; readonly message: string }[] {
  const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; message: string }[] };
  return findings;
}

describe('a host whose sampler drops every span, with logs', () => {
  let run: Arrived & Ended;
  beforeAll(async () => {
    run = await start('all');
  });

  test('the whole story still arrives as log events, correlated with the trace that was not sampled', () => {
    const names = inOrder(run.logs).map(({ eventName }) => eventName);
    const [started] = run.logs;

    expect(run.spans).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['hiveloop.plan.created', 'hiveloop.retry', 'hiveloop.escalation']));
    expect(names.filter((name) => name === 'hiveloop.issue.reported')).toHaveLength(1);
    expect(started).toMatchObject({
      eventName: 'hiveloop.task.started',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    });
  });

  test('nothing is said to be lost, and metrics count on', () => {
    expect(run.stderr).toBe('');
    expect(findingsOf(run)).toEqual([]);
    expect(run.points.map(({ name }) => name)).toContain('gen_ai.invoke_agent.duration');
  });
});

describe('a host whose sampler drops every span, with traces only', () => {
  let run: Arrived & Ended;
  beforeAll(async () => {
    run = await start('traces');
  });

  test('nothing arrives, and the agent works as ever', () => {
    expect([run.spans, run.logs, run.points]).toEqual([[], [], []]);
    expect(JSON.parse(run.stdout)).toMatchObject({ answer: { total: 120 }, isSync: 42, isSameError: true });
  });

  test('that events are lost is said once, and how many is counted', () => {
    expect(run.stderr.match(/events are lost/g)).toHaveLength(1);
    expect(findingsOf(run).find(({ code }) => code === 'sampled-out')?.message).toMatch(
      new RegExp(`Lost so far: ${LOST}\\.$`),
    );
  });
});
