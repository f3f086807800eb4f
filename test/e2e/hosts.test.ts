import { beforeAll, describe, expect, test } from 'vitest';
import type { Arrived } from '../support/collector.ts';
import { runService, type Ended } from '../support/service.ts';
import { childrenOf, spanNamed, spanWith } from '../support/story.ts';

type Run = Arrived & Ended;
interface Printed {
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

const UID = 'log.record.uid';
/** What the agent's own code got back: the same in each host. */
const RESULTS = { answer: { total: 120 }, isSync: 42, isSameError: true };

function start(SIGNALS: string): Promise<Run> {
  return runService('story-service', { env: { SIGNALS } });
}

function findingsOf({ stdout }: Run): Printed['findings'] {
  return (JSON.parse(stdout) as Printed).findings;
}

function expectRightResults({ status, stdout }: Run): void {
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject(RESULTS);
}

describe('a host with no SDK', () => {
  let run: Run;
  beforeAll(async () => {
    run = await start('none');
  });

  test("nothing throws, and the agent's own values, errors and synchronous calls are as without us", () => {
    expectRightResults(run);
    expect(run.stderr).toBe('');
  });

  test('nothing arrives', () => {
    expect([run.spans, run.logs, run.points]).toEqual([[], [], []]);
  });

  test('diagnose() says what is missing', () => {
    expect(findingsOf(run).map(({ code }) => code)).toEqual([
      'no-tracer-provider',
      'no-logger-provider',
      'no-meter-provider',
      'no-context-manager',
    ]);
  });
});

describe('a host with traces only', () => {
  let run: Run;
  beforeAll(async () => {
    run = await start('traces');
  });

  test('the task and all below it arrives', () => {
    expectRightResults(run);
    const task = spanWith(run, 'hiveloop.task.id', 'ticket-1');
    expect(childrenOf(run, task).map(({ name }) => name)).toEqual([
      'chat claude-sonnet',
      'execute_tool price',
      'execute_tool send_mail',
    ]);
    expect(childrenOf(run, spanNamed(run, 'execute_tool price')).map(({ name }) => name)).toEqual(['add_tax']);
  });

  test('each event arrives on a span and has a uid there; what is no event of its own has none', () => {
    const onSpans = run.spans.flatMap(({ name, events }) =>
      events.map((event) => [name, event.name, UID in event.attributes]),
    );
    const asSpans = run.spans.filter(({ attributes }) => UID in attributes);
    const uids = run.spans
      .flatMap(({ attributes, events }) => [attributes, ...events.map((event) => event.attributes)])
      .flatMap((attributes) => attributes[UID] ?? []);

    expect(onSpans.toSorted()).toEqual([
      ['execute_tool price', 'hiveloop.issue.reported', true],
      ['execute_tool send_mail', 'exception', false],
      ['invoke_agent support', 'hiveloop.approval.received', true],
      ['invoke_agent support', 'hiveloop.approval.requested', true],
      ['invoke_agent support', 'hiveloop.escalation', true],
      ['invoke_agent support', 'hiveloop.plan.created', true],
      ['invoke_agent support', 'hiveloop.plan.step', true],
      ['invoke_agent support', 'hiveloop.retry', true],
    ]);
    expect(asSpans.map(({ name }) => name).toSorted()).toEqual([
      'desk.opened',
      'hiveloop.issue.resolved',
      'hiveloop.queue.snapshot',
      'hiveloop.queue.snapshot',
      'hiveloop.scheduled',
      'hiveloop.todo',
    ]);
    expect(uids).toHaveLength(13);
    expect(new Set(uids).size).toBe(13);
  });

  test('an event outside of any span is a root span a nanosecond long, with all that the record would have', () => {
    const resolved = spanNamed(run, 'hiveloop.issue.resolved');

    expect(resolved.parentSpanId).toBe('');
    expect(resolved.endTimeUnixNano).toBe(resolved.startTimeUnixNano + 1n);
    expect(resolved.attributes).toEqual({
      'hiveloop.agent.id': 'support',
      'hiveloop.agent.type': 'helpdesk',
      'hiveloop.environment': 'test',
      'hiveloop.group': 'hosts',
      'hiveloop.issue.id': 'stale-prices',
      'hiveloop.summary': 'Prices are fresh',
      [UID]: expect.any(String) as unknown,
    });
  });

  test('the queue provider, asked four times, makes one trace: not one a beat', () => {
    const depths = run.spans
      .filter(({ name }) => name === 'hiveloop.queue.snapshot')
      .map(({ attributes }) => [attributes['hiveloop.queue.depth'], 'hiveloop.queue.items' in attributes]);

    expect(depths).toEqual([
      [4, false], // agent.queueSnapshot()
      [1, true], // the provider's first
    ]);
  });

  test('there are no heartbeats, no log records and no metrics, and diagnose() says so', () => {
    expect(run.spans.filter(({ name }) => name.startsWith('hiveloop.agent.'))).toEqual([]);
    expect([run.logs, run.points]).toEqual([[], []]);
    expect(findingsOf(run).map(({ code }) => code)).toEqual(['no-logger-provider', 'no-meter-provider']);
  });
});
