import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as names from '../../src/semconv.ts';
import type { LogRecord, Span } from '../../src/translator/otlp/model.ts';
import { openBuiltCopy, type BuiltCopy } from './support/built-copy.ts';
import { Program, type Ended } from './support/program.ts';
import { openReceiver, type Received } from './support/received.ts';

const SERVICE = 'examples/lead-qualifier/main.ts';
const ISSUE = 'enrichment-api';
/** Of a span, as OTLP has it. */
const STATUS_ERROR = 2;

let copy: BuiltCopy;
let received: Received;
let ended: Ended;

beforeAll(async () => {
  copy = await openBuiltCopy();
  received = await openReceiver();
  ended = await new Program(copy.path(SERVICE), { OTEL_EXPORTER_OTLP_ENDPOINT: received.url, DEMO_SPEED: '4' }).ended;
  await received.close();
}, 60_000);

afterAll(() => copy.remove());

const eventsNamed = (name: string): readonly LogRecord[] => received.logs.filter(({ eventName }) => eventName === name);
const attributeOf = (name: string, attribute: string): readonly unknown[] =>
  eventsNamed(name).map(({ attributes }) => attributes[attribute]);
const isHttp = ({ attributes }: Span): boolean => 'http.request.method' in attributes;
const pathOf = ({ attributes }: Span): string => new URL(attributes['url.full'] as string).pathname;
const parentOf = (span: Span): Span | undefined => received.spans.find(({ spanId }) => spanId === span.parentSpanId);
const isToolSpan = (name: string): boolean => name.startsWith(`${names.OPERATION_EXECUTE_TOOL} `);

describe('the lead qualifier, as a real OTLP receiver sees it', () => {
  it('ends by itself with status 0 and prints nothing', () => {
    expect(ended).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('is one resource, with an instance id', () => {
    const instances = new Set(received.resources.map(({ attributes }) => attributes[names.ATTR_SERVICE_INSTANCE_ID]));
    expect([...instances]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(received.resources[0]?.attributes).toMatchObject({
      [names.ATTR_SERVICE_NAME]: 'lead-qualifier',
      [names.ATTR_SERVICE_NAMESPACE]: 'sales',
      [names.ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: 'demo',
    });
  });

  it('completes seven leads, and one fails for good with the reason', () => {
    expect(eventsNamed(names.EVENT_TASK_COMPLETED)).toHaveLength(7);
    const [failed, ...others] = eventsNamed(names.EVENT_TASK_FAILED);
    expect(others).toEqual([]);
    expect(failed?.attributes).toMatchObject({
      [names.ATTR_TASK_ID]: 'lead-4805',
      [names.ATTR_ERROR_TYPE]: 'Forbidden',
      [names.ATTR_EXCEPTION_MESSAGE]: expect.stringContaining('403') as string,
    });
    expect(attributeOf(names.EVENT_TODO, names.ATTR_TODO_ID)).toEqual(['qualify-4805']);
  });

  it('has each task in a trace of its own, with the plan as it ended', () => {
    const roots = received.spans.filter(
      ({ attributes }) => names.ATTR_TASK_ID in attributes && names.ATTR_PLAN_BAR in attributes,
    );
    expect(roots.map(({ parentSpanId }) => parentSpanId)).toEqual(Array<string>(8).fill(''));
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(8);
    const bars = roots.map(({ attributes }) => attributes[names.ATTR_PLAN_BAR]);
    expect(bars).toContain('[■ Search CRM] [■ Score lead] [■ Enrich] [■ Route]');
    expect(bars).toContain('[■ Search CRM] [■ Score lead] [– Enrich] [■ Route]');
    expect(bars).toContain('[✗ Search CRM] [  Score lead] [  Enrich] [  Route]');
  });

  it('replans the lead whose enrichment failed three times', () => {
    const replans = eventsNamed(names.EVENT_PLAN_CREATED).filter(
      ({ attributes }) => attributes[names.ATTR_PLAN_REVISION] === 1,
    );
    expect(replans.map(({ body }) => body)).toEqual(['Route without enrichment']);
    const root = received.spans.find(({ attributes }) => attributes[names.ATTR_PLAN_REVISION] === 1);
    expect(root?.attributes[names.ATTR_PLAN_BAR]).toBe('[■ Score on CRM data] [■ Route]');
    expect(root?.attributes[names.ATTR_TASK_ID]).toBe(replans[0]?.attributes[names.ATTR_TASK_ID]);
  });

  it('tells each retry with its number and a wait that doubles, and none after the last attempt', () => {
    const retries = eventsNamed(names.EVENT_RETRY);
    expect(retries).toHaveLength(8);
    const [firstWaits, secondWaits] = [1, 2].map((attempt) =>
      retries
        .filter(({ attributes }) => attributes[names.ATTR_RETRY_ATTEMPT] === attempt)
        .map(({ attributes }) => attributes[names.ATTR_RETRY_BACKOFF_SECONDS]),
    );
    expect(new Set(firstWaits)).toEqual(new Set([0.15]));
    expect(new Set(secondWaits)).toEqual(new Set([0.3]));
  });

  it('reports the issue at the third failure, resolves it at the first success, and both once more', () => {
    expect(received.transitions.filter((transition) => !transition.startsWith('recurred'))).toEqual([
      `opened ${ISSUE}`,
      `resolved ${ISSUE}`,
      'opened crm-duplicates',
      `reopened ${ISSUE}`,
      `resolved ${ISSUE}`,
    ]);
    const counts = eventsNamed(names.EVENT_ISSUE_REPORTED)
      .filter(({ attributes }) => attributes[names.ATTR_ISSUE_ID] === ISSUE)
      .map(({ attributes }) => attributes[names.ATTR_ISSUE_OCCURRENCE_COUNT]);
    expect(counts.filter((count) => count === 3)).toHaveLength(2); // none at the first and second failure
    expect(counts.every((count) => Number(count) >= 3)).toBe(true);
  });

  it('ties the report of an issue to the tool call that failed', () => {
    const [report] = eventsNamed(names.EVENT_ISSUE_REPORTED);
    const span = received.spans.find(({ spanId }) => spanId === report?.spanId);
    expect(span?.name).toBe('execute_tool enrich_lead');
    expect(span?.traceId).toBe(report?.traceId);
  });

  it('escalates a weak lead, and a claim to be approved after a wait', () => {
    const [claim, weak] = ['senior-support', 'senior-sales'];
    expect(new Set(attributeOf(names.EVENT_ESCALATION, names.ATTR_ESCALATION_ASSIGNED_TO))).toEqual(
      new Set([claim, weak]),
    );
    const [requested] = eventsNamed(names.EVENT_APPROVAL_REQUESTED);
    const [answer] = eventsNamed(names.EVENT_APPROVAL_RECEIVED);
    expect(answer?.attributes).toMatchObject({
      [names.ATTR_TASK_ID]: requested?.attributes[names.ATTR_TASK_ID],
      [names.ATTR_APPROVAL_APPROVED_BY]: 'support-lead',
      [names.ATTR_APPROVAL_DECISION]: 'approved',
    });
    const wait = Number(answer?.attributes[names.ATTR_APPROVAL_WAIT]);
    expect(wait).toBeGreaterThan(0.5); // 3.2 s at four times the speed
    expect(wait).toBeLessThan(10);
  });

  it('has the HTTP request of each tool and of each model turn below it', () => {
    const requests = received.spans.filter(isHttp);
    const parents = new Map<string, Set<string>>();
    for (const request of requests) {
      const path = pathOf(request);
      parents.set(path, (parents.get(path) ?? new Set()).add(parentOf(request)?.name ?? 'none'));
    }
    expect(Object.fromEntries([...parents].map(([path, found]) => [path, [...found]]))).toEqual({
      '/crm/search': ['execute_tool search_crm'],
      '/scoring/score': ['execute_tool score_lead'],
      '/enrichment/company': ['execute_tool enrich_lead'],
      '/crm/assign': ['execute_tool assign_to_rep'],
      '/billing/credit': ['execute_tool grant_credit'],
      '/model/chat': ['chat demo-model-1'],
      '/approvals': ['invoke_agent lead-qualifier'],
    });
  });

  it('traces no request of its own exporters', () => {
    const port = new URL(received.url).port;
    expect(received.spans.filter((span) => isHttp(span) && span.attributes['server.port'] === Number(port))).toEqual(
      [],
    );
  });

  it('nests the tools that a tool calls', () => {
    const searches = received.spans.filter(({ name }) => name === 'execute_tool search_crm');
    expect(searches).toHaveLength(8);
    expect(new Set(searches.map((span) => parentOf(span)?.name))).toEqual(new Set(['execute_tool qualify_lead']));
  });

  it('fails the tools that failed, and no other', () => {
    const failed = received.spans.filter(({ name, statusCode }) => isToolSpan(name) && statusCode === STATUS_ERROR);
    const counts: Record<string, number> = {};
    for (const { name } of failed) counts[name] = (counts[name] ?? 0) + 1;
    expect(counts).toEqual({
      'execute_tool enrich_lead': 9,
      'execute_tool search_crm': 1,
      'execute_tool qualify_lead': 1,
    });
  });

  it('tells tokens and cost of each model turn', () => {
    const turns = eventsNamed(names.EVENT_LLM_CALL);
    expect(turns).toHaveLength(15);
    for (const { attributes } of turns) {
      expect(attributes[names.ATTR_GEN_AI_INPUT_TOKENS]).toBeGreaterThan(1000);
      expect(attributes[names.ATTR_GEN_AI_OUTPUT_TOKENS]).toBeGreaterThan(40);
      expect(attributes[names.ATTR_LLM_COST]).toBeGreaterThan(0.001);
    }
  });

  it('shows the queue going up and down, down to empty', () => {
    const depths = attributeOf(names.EVENT_QUEUE_SNAPSHOT, names.ATTR_QUEUE_DEPTH) as readonly number[];
    expect(Math.max(...depths)).toBeGreaterThanOrEqual(2);
    expect(depths.at(-1)).toBe(0);
  });

  it('says that the agent stopped, with nothing left running', () => {
    expect(attributeOf(names.EVENT_AGENT_STOPPED, names.ATTR_AGENT_TASKS_RUNNING)).toEqual([0]);
    expect(received.logs.at(-1)?.eventName).toBe(names.EVENT_AGENT_STOPPED);
  });

  it('sends the metrics of its story', () => {
    for (const { name } of [names.METRIC_QUEUE_DEPTH, names.METRIC_HEARTBEAT_TIME, names.METRIC_RETRY_BACKOFF]) {
      expect([...received.metrics]).toContain(name);
    }
  });
});
