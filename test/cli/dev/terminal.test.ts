/* eslint-disable no-control-regex -- colours are what these tests look for */
import { beforeAll, describe, expect, test } from 'vitest';
import { createPaint } from '../../../src/cli/dev/paint.ts';
import { Story } from '../../../src/cli/dev/story.ts';
import type { StoryEvent } from '../../../src/cli/dev/story-event.ts';
import { Terminal } from '../../../src/cli/dev/terminal.ts';
import { columnsOf } from '../../../src/cli/dev/width.ts';
import * as names from '../../../src/semconv.ts';
import { agentEvent, at, event, planEvent, stepEvent, toolEvent } from '../support/story-events.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

const TASK = { [names.ATTR_TASK_TYPE]: 'lead_processing', [names.ATTR_PROJECT_ID]: 'sales-pipeline' };
const TIMEOUT = {
  [names.ATTR_GEN_AI_TOOL_NAME]: 'enrich_lead',
  [names.ATTR_DURATION]: 5,
  [names.ATTR_EXCEPTION_TYPE]: 'TimeoutError',
  [names.ATTR_EXCEPTION_MESSAGE]: 'request to https://enrich.example.com/v2/person timed out after 5000 ms',
};
const LLM = {
  [names.ATTR_LLM_NAME]: 'agent_turn',
  [names.ATTR_GEN_AI_REQUEST_MODEL]: 'claude-sonnet',
  [names.ATTR_GEN_AI_INPUT_TOKENS]: 3200,
  [names.ATTR_GEN_AI_OUTPUT_TOKENS]: 210,
  [names.ATTR_LLM_COST]: 0.012,
  [names.ATTR_DURATION]: 1.4,
};
const ISSUE = {
  [names.ATTR_ISSUE_ID]: 'crm-403',
  [names.ATTR_ISSUE_SEVERITY]: 'high',
  [names.ATTR_ISSUE_SUMMARY]: 'CRM API returns 403',
};

function transition(name: string, attributes: Readonly<Record<string, string | number | boolean>> = {}): StoryEvent {
  return agentEvent(names.EVENT_ISSUE_LIFECYCLE, { ...ISSUE, [names.ATTR_ISSUE_TRANSITION]: name, ...attributes });
}

const STORY: readonly StoryEvent[] = [
  event(names.EVENT_TASK_STARTED, TASK),
  planEvent(['Search CRM for existing record', 'Score lead', 'Enrich with external data', 'Route to sales rep']),
  event(names.EVENT_LLM_CALL, LLM),
  stepEvent(0, 'started', 'Searching CRM'),
  toolEvent(names.EVENT_ACTION_STARTED, 'process_lead', 1, { spanId: 'outer' }),
  toolEvent(names.EVENT_ACTION_STARTED, 'search_crm', 2, { spanId: 'inner' }),
  toolEvent(names.EVENT_ACTION_COMPLETED, 'search_crm', 2.8, { spanId: 'inner' }),
  toolEvent(names.EVENT_ACTION_COMPLETED, 'process_lead', 3.5, { spanId: 'outer' }),
  stepEvent(0, 'completed', 'Found: true'),
  event(names.EVENT_ACTION_FAILED, TIMEOUT, { severityNumber: 17 }),
  event(
    names.EVENT_RETRY,
    { [names.ATTR_RETRY_ATTEMPT]: 1, [names.ATTR_RETRY_BACKOFF_SECONDS]: 2 },
    { summary: 'Enrichment API timeout' },
  ),
  stepEvent(2, 'failed', 'Enrichment failed after 3 attempts'),
  event(
    names.EVENT_ESCALATION,
    { [names.ATTR_ESCALATION_ASSIGNED_TO]: 'senior-sales' },
    { summary: 'Lead score 0.15: below threshold, needs manual review' },
  ),
  event(
    names.EVENT_APPROVAL_REQUESTED,
    { [names.ATTR_APPROVAL_APPROVER]: 'sales-lead' },
    { summary: 'Offer a discount?' },
  ),
  event(
    names.EVENT_APPROVAL_RECEIVED,
    { [names.ATTR_APPROVAL_APPROVED_BY]: 'sales-lead', [names.ATTR_APPROVAL_WAIT]: 12.04 },
    { summary: 'Once' },
  ),
  event(names.EVENT_TASK_COMPLETED, { [names.ATTR_DURATION]: 29.6 }, { timeUnixNano: at(29.6) }),
];

function print(events: readonly StoryEvent[], columns: number, isColoured = false): readonly string[] {
  const story = new Story();
  const terminal = new Terminal({ columns, paint: createPaint(isColoured) });
  return events.flatMap((each) => story.tell(each)).flatMap((item) => terminal.lines(item));
}

test('a task at 80 columns', () => {
  expect(print(STORY, 80).join('\n')).toBe(
    `
▶ lead-1         lead-qualifier · lead_processing · sales-pipeline      14:13:20
  lead-1         ◇ plan Qualify lead
  lead-1         [  Search CRM…] [  Score lead] [  Enrich wit…] [  Route to s…]
  lead-1         ■ agent_turn claude-sonnet 3.2k→210 tok 1.4s $0.012
  lead-1         [▪ Search CRM…] [  Score lead] [  Enrich wit…] [  Route to s…]
  lead-1         ○ process_lead
  lead-1           ● search_crm 0.8s
  lead-1         ● process_lead 2.5s
  lead-1         [■ Search CRM…] [  Score lead] [  Enrich wit…] [  Route to s…]
  lead-1         └ Found: true
  lead-1         ✗ enrich_lead 5.0s TimeoutError: request to https://enrich.exa…
  lead-1         ↻ retry #1 (2s) Enrichment API timeout
  lead-1         [■ Search CRM…] [  Score lead] [✗ Enrich wit…] [  Route to s…]
  lead-1         └ Enrichment failed after 3 attempts
  lead-1         ▲ escalated → senior-sales Lead score 0.15: below threshold, n…
  lead-1         ‖ approval requested from sales-lead Offer a discount?
  lead-1         ✔ approved by sales-lead after 12s Once
✔ lead-1         completed 29.6s · 3 tools, 1 failed · 1 retry          14:13:49
`.trim(),
  );
});

test('a task at 120 columns: each line has its time, and what a step says stands behind the bar', () => {
  expect(print(STORY, 120).join('\n')).toBe(
    `
14:13:20 ▶ lead-1               lead-qualifier · lead_processing · sales-pipeline
14:13:20   lead-1               ◇ plan Qualify lead
14:13:20   lead-1               [  Search CRM for exis…] [  Score lead] [  Enrich with externa…] [  Route to sales rep]
14:13:20   lead-1               ■ agent_turn claude-sonnet 3.2k→210 tok 1.4s $0.012
14:13:20   lead-1               [▪ Search CRM…] [  Score lead] [  Enrich wit…] [  Route to s…]  Searching CRM
14:13:21   lead-1               ○ process_lead
14:13:22   lead-1                 ● search_crm 0.8s
14:13:23   lead-1               ● process_lead 2.5s
14:13:20   lead-1               [■ Search CRM…] [  Score lead] [  Enrich wit…] [  Route to s…]  Found: true
14:13:20   lead-1               ✗ enrich_lead 5.0s TimeoutError: request to https://enrich.example.com/v2/person timed…
14:13:20   lead-1               ↻ retry #1 (2s) Enrichment API timeout
14:13:20   lead-1               [■ Search CRM…] [  Score lead] [✗ Enrich wit…] [  Route to s…]
14:13:20   lead-1               └ Enrichment failed after 3 attempts
14:13:20   lead-1               ▲ escalated → senior-sales Lead score 0.15: below threshold, needs manual review
14:13:20   lead-1               ‖ approval requested from sales-lead Offer a discount?
14:13:20   lead-1               ✔ approved by sales-lead after 12s Once
14:13:49 ✔ lead-1               completed 29.6s · 3 tools, 1 failed · 1 retry
`.trim(),
  );
});

test('in a pipe nothing is cut', () => {
  const lines = print(STORY, Infinity).join('\n');
  expect(lines).not.toContain('…');
  expect(lines).toContain(
    '[■ Search CRM for existing record] [  Score lead] [✗ Enrich with external data] [  Route to sales rep]  Enrichment failed',
  );
});

test('colours say the state: red failed, amber retry and escalation, purple model, blue tool, green done', () => {
  const codeOf = (text: string): string | undefined =>
    print(STORY, 120, true)
      .map((line) => new RegExp(`\u001b\\[([\\d;]+)m[^\u001b]*${text}`).exec(line)?.[1])
      .find(Boolean);
  expect(
    ['✗ enrich_lead', 'retry #1', '▲ escalated', '■ agent_turn', '●', 'completed 29', '✔ approved'].map(codeOf),
  ).toEqual(['31', '33', '33', '35', '34', '32', '32']);
});

test('tasks that run side by side have labels of different colours, and each keeps its own', () => {
  const started = (taskId: string): StoryEvent => event(names.EVENT_RETRY, {}, { taskId, runId: taskId });
  const codes = print([started('a'), started('b'), started('a')], 80, true).map(
    (line) => /\u001b\[(38;5;\d+)m/.exec(line)?.[1],
  );
  expect(codes[0]).toBe(codes[2]);
  expect(codes[0]).not.toBe(codes[1]);
});

describe('lines of the agent', () => {
  const cases: readonly (readonly [string, StoryEvent])[] = [
    ['● lead-qualifier issue opened crm-403 high CRM API returns 403          14:13:20', transition('opened')],
    [
      '● lead-qualifier issue recurred crm-403 ×4 high CRM API returns 403     14:13:20',
      transition('recurred', { [names.ATTR_ISSUE_OCCURRENCES]: 4 }),
    ],
    ['● lead-qualifier issue severity changed crm-403 high CRM API returns 403', transition('severity_changed')],
    [
      '○ lead-qualifier issue resolved crm-403 after 12s CRM API returns 403   14:13:20',
      transition('resolved', { [names.ATTR_ISSUE_TIME_TO_RESOLVE]: 12.3 }),
    ],
    [
      '● lead-qualifier issue reopened crm-403 ep 2 high CRM API returns 403   14:13:20',
      transition('reopened', { [names.ATTR_ISSUE_EPISODE]: 2 }),
    ],
    ['● lead-qualifier issue unmatched crm-403 CRM API returns 403            14:13:20', transition('unmatched')],
    [
      '  lead-qualifier Q:4 oldest 12s · working on lead-1',
      agentEvent(names.EVENT_QUEUE_SNAPSHOT, {
        [names.ATTR_QUEUE_DEPTH]: 4,
        [names.ATTR_QUEUE_OLDEST_AGE]: 12.3,
        [names.ATTR_QUEUE_PROCESSING]: '{"id":"lead-1"}',
      }),
    ],
    [
      '  lead-qualifier Q:0',
      agentEvent(names.EVENT_QUEUE_SNAPSHOT, {
        [names.ATTR_QUEUE_DEPTH]: 0,
        [names.ATTR_QUEUE_PROCESSING]: 'not json',
      }),
    ],
    [
      '  lead-qualifier ☐ todo created call-back high Call the customer',
      agentEvent(
        names.EVENT_TODO,
        { [names.ATTR_TODO_ACTION]: 'created', [names.ATTR_TODO_ID]: 'call-back', [names.ATTR_TODO_PRIORITY]: 'high' },
        { summary: 'Call the customer' },
      ),
    ],
    [
      '  lead-qualifier ◷ 2 scheduled, next at noon',
      agentEvent(names.EVENT_SCHEDULED, { [names.ATTR_SCHEDULED_COUNT]: 2 }, { summary: '2 scheduled, next at noon' }),
    ],
    [
      '  lead-qualifier · lead.scored score=0.15 tier=C',
      agentEvent('lead.scored', {
        [`${names.ATTR_PAYLOAD_PREFIX}score`]: 0.15,
        [`${names.ATTR_PAYLOAD_PREFIX}tier`]: 'C',
      }),
    ],
    [
      '◼ lead-qualifier agent stopped                                          14:13:20',
      agentEvent(names.EVENT_AGENT_STOPPED),
    ],
  ];
  test.each(cases)('%s', (expected, agents) => expect(print([agents], 80)).toEqual([expected.trimEnd()]));
});

test('a queue is blue, and amber above 5', () => {
  const code = (items: number): string | undefined =>
    /\u001b\[(\d+)mQ:/.exec(
      print([agentEvent(names.EVENT_QUEUE_SNAPSHOT, { [names.ATTR_QUEUE_DEPTH]: items })], 80, true)[0] ?? '',
    )?.[1];
  expect([code(4), code(5), code(6)]).toEqual(['34', '34', '33']);
});

test.each([30, 60, 80, 99, 100, 120])(
  'no line is wider than a terminal of %d columns, wide characters and all',
  (columns) => {
    const wide = STORY.map((each) => ({
      ...each,
      taskId: '案件-4801-東京-営業-田中',
      summary: `${each.summary} 田中さん 🎉`.repeat(5),
    }));
    for (const line of print(wide, columns)) expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(columns, 40));
  },
);
