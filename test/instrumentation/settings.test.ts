/** The options of `init`: what stands on every record, and which signals carry the story. */
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node';
import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { nanosOf, openFreshHost, openHost, type Host } from './host.ts';

function tellStory(host: Host): void {
  const agent = host.agent('a1', { queueProvider: () => ({ depth: 1 }) });
  agent.task('t1', (task) => {
    task.plan('goal', ['one']);
    task.planStep(0, 'completed');
    task.trackContext('tool', () => undefined);
    task.llmCall('turn', { model: 'm' });
    agent.track('fn', () => undefined)();
  });
  agent.reportIssue({ summary: 's', severity: 'high', issueId: 'i' }).resolve('fixed');
  agent.queueSnapshot({ depth: 1 });
  agent.todo('1', 'created', 'todo');
  agent.scheduled([]);
  agent.event('custom');
  agent.stop();
}

test('environment and group stand on every span and every log record', () => {
  const host = openHost({ init: { environment: 'production', group: 'sales' } });
  tellStory(host);

  const common = { [semconv.ATTR_ENVIRONMENT]: 'production', [semconv.ATTR_GROUP]: 'sales' };
  for (const { attributes, name } of host.spans) expect(attributes, name).toMatchObject(common);
  for (const { attributes, eventName } of host.logs) expect(attributes, eventName).toMatchObject(common);
  expect(host.spans).toHaveLength(4);
  expect(host.logs.length).toBeGreaterThan(12);
});

test('every log record has a uid of its own, a category, an event name and times', () => {
  const host = openHost();
  tellStory(host);

  const uids = host.logs.map(({ attributes }) => attributes[semconv.ATTR_LOG_RECORD_UID]);
  expect(new Set(uids).size).toBe(host.logs.length);
  for (const { attributes, eventName, hrTime } of host.logs) {
    expect(attributes[semconv.ATTR_EVENT_CATEGORY], eventName).toMatch(/^(task|action|llm|pipeline|human)$/);
    expect(eventName).toMatch(/^hiveloop\.|^custom$/);
    expect(hrTime[0]).toBeGreaterThan(0);
    expect(attributes[semconv.ATTR_AGENT_ID]).toBe('a1');
  }
  for (const { events } of host.spans) {
    for (const { attributes } of events) expect(attributes).not.toHaveProperty(semconv.ATTR_LOG_RECORD_UID);
  }
});

describe('the narrative of a task goes', () => {
  const carriers = (events: 'both' | 'span' | 'log'): readonly [number, number, number] => {
    const host = openHost({ init: { events } });
    tellStory(host);
    return [
      host.spanEvents(semconv.EVENT_PLAN_STEP).length,
      host.logsOf(semconv.EVENT_PLAN_STEP).length,
      host.logsOf(semconv.EVENT_ACTION_STARTED).length,
    ];
  };

  test('into both signals by default', () => expect(carriers('both')).toEqual([1, 1, 2]));
  test('into log records alone', () => expect(carriers('log')).toEqual([0, 1, 2]));
  test('into span events alone, without the log twins of spans', () => expect(carriers('span')).toEqual([1, 0, 0]));
});

test('with span events alone the span event is the only carrier, so it has the uid', () => {
  const host = openHost({ init: { events: 'span' } });
  tellStory(host);
  const [event] = host.spanEvents(semconv.EVENT_PLAN_CREATED);
  expect(event?.attributes).toHaveProperty(semconv.ATTR_LOG_RECORD_UID);
});

test('a span that is not sampled leaves the log records as they are', () => {
  const host = openHost({ sampler: new AlwaysOffSampler() });
  tellStory(host);

  expect(host.spans).toEqual([]);
  expect(host.logsOf(semconv.EVENT_PLAN_STEP)).toHaveLength(1);
  expect(host.logsOf(semconv.EVENT_ACTION_COMPLETED)).toHaveLength(2);
});

describe('with traces only', () => {
  test('narrative events are span events with a uid, and there are no heartbeats', () => {
    const host = openHost({ signals: ['traces'] });
    tellStory(host);

    for (const name of [semconv.EVENT_PLAN_CREATED, semconv.EVENT_PLAN_STEP]) {
      expect(host.spanEvents(name)[0]?.attributes).toHaveProperty(semconv.ATTR_LOG_RECORD_UID);
    }
    expect(host.logs).toEqual([]);
    expect(host.spans.map(({ name }) => name)).not.toContain(semconv.EVENT_AGENT_HEARTBEAT);
  });

  test('agent-level events are span events where they are called in a span, and root spans of their own elsewhere', () => {
    const host = openHost({ signals: ['traces'] });
    const agent = host.agent('a1');
    agent.task('t1', () => agent.reportIssue({ summary: 'inside', severity: 'high', issueId: 'i' }));
    agent.reportIssue({ summary: 'outside', severity: 'critical', issueId: 'i' });

    const [inside] = host.spanEvents(semconv.EVENT_ISSUE_REPORTED);
    expect(inside?.attributes).toMatchObject({
      [semconv.ATTR_SUMMARY]: 'inside',
      [semconv.ATTR_AGENT_ID]: 'a1',
      [semconv.ATTR_EVENT_SEVERITY]: 'ERROR',
      [semconv.ATTR_LOG_RECORD_UID]: expect.any(String) as string,
    });
    const outside = host.span(semconv.EVENT_ISSUE_REPORTED);
    expect(outside.parentSpanContext).toBeUndefined();
    expect(nanosOf(outside.endTime) - nanosOf(outside.startTime)).toBe(1n);
    expect(outside.attributes).toMatchObject({
      [semconv.ATTR_SUMMARY]: 'outside',
      [semconv.ATTR_AGENT_ID]: 'a1',
      [semconv.ATTR_EVENT_SEVERITY]: 'FATAL',
      [semconv.ATTR_LOG_RECORD_UID]: expect.any(String) as string,
    });
  });

  test('an event on an ended task becomes a span of its own', () => {
    const host = openHost({ signals: ['traces'] });
    const task = host.agent().startTask('t1');
    task.complete();
    task.retry('late');

    expect(host.span(semconv.EVENT_RETRY).attributes).toMatchObject({
      [semconv.ATTR_TASK_ID]: 't1',
      [semconv.ATTR_SUMMARY]: 'late',
    });
  });

  test('what the sampler drops is said once', async () => {
    const host = await openFreshHost({ signals: ['traces'], sampler: new AlwaysOffSampler() });
    tellStory(host);
    tellStory(host);
    expect(host.said('sampler dropped')).toHaveLength(1);
  });
});

test('a word that is no option is said once and changes nothing', async () => {
  const host = await openFreshHost({
    init: { events: 'all' as never, taskParent: 'none' as never, llm: 'none' as never },
  });
  tellStory(host);

  expect(host.logsOf(semconv.EVENT_PLAN_STEP)).toHaveLength(1);
  for (const option of ['events', 'taskParent', 'llm']) expect(host.said(`init({ ${option} })`)).toHaveLength(1);
});
