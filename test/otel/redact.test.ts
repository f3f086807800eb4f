/** The `redact` hook sees every value of every signal, and what it does not clear is not sent. */
import { describe, expect, test } from 'vitest';
import type { Redact } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host } from '../instrumentation/host.ts';

const SECRET = 's3cr3t';

class SecretError extends Error {
  override readonly name = `Error_${SECRET}`;
}

/** Says the secret wherever text can be given. */
async function tellAll(host: Host): Promise<void> {
  const agent = host.agent(`agent-${SECRET}`, {
    type: SECRET,
    version: SECRET,
    framework: SECRET,
    heartbeatIntervalSeconds: 0,
  });
  const nested = { list: [{ deep: SECRET }], map: new Map([['key', SECRET]]), error: new Error(SECRET) };
  const options = { project: SECRET, type: SECRET, taskRunId: SECRET, correlationId: SECRET, conversationId: SECRET };
  const failing = agent.task(SECRET, options, async (task) => {
    task.plan(SECRET, [SECRET, `step ${SECRET}`]);
    task.planStep(0, `did ${SECRET}`, SECRET);
    task.retry(SECRET, { attempt: 1 });
    task.escalate(SECRET, { assignedTo: SECRET, reason: SECRET });
    task.requestApproval(SECRET, { approver: SECRET, approvalId: SECRET });
    task.approvalReceived(SECRET, { approvedBy: SECRET, decision: SECRET, approvalId: SECRET });
    task.setPayload({ text: SECRET, nested });
    task.event(`event.${SECRET}`, { summary: SECRET, nested });
    task.llmCall(SECRET, {
      model: SECRET,
      provider: SECRET,
      operation: SECRET,
      responseModel: SECRET,
      tokensIn: 1,
      cost: 1,
      finishReasons: [SECRET],
      promptPreview: SECRET,
      responsePreview: SECRET,
      metadata: { text: SECRET, nested },
      error: new SecretError(SECRET),
    });
    agent.track(SECRET, { [SECRET]: () => 1 }[SECRET])();
    await Promise.resolve();
    task.trackContext(`tool ${SECRET}`, { callId: SECRET, type: SECRET, payload: { text: SECRET } }, (action) => {
      action.setPayload({ nested, text2: SECRET });
      throw new SecretError(SECRET);
    });
  });
  await expect(failing).rejects.toThrow(SecretError);
  agent
    .reportIssue({ summary: SECRET, severity: SECRET, issueId: SECRET, category: SECRET, context: { nested } })
    .resolve(SECRET);
  const item = { id: SECRET, priority: SECRET, source: SECRET, summary: SECRET, queuedAt: SECRET };
  agent.queueSnapshot({ depth: 1, items: [item], processing: { id: SECRET, summary: SECRET, startedAt: SECRET } });
  agent.todo(SECRET, SECRET, SECRET, { priority: SECRET, source: SECRET, context: SECRET, dueBy: SECRET });
  agent.scheduled([{ id: SECRET, name: SECRET, interval: SECRET, nextRun: SECRET, lastStatus: SECRET }]);
  agent.event(SECRET, { nested });
  using open = agent.startTask(SECRET);
  agent.stop();
  open.fail(SECRET);
}

/** All that went out, as one text. */
async function everythingOf(host: Host): Promise<string> {
  const metrics = Object.entries(semconv).flatMap(([key, value]) =>
    key.startsWith('METRIC_') && typeof value === 'object' && 'name' in value ? [value] : [],
  );
  const points = await Promise.all(metrics.map((metric) => host.points(metric as { name: string })));
  const spans = host.spans.map(({ name, attributes, events, status, links }) => {
    return { name, attributes, events, status, links };
  });
  const logs = host.logs.map(({ eventName, body, attributes }) => ({ eventName, body, attributes }));
  return JSON.stringify({ spans, logs, points });
}

describe.each([
  ['spans, logs and metrics', ['traces', 'logs', 'metrics'] as const],
  ['traces only', ['traces'] as const],
])('with %s', (_what, signals) => {
  const open = (redact: Redact): Host =>
    openHost({ signals, init: { redact, captureContent: true, environment: SECRET, group: SECRET } });

  test('a hook that replaces a word leaves it nowhere', async () => {
    const host = open((value) => (typeof value === 'string' ? value.replaceAll(SECRET, 'REDACTED') : value));
    await tellAll(host);

    const sent = await everythingOf(host);
    expect(sent).toContain('REDACTED');
    expect(sent).not.toContain(SECRET);
  });

  test('a hook that fails lets no value through', async () => {
    const host = open((value) => {
      if (typeof value === 'string' && value.includes(SECRET)) throw new Error('cannot tell');
      return value;
    });
    await tellAll(host);

    expect(await everythingOf(host)).not.toContain(SECRET);
    expect(host.spans.length).toBeGreaterThan(3);
  });

  test('a hook that gives nothing lets no value through, and the story still goes out', async () => {
    const host = open(() => undefined);
    await tellAll(host);

    expect(await everythingOf(host)).not.toContain(SECRET);
    expect(host.spanEvents(semconv.EVENT_RETRY)).toHaveLength(1);
  });
});

test('the hook is told where a value stands', () => {
  const paths = new Map<string, unknown>();
  const host = openHost({ init: { redact: (value, path) => (paths.set(path, value), value) } });

  host.agent('a1').task('t1', (task) => {
    task.plan('goal', ['one', 'two']);
    task.trackContext('tool', { payload: { lead: { tags: ['vip'] } } }, () => undefined);
  });

  expect(Object.fromEntries(paths)).toMatchObject({
    [semconv.ATTR_AGENT_ID]: 'a1',
    [semconv.ATTR_TASK_ID]: 't1',
    [semconv.ATTR_GEN_AI_TOOL_NAME]: 'tool',
    [`${semconv.ATTR_PLAN_STEPS}.1`]: 'two',
    [`${semconv.ATTR_PAYLOAD_PREFIX}lead.tags.0`]: 'vip',
  });
});

test('a hook may give something else instead of a value', () => {
  const host = openHost({ init: { redact: (value, path) => (path.endsWith('email') ? { masked: true } : value) } });
  host.agent().event('custom', { email: 'a@b.c', other: 1 });

  expect(host.log('custom').attributes).toMatchObject({
    [`${semconv.ATTR_PAYLOAD_PREFIX}email`]: '{"masked":true}',
    [`${semconv.ATTR_PAYLOAD_PREFIX}other`]: 1,
  });
});
