import { describe, expect, test } from 'vitest';
import { joinBars } from '../../../src/cli/dev/join-bars.ts';
import { Story } from '../../../src/cli/dev/story.ts';
import type { StoryEvent } from '../../../src/cli/dev/story-event.ts';
import type { StoryItem } from '../../../src/cli/dev/story-item.ts';
import * as names from '../../../src/semconv.ts';
import { agentEvent, at, event, planEvent, START_NANOS, stepEvent, toolEvent } from '../support/story-events.ts';

function tell(...events: readonly StoryEvent[]): readonly StoryItem[] {
  const story = new Story();
  return events.flatMap((each) => story.tell(each));
}

/** `kind name@depth` of tools, in order. */
function tools(items: readonly StoryItem[]): readonly string[] {
  return items.map((item) => ('name' in item ? `${item.kind} ${item.name}@${item.depth}` : item.kind));
}

/** The marks of each bar. */
function bars(items: readonly StoryItem[]): readonly string[] {
  return items.flatMap((item) =>
    'plan' in item ? [item.plan.steps.map(({ state }) => names.PLAN_MARKS[state]).join('')] : [],
  );
}

const { EVENT_ACTION_STARTED: STARTED, EVENT_ACTION_COMPLETED: COMPLETED, EVENT_ACTION_FAILED: FAILED } = names;

describe('tools', () => {
  test('a tool is one item, at its end, with its duration', () => {
    const items = tell(toolEvent(STARTED, 'search_crm', 0), toolEvent(COMPLETED, 'search_crm', 0.8));
    expect(items).toMatchObject([
      { kind: 'action_ended', name: 'search_crm', durationSeconds: 0.8, failure: undefined },
    ]);
  });

  test('a tool in a tool is deeper, and the outer one is opened before it', () => {
    const items = tell(
      toolEvent(STARTED, 'process_lead', 0, { spanId: 'a' }),
      toolEvent(STARTED, 'search_crm', 1, { spanId: 'b' }),
      toolEvent(COMPLETED, 'search_crm', 2, { spanId: 'b' }),
      event(names.EVENT_LLM_CALL, { [names.ATTR_LLM_NAME]: 'agent_turn' }),
      toolEvent(COMPLETED, 'process_lead', 3, { spanId: 'a' }),
    );
    expect(tools(items)).toEqual([
      'action_open process_lead@0',
      'action_ended search_crm@1',
      'llm agent_turn@1',
      'action_ended process_lead@0',
    ]);
  });

  test('parallel tools stand side by side, by the parent that their records name', () => {
    const tool = (name: string, tool: string, seconds: number, spanId: string, parent: string): StoryEvent => {
      const plain = toolEvent(name, tool, seconds, { spanId });
      return { ...plain, attributes: { ...plain.attributes, [names.ATTR_PARENT_SPAN_ID]: parent } };
    };
    const items = tell(
      tool(STARTED, 'process_lead', 0, 'a', 'task'),
      tool(STARTED, 'search_crm', 1, 'b', 'a'),
      tool(STARTED, 'score_lead', 2, 'c', 'a'),
      tool(COMPLETED, 'score_lead', 3, 'c', 'a'),
      tool(COMPLETED, 'search_crm', 4, 'b', 'a'),
      tool(COMPLETED, 'process_lead', 5, 'a', 'task'),
    );
    expect(tools(items)).toEqual([
      'action_open process_lead@0',
      'action_ended score_lead@1',
      'action_ended search_crm@1',
      'action_ended process_lead@0',
    ]);
  });

  test('tools of other runs do not nest', () => {
    const other = { runId: 'run-2', taskId: 'lead-2' };
    const items = tell(
      toolEvent(STARTED, 'one', 0),
      toolEvent(STARTED, 'two', 1, other),
      toolEvent(COMPLETED, 'two', 2, other),
    );
    expect(tools(items)).toEqual(['action_ended two@0']);
  });

  test('of two with one name, the span says which has ended', () => {
    const items = tell(
      toolEvent(STARTED, 'search', 0, { spanId: 'a' }),
      toolEvent(STARTED, 'search', 1, { spanId: 'b' }),
      toolEvent(COMPLETED, 'search', 5, { spanId: 'a' }),
      toolEvent(COMPLETED, 'search', 6, { spanId: 'b' }),
    );
    expect(items.map((item) => ('durationSeconds' in item ? item.durationSeconds : item.kind))).toEqual([5, 5]);
    expect(items.map(({ depth }) => depth)).toEqual([0, 0]);
  });

  test('an end whose start was never seen ends no other of that name', () => {
    const items = tell(
      toolEvent(STARTED, 'search', 0, { spanId: 'a' }),
      toolEvent(COMPLETED, 'search', 1, { spanId: 'unseen' }),
      toolEvent(COMPLETED, 'search', 2, { spanId: 'a' }),
    );
    expect(items.at(-1)).toMatchObject({ kind: 'action_ended', durationSeconds: 2 });
  });

  test('an end whose start was never seen is told', () => {
    expect(tools(tell(toolEvent(COMPLETED, 'search_crm', 1)))).toEqual(['action_ended search_crm@0']);
  });

  test('a failure says its type and message', () => {
    const failure = { [names.ATTR_EXCEPTION_TYPE]: 'TimeoutError', [names.ATTR_EXCEPTION_MESSAGE]: 'too slow' };
    expect(tell(event(FAILED, { [names.ATTR_ACTION_NAME]: 'enrich', ...failure }))).toMatchObject([
      { failure: 'TimeoutError: too slow' },
    ]);
  });

  test('a tool that runs long is told once before it ends', () => {
    const story = new Story();
    story.tell(toolEvent(STARTED, 'slow', 0));
    const millis = Number(START_NANOS / 1_000_000n);
    expect(story.longActions(millis + 1900)).toEqual([]);
    expect(story.longActions(millis + 2500)).toMatchObject([
      { kind: 'action_open', name: 'slow', runningSeconds: 2.5 },
    ]);
    expect(story.longActions(millis + 9000)).toEqual([]);
    expect(tools(story.tell(toolEvent(COMPLETED, 'slow', 10)))).toEqual(['action_ended slow@0']);
  });
});

describe('plans', () => {
  test('each change of a step gives the bar as it stands then', () => {
    const items = tell(
      planEvent(['a', 'b', 'c']),
      stepEvent(0, 'started'),
      stepEvent(0, 'completed'),
      stepEvent(1, 'failed'),
      stepEvent(2, 'skipped'),
    );
    expect(bars(items)).toEqual(['   ', '▪  ', '■  ', '■✗ ', '■✗–']);
  });

  test('a new revision starts a new bar, and a step of the old one no longer changes it', () => {
    const items = tell(
      planEvent(['a', 'b']),
      stepEvent(0, 'completed'),
      planEvent(['c', 'd'], 1),
      stepEvent(1, 'completed', '', 0),
      stepEvent(0, 'started', '', 1),
    );
    expect(bars(items)).toEqual(['  ', '■ ', '  ', '  ', '▪ ']);
  });

  test('steps of a plan that was never seen have no names', () => {
    expect(tell(stepEvent(1, 'started', '', 0, 3))).toMatchObject([
      { plan: { steps: [{ name: 'step 1' }, { name: 'step 2', state: 'started' }, { name: 'step 3' }] } },
    ]);
  });

  test('a step with an impossible index or a word of its own breaks nothing', () => {
    expect(
      bars(tell(planEvent(['a']), stepEvent(-1, 'started'), stepEvent(0, 'pondered'), stepEvent(1e9, 'started'))),
    ).toHaveLength(4);
  });

  test('changes that arrive together share one bar, the last; with something between, each has its own', () => {
    const hasBar = (items: readonly StoryItem[]): readonly unknown[] =>
      joinBars(items).map((item) => ('hasBar' in item ? item.hasBar : item.kind));
    expect(hasBar(tell(planEvent(['a', 'b']), stepEvent(0, 'completed'), stepEvent(1, 'started')))).toEqual([
      false,
      false,
      true,
    ]);
    expect(hasBar(tell(stepEvent(0, 'started'), event(names.EVENT_RETRY), stepEvent(0, 'completed')))).toEqual([
      true,
      'retry',
      true,
    ]);
    const other = { ...stepEvent(0, 'started'), runId: 'run-2' };
    expect(hasBar(tell(stepEvent(0, 'started'), other))).toEqual([true, true]);
  });
});

describe('people and queues', () => {
  test('an approval that does not say how long it waited is measured from its request', () => {
    const ask = event(names.EVENT_APPROVAL_REQUESTED, { [names.ATTR_APPROVAL_ID]: 'x' });
    const answer = event(names.EVENT_APPROVAL_RECEIVED, { [names.ATTR_APPROVAL_ID]: 'x' }, { timeUnixNano: at(12) });
    expect(tell(ask, answer).at(-1)).toMatchObject({
      kind: 'approval_received',
      decision: 'approved',
      waitSeconds: 12,
    });
  });

  test('a queue is news when its depth is', () => {
    const depth = (items: number): StoryEvent =>
      agentEvent(names.EVENT_QUEUE_SNAPSHOT, { [names.ATTR_QUEUE_DEPTH]: items });
    expect(tell(depth(4), depth(4), depth(8)).map((item) => ('items' in item ? item.items : item.kind))).toEqual([
      4, 8,
    ]);
  });

  test('a heartbeat is no item', () => expect(tell(agentEvent(names.EVENT_AGENT_HEARTBEAT))).toEqual([]));

  test('the end of a task says what it took', () => {
    const items = tell(
      toolEvent(COMPLETED, 'a', 1),
      toolEvent(FAILED, 'b', 2),
      event(names.EVENT_RETRY),
      event(names.EVENT_TASK_FAILED, { [names.ATTR_TASK_STATUS]: 'abandoned' }),
    );
    expect(items.at(-1)).toMatchObject({
      kind: 'task_ended',
      outcome: 'abandoned',
      status: '',
      tools: 2,
      toolsFailed: 1,
      retries: 1,
    });
  });
});
