import { beforeAll, describe, expect, test } from 'vitest';
import type { Arrived } from '../support/collector.ts';
import { labelsOf } from '../support/metric-points.ts';
import { runService, type Ended } from '../support/service.ts';
import { eventsNamed, spanNamed, spanWith } from '../support/story.ts';
import { renderLogs, renderTree } from '../support/tree.ts';

type Run = Arrived & Ended;

const UID = 'log.record.uid';
/** What comes by the clock, so more or less often. */
const BY_CLOCK = ['hiveloop.agent.heartbeat', 'hiveloop.queue.snapshot'];

function withoutClock(run: Run): Run {
  return { ...run, logs: run.logs.filter(({ eventName }) => !BY_CLOCK.includes(eventName)) };
}

/** The metrics that arrived: name, unit, kind, labels. */
function seriesOf({ points }: Run): readonly string[] {
  const series = points.map((point) => `${point.name} ${point.unit} ${point.kind}: ${labelsOf(point)}`);
  return [...new Set(series)].sort();
}

describe.each(['before', 'after'])('a host with traces, logs and metrics, whose SDK starts %s us', (sdk) => {
  let run: Run;
  beforeAll(async () => {
    run = await runService('story-service', { env: { SIGNALS: 'all', SDK: sdk } });
  });

  test("nothing is missing, nothing is said, and the agent's own results are as without us", () => {
    expect(run.status).toBe(0);
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      answer: { total: 120 },
      isSync: 42,
      isSameError: true,
      findings: [],
    });
  });

  test('every log event of the design arrives, in the order of the calls and with its span', () => {
    expect(renderLogs(withoutClock(run)).split('\n')).toEqual([
      'hiveloop.task.started @ invoke_agent support: ticket-1 started',
      'hiveloop.plan.created @ invoke_agent support: Answer the ticket',
      'hiveloop.plan.step @ invoke_agent support: Read',
      'hiveloop.llm.call @ chat claude-sonnet: agent_turn → claude-sonnet, 100 in, 20 out, $0.5',
      'hiveloop.action.started @ execute_tool price: price started',
      'hiveloop.retry @ execute_tool price: Price service busy',
      'hiveloop.issue.reported @ execute_tool price: Prices are stale',
      'hiveloop.action.started @ add_tax: add_tax started',
      'hiveloop.action.completed @ add_tax: add_tax completed',
      'hiveloop.action.completed @ execute_tool price: price completed',
      'hiveloop.action.started @ execute_tool send_mail: send_mail started',
      'hiveloop.action.failed @ execute_tool send_mail: send_mail failed: mailbox full',
      'hiveloop.escalation @ invoke_agent support: Cannot mail',
      'hiveloop.approval.requested @ invoke_agent support: Refund?',
      'hiveloop.approval.received @ invoke_agent support: Yes',
      'hiveloop.task.completed @ invoke_agent support: ticket-1 completed',
      'hiveloop.task.started @ invoke_agent support: ticket-2 started',
      'hiveloop.task.completed @ invoke_agent support: ticket-2 completed',
      'hiveloop.issue.resolved @ no span: Prices are fresh',
      'hiveloop.todo @ no span: Call back',
      'hiveloop.scheduled @ no span: 1 scheduled',
      'desk.opened @ no span: desk.opened',
      'hiveloop.agent.stopped @ no span: Stopped',
    ]);
  });

  test('severities are those of the design', () => {
    const severities = Object.fromEntries(run.logs.map(({ eventName, severityNumber }) => [eventName, severityNumber]));
    const others = Object.entries(severities).filter(([, severity]) => severity !== 9);

    expect(Object.fromEntries(others)).toEqual({
      'hiveloop.agent.heartbeat': 5,
      'hiveloop.queue.snapshot': 5,
      'hiveloop.issue.reported': 13,
      'hiveloop.retry': 13,
      'hiveloop.escalation': 13,
      'hiveloop.action.failed': 17,
    });
  });

  test('heartbeats arrive, each says what the agent is doing', () => {
    const beats = eventsNamed(run, 'hiveloop.agent.heartbeat');

    expect(beats.length).toBeGreaterThanOrEqual(4);
    expect(beats[0]?.attributes).toMatchObject({
      'hiveloop.agent.stuck_threshold': 60,
      'hiveloop.agent.tasks.running': 0,
      'hiveloop.agent.approvals.pending': 0,
    });
  });

  test('every log record has a uid, and no span event and no span has one', () => {
    expect(new Set(run.logs.map(({ attributes }) => attributes[UID])).size).toBe(run.logs.length);
    for (const { name, attributes, events } of run.spans) {
      for (const carrier of [attributes, ...events.map((event) => event.attributes)]) {
        expect(UID in carrier, name).toBe(false);
      }
    }
  });

  test('every metric of the design arrives, with its unit, kind and labels', () => {
    const agent = 'hiveloop.agent.id=support hiveloop.agent.type=helpdesk';
    const genAi = (operation: string): string => `gen_ai.agent.name=support gen_ai.operation.name=${operation}`;
    const chat = `${genAi('chat')} gen_ai.request.model=claude-sonnet`;

    expect(seriesOf(run)).toEqual(
      [
        `gen_ai.invoke_agent.duration s histogram: ${genAi('invoke_agent')} hiveloop.agent.id=support hiveloop.task.type=ticket`,
        `gen_ai.invoke_agent.duration s histogram: ${genAi('invoke_agent')} hiveloop.agent.id=support`,
        `gen_ai.execute_tool.duration s histogram: ${genAi('execute_tool')} gen_ai.tool.name=price hiveloop.agent.id=support`,
        `gen_ai.execute_tool.duration s histogram: error.type=Error ${genAi('execute_tool')} gen_ai.tool.name=send_mail hiveloop.agent.id=support`,
        `gen_ai.client.operation.duration s histogram: ${chat} hiveloop.agent.id=support`,
        `gen_ai.client.token.usage {token} histogram: ${chat} gen_ai.token.type=input hiveloop.agent.id=support`,
        `gen_ai.client.token.usage {token} histogram: ${chat} gen_ai.token.type=output hiveloop.agent.id=support`,
        `hiveloop.llm.cost {USD} sum: gen_ai.request.model=claude-sonnet ${agent}`,
        `hiveloop.retry.count {retry} sum: ${agent} hiveloop.task.type=ticket`,
        `hiveloop.retry.backoff s sum: ${agent} hiveloop.task.type=ticket`,
        `hiveloop.escalation.count {escalation} sum: ${agent} hiveloop.task.type=ticket`,
        `hiveloop.approval.wait s histogram: ${agent} hiveloop.approval.decision=approved`,
        `hiveloop.plan.steps {step} sum: ${agent} hiveloop.outcome=completed hiveloop.task.type=ticket`,
        `hiveloop.issue.reports {report} sum: ${agent} hiveloop.issue.category=other hiveloop.issue.severity=medium`,
        `hiveloop.task.active {task} gauge: ${agent}`,
        `hiveloop.approval.pending {approval} gauge: ${agent}`,
        `hiveloop.approval.oldest_age s gauge: ${agent}`,
        `hiveloop.queue.depth {item} gauge: ${agent}`,
        `hiveloop.queue.oldest_item_age s gauge: ${agent}`,
        `hiveloop.agent.heartbeat.time s gauge: ${agent}`,
        `hiveloop.agent.stuck_threshold s gauge: ${agent}`,
      ].sort(),
    );
  });

  test('after the stop the heartbeat gauge is 0, and was a time before', () => {
    const beats = run.points.filter(({ name }) => name === 'hiveloop.agent.heartbeat.time').map(({ value }) => value);

    expect(beats.at(-1)).toBe(0);
    expect(Math.max(...beats)).toBeGreaterThan(1.7e9);
  });

  test('the task with its tool, its mirrored events and the failure, as a whole', () => {
    expect(renderTree(run, spanNamed(run, 'execute_tool send_mail'))).toBe(`\
execute_tool send_mail [INTERNAL] [ERROR: mailbox full]
  error.type="Error"
  gen_ai.agent.name="support"
  gen_ai.operation.name="execute_tool"
  gen_ai.tool.name="send_mail"
  hiveloop.agent.id="support"
  hiveloop.agent.type="helpdesk"
  hiveloop.environment="test"
  hiveloop.group="hosts"
  · exception exception.message="mailbox full" exception.stacktrace=<stack> exception.type="Error"`);
    expect(spanWith(run, 'hiveloop.task.id', 'ticket-1').events.map(({ name }) => name)).toEqual([
      'hiveloop.plan.created',
      'hiveloop.plan.step',
      'hiveloop.retry',
      'hiveloop.escalation',
      'hiveloop.approval.requested',
      'hiveloop.approval.received',
    ]);
  });
});
