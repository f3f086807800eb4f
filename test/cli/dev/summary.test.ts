import { expect, test } from 'vitest';
import type { Received } from '../../../src/cli/dev/intake.ts';
import { parseOnly } from '../../../src/cli/dev/only.ts';
import { columnsOf } from '../../../src/cli/dev/width.ts';
import { createPaint } from '../../../src/cli/dev/paint.ts';
import { summaryJson, summaryLines } from '../../../src/cli/dev/summary.ts';
import { Tally } from '../../../src/cli/dev/tally.ts';
import { jsonLine, rfc3339 } from '../../../src/cli/dev/json-line.ts';
import type { StoryEvent } from '../../../src/cli/dev/story-event.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import * as names from '../../../src/semconv.ts';
import { agentEvent, event, START_NANOS, toolEvent } from '../support/story-events.ts';

const NOTHING = { story: 0, repeated: 0, foreign: 0 };
const RECEIVED: Received = {
  logs: { story: 210, repeated: 2, foreign: 12 },
  spans: { story: 1, repeated: 0, foreign: 40 },
  points: { story: 340, repeated: 0, foreign: 0 },
};

function transition(name: string, issueId: string, episode = 1): StoryEvent {
  return agentEvent(names.EVENT_ISSUE_LIFECYCLE, {
    [names.ATTR_ISSUE_TRANSITION]: name,
    [names.ATTR_ISSUE_ID]: issueId,
    [names.ATTR_ISSUE_SEVERITY]: 'high',
    [names.ATTR_ISSUE_EPISODE]: episode,
    [names.ATTR_ISSUE_OCCURRENCES]: 2,
    [names.ATTR_ISSUE_SUMMARY]: `${issueId} is down`,
  });
}

function tallied(events: readonly StoryEvent[]): Tally {
  const tally = new Tally();
  for (const each of events) tally.add(each);
  return tally;
}

const run = (runId: string): Partial<StoryEvent> => ({ runId, taskId: runId });
const STORY: readonly StoryEvent[] = [
  ...['a', 'b', 'c', 'd'].map((id) => event(names.EVENT_TASK_STARTED, {}, run(id))),
  event(names.EVENT_TASK_COMPLETED, {}, run('a')),
  event(names.EVENT_TASK_FAILED, { [names.ATTR_TASK_STATUS]: 'failure' }, run('b')),
  event(names.EVENT_TASK_FAILED, { [names.ATTR_TASK_STATUS]: 'abandoned' }, run('c')),
  toolEvent(names.EVENT_ACTION_COMPLETED, 'search_crm', 1),
  toolEvent(names.EVENT_ACTION_FAILED, 'enrich_lead', 2),
  toolEvent(names.EVENT_ACTION_COMPLETED, 'enrich_lead', 3),
  event(names.EVENT_RETRY, { [names.ATTR_RETRY_BACKOFF_SECONDS]: 2 }),
  event(names.EVENT_RETRY, { [names.ATTR_RETRY_BACKOFF_SECONDS]: 4.5 }),
  event(names.EVENT_ESCALATION),
  event(names.EVENT_APPROVAL_REQUESTED),
  event(names.EVENT_APPROVAL_REQUESTED),
  event(names.EVENT_APPROVAL_RECEIVED, { [names.ATTR_APPROVAL_DECISION]: 'rejected' }),
  event(names.EVENT_LLM_CALL, {
    [names.ATTR_GEN_AI_INPUT_TOKENS]: 48_200,
    [names.ATTR_GEN_AI_OUTPUT_TOKENS]: 900,
    [names.ATTR_LLM_COST]: 1.2,
  }),
  event(names.EVENT_LLM_CALL, { [names.ATTR_LLM_INPUT_TOKENS]: 100, [names.ATTR_LLM_OUTPUT_TOKENS]: 10 }),
  transition('opened', 'crm-403'),
  transition('opened', 'enrich'),
  transition('resolved', 'crm-403'),
  transition('reopened', 'crm-403', 2),
  transition('resolved', 'enrich'),
  agentEvent(names.EVENT_QUEUE_SNAPSHOT, { [names.ATTR_QUEUE_DEPTH]: 8 }),
  agentEvent(names.EVENT_QUEUE_SNAPSHOT, { [names.ATTR_QUEUE_DEPTH]: 3 }),
  agentEvent(names.EVENT_AGENT_HEARTBEAT),
];

test('the summary says what was received, and which issues are open', () => {
  const lines = summaryLines(tallied(STORY).totals(), RECEIVED, 60, createPaint(false));
  expect(lines.join('\n')).toBe(`
── summary ─────────────────────────────────────────────────
tasks         4: 1 completed, 1 failed, 1 abandoned,
              1 running
tools         3: enrich_lead 2 (1 failed), search_crm 1
retries       2, 6.5s lost to backoff
escalations   1
approvals     2: 1 rejected, 1 waiting
LLM calls     2: 48k→910 tok, $1.20
issues        2 opened, 2 resolved, 1 reopened
queue         lead-qualifier Q:3
heartbeats    1
received      210 log records, 1 span, 340 data points
repeated      2 log records
foreign       12 log records, 40 spans
● open issue  crm-403 high · ×2 · ep 2 · lead-qualifier crm…`);
});

test.each([14, 20, 26, 33, 34, 40, 100])('in %d columns nothing of what was received is cut', (columns) => {
  const issuesOnly = 2;
  const wide = summaryLines(tallied(STORY).totals(), RECEIVED, Infinity, createPaint(false)).slice(issuesOnly, -1);
  const lines = summaryLines(tallied(STORY).totals(), RECEIVED, columns, createPaint(false)).slice(issuesOnly, -1);
  const letters = (text: readonly string[]): string => text.join('').replace(/ /g, '');
  expect(letters(lines)).toBe(letters(wide));
  for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
});

test('in a narrow terminal a row begins below its heading', () => {
  const lines = summaryLines(tallied(STORY).totals(), RECEIVED, 20, createPaint(false));
  expect(lines.slice(1, 9)).toEqual([
    '── summary ─────────',
    'tasks',
    '  4: 1 completed,',
    '  1 failed,',
    '  1 abandoned,',
    '  1 running',
    'tools',
    '  3: enrich_lead 2',
  ]);
});

test('with nothing received it says so', () => {
  const nothing: Received = { logs: NOTHING, spans: NOTHING, points: NOTHING };
  expect(summaryLines(new Tally().totals(), nothing, 80, createPaint(false)).slice(2)).toEqual([
    'tasks         0',
    'received      nothing of HiveLoop',
  ]);
});

test('as JSON it is one line named summary', () => {
  const json = summaryJson(tallied(STORY).totals(), RECEIVED, '2026-09-21T14:13:20.000Z');
  expect(json).not.toContain('\n');
  expect(JSON.parse(json)).toMatchObject({
    name: 'summary',
    tasks: { started: 4, completed: 1, failed: 1, abandoned: 1, running: 1 },
    tools: { enrich_lead: { count: 2, failed: 1 } },
    retries: { count: 2, backoffSeconds: 6.5 },
    issues: { byTransition: { opened: 2 }, open: [{ issueId: 'crm-403', episode: 2, summary: 'crm-403 is down' }] },
    received: { logs: { foreign: 12 } },
  });
});

test('an event as JSON has its time to the nanosecond and any attribute value', () => {
  const attributes = { big: 2n ** 60n, bytes: new Uint8Array([1, 2]), list: ['a', 1, null] };
  expect(
    JSON.parse(jsonLine(event(names.EVENT_RETRY, attributes, { timeUnixNano: START_NANOS + 5n, severityNumber: 13 }))),
  ).toEqual({
    time: '2026-09-21T14:13:20.000000005Z',
    name: names.EVENT_RETRY,
    category: 'task',
    severity: 'WARN',
    agent: 'lead-qualifier',
    task: 'lead-1',
    summary: '',
    attributes: { big: '1152921504606846976', bytes: 'AQI=', list: ['a', 1, null] },
  });
  expect(rfc3339(START_NANOS)).toBe('2026-09-21T14:13:20.000Z');
});

test.each([
  ['human', event(names.EVENT_ESCALATION), true],
  ['human,error', event(names.EVENT_ACTION_FAILED, {}, { severityNumber: 17 }), true],
  ['human, error', event(names.EVENT_ACTION_FAILED, {}, { severityNumber: 13 }), false],
  ['pipeline', event(names.EVENT_RETRY), false],
  [undefined, event(names.EVENT_RETRY), true],
])('--only %s', (text, each, passes) => expect(parseOnly(text)(each)).toBe(passes));

test.each(['errors', '', ' , '])('--only %j is refused', (text) => expect(() => parseOnly(text)).toThrow(UsageError));
