import { describe, expect, test } from 'vitest';
import { Intake } from '../../../src/cli/dev/intake.ts';
import type { StoryEvent } from '../../../src/cli/dev/story-event.ts';
import * as names from '../../../src/semconv.ts';
import type {
  Attributes,
  LogRecord,
  ScopeLogs,
  ScopeSpans,
  Span,
  SpanEvent,
} from '../../../src/translator/otlp/model.ts';
import { at, START_NANOS } from '../support/story-events.ts';

const RUN = { [names.ATTR_TASK_ID]: 'lead-1', [names.ATTR_TASK_RUN_ID]: 'run-1' };
const AGENT = { [names.ATTR_AGENT_ID]: 'lead-qualifier' };
const RESOURCE = { attributes: { [names.ATTR_SERVICE_NAME]: 'sales' } };

function record(eventName: string, attributes: Attributes = {}, overrides: Partial<LogRecord> = {}): LogRecord {
  return {
    timeUnixNano: START_NANOS,
    observedTimeUnixNano: 0n,
    severityNumber: 9,
    eventName,
    body: 'said',
    attributes: { ...AGENT, ...attributes },
    traceId: '',
    spanId: '',
    ...overrides,
  };
}

function logs(records: readonly LogRecord[], scope: string = names.SCOPE_INSTRUMENTATION): readonly ScopeLogs[] {
  return [{ resource: RESOURCE, scope: { name: scope, version: '' }, logRecords: records }];
}

let spanIds = 0;
function span(parentSpanId: string, attributes: Attributes, overrides: Partial<Span> = {}): Span {
  return {
    traceId: 'trace',
    spanId: `span-${++spanIds}`,
    parentSpanId,
    name: 'span',
    kind: 1,
    startTimeUnixNano: START_NANOS,
    endTimeUnixNano: at(1),
    attributes,
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    ...overrides,
  };
}

function spans(list: readonly Span[], scope: string = names.SCOPE_INSTRUMENTATION): readonly ScopeSpans[] {
  return [{ resource: RESOURCE, scope: { name: scope, version: '' }, spans: list }];
}

const ROOT = { ...AGENT, ...RUN, [names.ATTR_GEN_AI_OPERATION_NAME]: names.OPERATION_INVOKE_AGENT };
const TOOL = { [names.ATTR_GEN_AI_TOOL_NAME]: 'search_crm' };

function spanEvent(name: string, seconds: number, attributes: Attributes = {}): SpanEvent {
  return { name, timeUnixNano: at(seconds), attributes };
}

/** Events without the common beginning of their names. */
function told(events: readonly StoryEvent[]): readonly string[] {
  return events.map(({ name }) => name.replace('hiveloop.', ''));
}

describe('log records', () => {
  test('the same uid of the same agent is told once, a uid of another agent is another event', () => {
    const intake = new Intake();
    const uid = { [names.ATTR_LOG_RECORD_UID]: 'u' };
    const batch = logs([
      record(names.EVENT_TODO, uid),
      record(names.EVENT_TODO, { ...uid, [names.ATTR_AGENT_ID]: 'other' }),
    ]);
    expect(intake.logs(batch)).toHaveLength(2);
    expect(intake.logs(batch)).toHaveLength(0);
    expect(intake.received.logs).toEqual({ story: 2, repeated: 2, foreign: 0 });
  });

  test('a record without a uid is the same when all that it says is', () => {
    const intake = new Intake();
    const todo = record(names.EVENT_TODO);
    expect(intake.logs(logs([todo, { ...todo }, { ...todo, timeUnixNano: at(1) }]))).toHaveLength(2);
  });

  test('ours is what has our scope, our event names or our category; the rest is counted, a translator’s too', () => {
    const intake = new Intake();
    expect(intake.logs(logs([record('lead.scored')]))).toHaveLength(1);
    expect(intake.logs(logs([record(names.EVENT_ISSUE_REPORTED)], 'a-python-library'))).toHaveLength(1);
    expect(intake.logs(logs([record('lead.won', { [names.ATTR_EVENT_CATEGORY]: 'pipeline' })], 'else'))).toHaveLength(
      1,
    );
    expect(intake.logs(logs([record('http.request'), record('')], 'http'))).toHaveLength(0);
    expect(intake.logs(logs([record(names.EVENT_ISSUE_LIFECYCLE)], names.SCOPE_TRANSLATOR))).toHaveLength(0);
    expect(intake.received.logs).toEqual({ story: 3, repeated: 0, foreign: 3 });
  });

  test('a batch is told in the order of time; a record without a time has the time it was observed', () => {
    const late = record('late', {}, { timeUnixNano: 0n, observedTimeUnixNano: at(2) });
    expect(told(new Intake().logs(logs([late, record('early', {}, { timeUnixNano: at(1) })])))).toEqual([
      'early',
      'late',
    ]);
  });
});

describe('spans of a host with traces only', () => {
  const HOLD = 2000;

  test('a task is told whole, in the order of time, when its span and the hold are there', () => {
    const intake = new Intake();
    const root = span('', ROOT, {
      startTimeUnixNano: at(0),
      endTimeUnixNano: at(9),
      events: [spanEvent(names.EVENT_RETRY, 5)],
    });
    const http = span(root.spanId, {}, { name: 'GET' });
    const tool = span(http.spanId, TOOL, {
      startTimeUnixNano: at(1),
      endTimeUnixNano: at(2),
      statusCode: 2,
      statusMessage: 'no',
    });
    const llm = span(
      root.spanId,
      { [names.ATTR_LLM_NAME]: 'agent_turn' },
      { startTimeUnixNano: at(3), endTimeUnixNano: at(4) },
    );

    expect(intake.spans(spans([tool, llm]), 0)).toEqual([]);
    expect(intake.due(60_000)).toEqual([]);
    expect(intake.spans(spans([http], 'undici'), 60_000)).toEqual([]);
    intake.spans(spans([root]), 5_000);
    const events = intake.due(5_000 + HOLD);

    expect(told(events)).toEqual([
      'task.started',
      'action.started',
      'action.failed',
      'llm.call',
      'retry',
      'task.completed',
    ]);
    expect(events.map(({ taskId, agentId }) => `${taskId} ${agentId}`)).toEqual(Array(6).fill('lead-1 lead-qualifier'));
    expect(events[2]).toMatchObject({
      severityNumber: 17,
      attributes: { [names.ATTR_DURATION]: 1, [names.ATTR_EXCEPTION_MESSAGE]: 'no' },
    });
    expect(events[4]).toMatchObject({ category: 'task', severityNumber: 13 });
    expect(intake.received.spans).toEqual({ story: 3, repeated: 0, foreign: 1 });
  });

  test('a task ends after what is in it, also where a child’s clock runs a little ahead', () => {
    const intake = new Intake();
    const root = span('', ROOT, { startTimeUnixNano: at(1), endTimeUnixNano: at(2) });
    const tool = span(root.spanId, TOOL, { startTimeUnixNano: at(0.999), endTimeUnixNano: at(2.001) });
    intake.spans(spans([tool, root]), 0);
    expect(told(intake.due(HOLD))).toEqual(['task.started', 'action.started', 'action.completed', 'task.completed']);
  });

  test('a retried export is told once', () => {
    const intake = new Intake();
    const root = span('', ROOT);
    intake.spans(spans([root]), 0);
    intake.spans(spans([root]), 1);
    expect(told(intake.due(HOLD))).toEqual(['task.started', 'task.completed']);
    expect(intake.received.spans.repeated).toBe(1);
  });

  test('a child that comes after its task has been told is told as the task’s', () => {
    const intake = new Intake();
    const root = span('', ROOT);
    intake.spans(spans([root]), 0);
    intake.due(HOLD);
    expect(intake.spans(spans([span(root.spanId, TOOL)]), 60_000)).toMatchObject([
      { taskId: 'lead-1' },
      { taskId: 'lead-1' },
    ]);
  });

  test('a root span with a uid is its event, at once', () => {
    const carrier = { ...AGENT, [names.ATTR_LOG_RECORD_UID]: 'u', [names.ATTR_SUMMARY]: 'CRM down' };
    const events = new Intake().spans(
      spans([span('', carrier, { name: names.EVENT_ISSUE_REPORTED, endTimeUnixNano: START_NANOS })]),
      0,
    );
    expect(events).toMatchObject([
      { name: names.EVENT_ISSUE_REPORTED, summary: 'CRM down', category: 'pipeline', taskId: '' },
    ]);
  });

  test('a tool outside any task is told without one', () => {
    const intake = new Intake();
    intake.spans(spans([span('', { ...TOOL, ...AGENT })]), 0);
    expect(intake.due(HOLD)).toMatchObject([{ taskId: '', agentId: 'lead-qualifier' }, { taskId: '' }]);
  });

  test('what still waits for its task at the end is told', () => {
    const intake = new Intake();
    intake.spans(spans([span('never-comes', TOOL)]), 0);
    expect(told(intake.drain())).toEqual(['action.started', 'action.completed']);
    expect(intake.drain()).toEqual([]);
  });

  test('known to send no logs for a while, its tasks are told as they come', () => {
    const intake = new Intake();
    intake.spans(spans([span('', {})], 'http'), 0);
    expect(told(intake.spans(spans([span('', ROOT)]), 20_000))).toEqual(['task.started', 'task.completed']);
  });
});

describe('a host with logs and traces', () => {
  const carried = { [names.ATTR_LOG_RECORD_UID]: 'only-here', ...AGENT };
  const mirrored = span('', ROOT, {
    events: [spanEvent(names.EVENT_RETRY, 0.2), spanEvent(names.EVENT_TODO, 0.3, carried)],
  });

  test('a run told by logs is not told again by its spans, but for events that only they carry', () => {
    const intake = new Intake();
    intake.logs(logs([record(names.EVENT_TASK_STARTED, RUN)]));
    intake.spans(spans([mirrored]), 0);
    expect(told(intake.due(2000))).toEqual(['todo']);
  });

  test('spans that come first wait for the logs', () => {
    const intake = new Intake();
    expect(intake.spans(spans([mirrored]), 0)).toEqual([]);
    expect(
      told(intake.logs(logs([record(names.EVENT_TASK_STARTED, RUN), record(names.EVENT_RETRY, RUN)]))),
    ).toHaveLength(2);
    expect(told(intake.due(2000))).toEqual(['todo']);
  });

  test('logs that come after the spans have told add only what no span carries', () => {
    const intake = new Intake();
    intake.spans(spans([mirrored]), 0);
    expect(told(intake.due(2000))).toEqual(['task.started', 'retry', 'todo', 'task.completed']);
    expect(told(intake.logs(logs([record(names.EVENT_RETRY, RUN), record(names.EVENT_ISSUE_REPORTED, RUN)])))).toEqual([
      'issue.reported',
    ]);
  });
});

test('data points are counted by whose they are', () => {
  const intake = new Intake();
  const points = (name: string, pointCount: number): Parameters<Intake['metrics']>[0] => [
    { resource: RESOURCE, scope: { name, version: '' }, points: [], pointCount },
  ];
  intake.metrics(points(names.SCOPE_INSTRUMENTATION, 3));
  intake.metrics(points('http', 4));
  expect(intake.received.points).toEqual({ story: 3, repeated: 0, foreign: 4 });
});
