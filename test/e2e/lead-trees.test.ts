/*
 * Two leads through the manual's §9, one per branch, each trace compared whole: names, order, parents, links, events,
 * status and attributes. So the file is long: it is what a reader of the manual is to get, as text. Ids, times and
 * stacks are replaced once their form is checked (test/support/tree.ts).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Arrived, ArrivedSpan } from '../support/collector.ts';
import { runService } from '../support/service.ts';
import { childrenOf, inOrder, spanWith } from '../support/story.ts';
import { instantsOf, renderLogs, renderTree } from '../support/tree.ts';

const ESCALATED = `\
invoke_agent lead-qualifier [INTERNAL] [UNSET]
  link to POST /leads
  gen_ai.agent.name="lead-qualifier"
  gen_ai.operation.name="invoke_agent"
  hiveloop.agent.framework="custom"
  hiveloop.agent.id="lead-qualifier"
  hiveloop.agent.type="sales"
  hiveloop.agent.version="1.4.0"
  hiveloop.correlation_id="corr-4801"
  hiveloop.environment="test"
  hiveloop.escalation.count=1
  hiveloop.group="sales"
  hiveloop.plan.bar="[■ Search CRM for existing record] [■ Score lead against criteria] [■ Enrich with external data] [■ Route to sales rep]"
  hiveloop.plan.goal="Qualify and route lead"
  hiveloop.plan.revision=0
  hiveloop.plan.step.total=4
  hiveloop.plan.steps.completed=4
  hiveloop.project.id="sales-pipeline"
  hiveloop.retry.backoff=4
  hiveloop.retry.count=2
  hiveloop.task.id="lead-4801"
  hiveloop.task.run_id=<uuid>
  hiveloop.task.status="success"
  hiveloop.task.type="lead_processing"
  · hiveloop.plan.created hiveloop.plan.goal="Qualify and route lead" hiveloop.plan.revision=0 hiveloop.plan.step.total=4 hiveloop.plan.steps=["Search CRM for existing record","Score lead against criteria","Enrich with external data","Route to sales rep"] hiveloop.summary="Qualify and route lead"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=0 hiveloop.plan.step.total=4 hiveloop.summary="Searching CRM"
  execute_tool search_crm [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="search_crm"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=0 hiveloop.plan.step.total=4 hiveloop.summary="Found: ada@example.com"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=1 hiveloop.plan.step.total=4 hiveloop.summary="Scoring lead"
  execute_tool score_lead [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="score_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=1 hiveloop.plan.step.total=4 hiveloop.summary="Score: 0.12"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=2 hiveloop.plan.step.total=4 hiveloop.summary="Enriching lead data"
  execute_tool enrich_lead [INTERNAL] [ERROR: no answer within 5000 ms]
    error.type="APITimeoutError"
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
    · exception exception.message="no answer within 5000 ms" exception.stacktrace=<stack> exception.type="APITimeoutError"
  · hiveloop.retry hiveloop.retry.attempt=1 hiveloop.retry.backoff_seconds=2 hiveloop.summary="Enrichment API timeout"
  execute_tool enrich_lead [INTERNAL] [ERROR: no answer within 5000 ms]
    error.type="APITimeoutError"
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
    · exception exception.message="no answer within 5000 ms" exception.stacktrace=<stack> exception.type="APITimeoutError"
  · hiveloop.retry hiveloop.retry.attempt=2 hiveloop.retry.backoff_seconds=2 hiveloop.summary="Enrichment API timeout"
  execute_tool enrich_lead [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=2 hiveloop.plan.step.total=4 hiveloop.summary="Enrichment succeeded"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=3 hiveloop.plan.step.total=4 hiveloop.summary="Routing lead"
  · hiveloop.escalation hiveloop.escalation.assigned_to="senior-sales" hiveloop.summary="Lead score 0.12 — below threshold, needs manual review"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=3 hiveloop.plan.step.total=4 hiveloop.summary="Escalated to senior sales"`;

const ASSIGNED = `\
invoke_agent lead-qualifier [INTERNAL] [UNSET]
  gen_ai.agent.name="lead-qualifier"
  gen_ai.operation.name="invoke_agent"
  hiveloop.agent.framework="custom"
  hiveloop.agent.id="lead-qualifier"
  hiveloop.agent.type="sales"
  hiveloop.agent.version="1.4.0"
  hiveloop.correlation_id="corr-4802"
  hiveloop.environment="test"
  hiveloop.group="sales"
  hiveloop.issue.count=1
  hiveloop.plan.bar="[■ Search CRM for existing record] [■ Score lead against criteria] [✗ Enrich with external data] [■ Route to sales rep]"
  hiveloop.plan.goal="Qualify and route lead"
  hiveloop.plan.revision=0
  hiveloop.plan.step.total=4
  hiveloop.plan.steps.completed=3
  hiveloop.project.id="sales-pipeline"
  hiveloop.retry.backoff=4
  hiveloop.retry.count=2
  hiveloop.task.id="lead-4802"
  hiveloop.task.run_id=<uuid>
  hiveloop.task.status="success"
  hiveloop.task.type="lead_processing"
  · hiveloop.plan.created hiveloop.plan.goal="Qualify and route lead" hiveloop.plan.revision=0 hiveloop.plan.step.total=4 hiveloop.plan.steps=["Search CRM for existing record","Score lead against criteria","Enrich with external data","Route to sales rep"] hiveloop.summary="Qualify and route lead"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=0 hiveloop.plan.step.total=4 hiveloop.summary="Searching CRM"
  execute_tool search_crm [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="search_crm"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=0 hiveloop.plan.step.total=4 hiveloop.summary="Found: alan@example.com"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=1 hiveloop.plan.step.total=4 hiveloop.summary="Scoring lead"
  execute_tool score_lead [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="score_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=1 hiveloop.plan.step.total=4 hiveloop.summary="Score: 0.85"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=2 hiveloop.plan.step.total=4 hiveloop.summary="Enriching lead data"
  execute_tool enrich_lead [INTERNAL] [ERROR: no answer within 5000 ms]
    error.type="APITimeoutError"
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
    · exception exception.message="no answer within 5000 ms" exception.stacktrace=<stack> exception.type="APITimeoutError"
  · hiveloop.retry hiveloop.retry.attempt=1 hiveloop.retry.backoff_seconds=2 hiveloop.summary="Enrichment API timeout"
  execute_tool enrich_lead [INTERNAL] [ERROR: no answer within 5000 ms]
    error.type="APITimeoutError"
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
    · exception exception.message="no answer within 5000 ms" exception.stacktrace=<stack> exception.type="APITimeoutError"
  · hiveloop.retry hiveloop.retry.attempt=2 hiveloop.retry.backoff_seconds=2 hiveloop.summary="Enrichment API timeout"
  execute_tool enrich_lead [INTERNAL] [ERROR: no answer within 5000 ms]
    error.type="APITimeoutError"
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="enrich_lead"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
    · exception exception.message="no answer within 5000 ms" exception.stacktrace=<stack> exception.type="APITimeoutError"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="failed" hiveloop.plan.step.index=2 hiveloop.plan.step.total=4 hiveloop.summary="Enrichment failed after 3 attempts"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=3 hiveloop.plan.step.total=4 hiveloop.summary="Routing lead"
  execute_tool assign_to_rep [INTERNAL] [UNSET]
    gen_ai.agent.name="lead-qualifier"
    gen_ai.operation.name="execute_tool"
    gen_ai.tool.name="assign_to_rep"
    hiveloop.agent.id="lead-qualifier"
    hiveloop.agent.type="sales"
    hiveloop.environment="test"
    hiveloop.group="sales"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="completed" hiveloop.plan.step.index=3 hiveloop.plan.step.total=4 hiveloop.summary="Assigned to Ada"`;

const LOGS = `\
hiveloop.task.started @ invoke_agent lead-qualifier: lead-4801 started
hiveloop.plan.created @ invoke_agent lead-qualifier: Qualify and route lead
hiveloop.plan.step @ invoke_agent lead-qualifier: Searching CRM
hiveloop.action.started @ execute_tool search_crm: search_crm started
hiveloop.action.completed @ execute_tool search_crm: search_crm completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Found: ada@example.com
hiveloop.plan.step @ invoke_agent lead-qualifier: Scoring lead
hiveloop.action.started @ execute_tool score_lead: score_lead started
hiveloop.action.completed @ execute_tool score_lead: score_lead completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Score: 0.12
hiveloop.plan.step @ invoke_agent lead-qualifier: Enriching lead data
hiveloop.action.started @ execute_tool enrich_lead: enrich_lead started
hiveloop.action.failed @ execute_tool enrich_lead: enrich_lead failed: no answer within 5000 ms
hiveloop.retry @ invoke_agent lead-qualifier: Enrichment API timeout
hiveloop.action.started @ execute_tool enrich_lead#2: enrich_lead started
hiveloop.action.failed @ execute_tool enrich_lead#2: enrich_lead failed: no answer within 5000 ms
hiveloop.retry @ invoke_agent lead-qualifier: Enrichment API timeout
hiveloop.action.started @ execute_tool enrich_lead#3: enrich_lead started
hiveloop.action.completed @ execute_tool enrich_lead#3: enrich_lead completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Enrichment succeeded
hiveloop.plan.step @ invoke_agent lead-qualifier: Routing lead
hiveloop.escalation @ invoke_agent lead-qualifier: Lead score 0.12 — below threshold, needs manual review
hiveloop.plan.step @ invoke_agent lead-qualifier: Escalated to senior sales
hiveloop.task.completed @ invoke_agent lead-qualifier: lead-4801 completed
hiveloop.task.started @ invoke_agent lead-qualifier: lead-4802 started
hiveloop.plan.created @ invoke_agent lead-qualifier: Qualify and route lead
hiveloop.plan.step @ invoke_agent lead-qualifier: Searching CRM
hiveloop.action.started @ execute_tool search_crm: search_crm started
hiveloop.action.completed @ execute_tool search_crm: search_crm completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Found: alan@example.com
hiveloop.plan.step @ invoke_agent lead-qualifier: Scoring lead
hiveloop.action.started @ execute_tool score_lead: score_lead started
hiveloop.action.completed @ execute_tool score_lead: score_lead completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Score: 0.85
hiveloop.plan.step @ invoke_agent lead-qualifier: Enriching lead data
hiveloop.action.started @ execute_tool enrich_lead: enrich_lead started
hiveloop.action.failed @ execute_tool enrich_lead: enrich_lead failed: no answer within 5000 ms
hiveloop.retry @ invoke_agent lead-qualifier: Enrichment API timeout
hiveloop.action.started @ execute_tool enrich_lead#2: enrich_lead started
hiveloop.action.failed @ execute_tool enrich_lead#2: enrich_lead failed: no answer within 5000 ms
hiveloop.retry @ invoke_agent lead-qualifier: Enrichment API timeout
hiveloop.action.started @ execute_tool enrich_lead#3: enrich_lead started
hiveloop.action.failed @ execute_tool enrich_lead#3: enrich_lead failed: no answer within 5000 ms
hiveloop.plan.step @ invoke_agent lead-qualifier: Enrichment failed after 3 attempts
hiveloop.issue.reported @ invoke_agent lead-qualifier: Enrichment API consistently timing out
hiveloop.plan.step @ invoke_agent lead-qualifier: Routing lead
hiveloop.action.started @ execute_tool assign_to_rep: assign_to_rep started
hiveloop.action.completed @ execute_tool assign_to_rep: assign_to_rep completed
hiveloop.plan.step @ invoke_agent lead-qualifier: Assigned to Ada
hiveloop.task.completed @ invoke_agent lead-qualifier: lead-4802 completed
hiveloop.issue.resolved @ no span: Enrichment API recovered
hiveloop.agent.stopped @ no span: Stopped`;

/** On each log record of a task, beside what is the event's own. */
const COMMON = {
  'hiveloop.agent.id': 'lead-qualifier',
  'hiveloop.agent.type': 'sales',
  'hiveloop.environment': 'test',
  'hiveloop.group': 'sales',
  'hiveloop.project.id': 'sales-pipeline',
  'hiveloop.task.type': 'lead_processing',
};

let run: Arrived & { readonly stderr: string };
let leads: Readonly<Record<'escalated' | 'assigned', ArrivedSpan>>;

beforeAll(async () => {
  run = await runService('lead-service');
  const lead = (taskId: string): ArrivedSpan => spanWith(run, 'hiveloop.task.id', taskId);
  leads = { escalated: lead('lead-4801'), assigned: lead('lead-4802') };
});

describe("the manual's §9", () => {
  test('a lead that is escalated, as a whole', () => {
    expect(renderTree(run, leads.escalated)).toBe(ESCALATED);
  });

  test('a lead that is assigned, as a whole', () => {
    expect(renderTree(run, leads.assigned)).toBe(ASSIGNED);
  });

  test('there is nothing else: the request, two tasks and their tools, all of one resource', () => {
    expect(run.spans).toHaveLength(14);
    expect(new Set(run.spans.map(({ traceId }) => traceId)).size).toBe(3);
    expect(new Set(run.spans.map(({ scope }) => scope.name))).toEqual(new Set(['lead-server', 'hiveloop-otel']));
    for (const { resource } of [...run.spans, ...run.logs]) {
      expect(resource).toEqual({
        'service.name': 'agent-service',
        'service.namespace': 'tests',
        'service.instance.id': 'instance-1',
        'deployment.environment.name': 'test',
      });
    }
    expect(run.stderr).toBe('');
  });

  test('the log events in order, each correlated with the span that it belongs to', () => {
    expect(renderLogs(run)).toBe(LOGS);
  });

  test.each(['escalated', 'assigned'] as const)('%s: each span event is the mirror of one log event', (branch) => {
    const { events, spanId, attributes } = leads[branch];
    for (const { name, timeUnixNano, attributes: mirrored } of events) {
      const { 'hiveloop.summary': body, ...own } = mirrored;
      const twins = run.logs.filter((record) => record.spanId === spanId && record.timeUnixNano === timeUnixNano);

      expect(twins).toHaveLength(1);
      expect(twins[0]).toMatchObject({ eventName: name, body });
      expect(twins[0]?.attributes).toEqual({
        ...COMMON,
        ...own,
        'hiveloop.task.id': attributes['hiveloop.task.id'],
        'hiveloop.task.run_id': attributes['hiveloop.task.run_id'],
        'hiveloop.correlation_id': attributes['hiveloop.correlation_id'],
        'hiveloop.event.category': name === 'hiveloop.escalation' ? 'human' : 'task',
        'log.record.uid': expect.any(String) as unknown,
      });
    }
  });

  test('each log record has a uid of its own, and no mirrored span event has one', () => {
    const uids = run.logs.map(({ attributes }) => attributes['log.record.uid']);

    expect(new Set(uids).size).toBe(run.logs.length);
    expect(uids).not.toContain(undefined);
    for (const { events } of run.spans)
      for (const { attributes } of events) expect(attributes).not.toHaveProperty(['log.record.uid']);
  });

  test.each(['escalated', 'assigned'] as const)('%s: children lie inside their parent, to the nanosecond', (branch) => {
    const parent = leads[branch];
    const children = childrenOf(run, parent);

    expect(children.length).toBeGreaterThan(4);
    for (const child of children) {
      expect(child.startTimeUnixNano > parent.startTimeUnixNano, child.name).toBe(true);
      expect(child.endTimeUnixNano > child.startTimeUnixNano, child.name).toBe(true);
      expect(child.endTimeUnixNano < parent.endTimeUnixNano, child.name).toBe(true);
    }
  });

  test('every instant is a later one than that of the call before', () => {
    const instants = [...instantsOf(run, leads.escalated), ...instantsOf(run, leads.assigned)];
    const logTimes = run.logs.map(({ timeUnixNano }) => timeUnixNano);

    expect(instants.slice(1).filter((instant, index) => instant <= (instants[index] ?? 0n))).toEqual([]);
    expect(logTimes).toEqual(inOrder(run.logs).map(({ timeUnixNano }) => timeUnixNano));
    expect(new Set(logTimes).size).toBe(logTimes.length);
  });
});
