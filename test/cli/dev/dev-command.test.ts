import { SeverityNumber } from '@opentelemetry/api-logs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import * as names from '../../../src/semconv.ts';
import { AgentFeed, taskAttributes, tellTask } from '../support/agent-feed.ts';
import { runCommand, startCommand, type RunningCommand } from '../support/run-command.ts';

const ISSUE = { [names.ATTR_ISSUE_ID]: 'crm-403', [names.ATTR_ISSUE_SEVERITY]: 'high' };

async function startDev(
  ...flags: readonly string[]
): Promise<{ readonly dev: RunningCommand; readonly feed: AgentFeed }> {
  const dev = startCommand(['dev', '--listen', '127.0.0.1:0', ...flags]);
  const feed = new AgentFeed(await dev.url());
  onTestFinished(() => feed.close());
  return { dev, feed };
}

async function endDev(dev: RunningCommand): Promise<string> {
  dev.signal('SIGINT');
  const { status, stdout } = await dev.ended;
  expect(status).toBe(0);
  return stdout;
}

/** Lines without the time that each begins with in a pipe, and with single spaces. */
function storyOf(stdout: string): readonly string[] {
  return stdout.split('\n').map((line) =>
    line
      .replace(/^\d\d:\d\d:\d\d /, '')
      .replace(/ +/g, ' ')
      .trim(),
  );
}

test('a task told by log records appears live, line by line, and the summary adds it up', async () => {
  const { dev, feed } = await startDev();
  tellTask(feed, 'lead-1');
  await feed.flush();
  await dev.waitFor('stdout', /completed 4\.2s/);

  const stdout = await endDev(dev);

  expect(storyOf(stdout)).toEqual([
    '▶ lead-1 lead-qualifier · lead_processing · sales-pipeline',
    'lead-1 ◇ plan Qualify lead',
    'lead-1 [▪ Search CRM] [ Enrich] Searching CRM',
    'lead-1 ● search_crm 0.8s',
    'lead-1 [■ Search CRM] [ Enrich] Found',
    'lead-1 ■ agent_turn claude-sonnet 3.2k→210 tok 1.4s $0.012',
    'lead-1 ✗ enrich_lead 5.0s TimeoutError: timed out',
    'lead-1 ↻ retry #1 (2s) Enrichment API timeout',
    'lead-1 ▲ escalated → senior-sales Low score',
    '✔ lead-1 completed 4.2s · 2 tools, 1 failed · 1 retry',
    '',
    expect.stringMatching(/^── summary ─+$/),
    'tasks 1: 1 completed',
    'tools 2: search_crm 1, enrich_lead 1 (1 failed)',
    'retries 1, 2s lost to backoff',
    'escalations 1',
    'LLM calls 1: 3.2k→210 tok, $0.012',
    'received 12 log records',
    '',
  ]);
  expect(dev.stderr).toMatch(
    /^hiveloop dev: listens on (http:\/\/127\.0\.0\.1:\d+) .*\n.*OTEL_EXPORTER_OTLP_ENDPOINT=\1\n$/,
  );
});

test("an issue's life is told by the translator inside: opened, recurred, resolved, reopened", async () => {
  const { dev, feed } = await startDev();
  const say = async (event: string, body: string, told: RegExp): Promise<void> => {
    feed.log(event, body, ISSUE, SeverityNumber.ERROR);
    await feed.flush();
    await dev.waitFor('stdout', told);
  };
  await say(
    names.EVENT_ISSUE_REPORTED,
    'CRM API returns 403',
    /● lead-qualifier +issue opened crm-403 high CRM API returns 403/,
  );
  await say(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', /● lead-qualifier +issue recurred crm-403 ×2 high/);
  await say(names.EVENT_ISSUE_RESOLVED, 'CRM API is back', /○ lead-qualifier +issue resolved crm-403 after [\d.]+m?s/);
  await say(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', /● lead-qualifier +issue reopened crm-403 ep 2 high/);

  const stdout = await endDev(dev);

  expect(storyOf(stdout)).toEqual(
    expect.arrayContaining([
      'issues 1 opened, 1 recurred, 1 resolved, 1 reopened',
      '● open issue crm-403 high · ×1 · ep 2 · lead-qualifier CRM API returns 403',
    ]),
  );
});

test('a host with traces only tells the same story when the task has ended', async () => {
  const { dev, feed } = await startDev();
  feed.taskSpan('lead-9', (root, child) => {
    const tool = (name: string): Record<string, string> => ({
      [names.ATTR_ACTION_NAME]: name,
      [names.ATTR_GEN_AI_TOOL_NAME]: name,
    });
    child('execute_tool search_crm', tool('search_crm'));
    child('execute_tool enrich_lead', tool('enrich_lead'), new TypeError('no such lead'));
    root.addEvent(names.EVENT_RETRY, { [names.ATTR_SUMMARY]: 'Again', [names.ATTR_RETRY_ATTEMPT]: 1 });
    const carried = { ...ISSUE, [names.ATTR_AGENT_ID]: 'lead-qualifier', [names.ATTR_LOG_RECORD_UID]: 'only-here' };
    root.addEvent(names.EVENT_ISSUE_REPORTED, { ...carried, [names.ATTR_SUMMARY]: 'CRM API returns 403' });
  });
  await feed.flush();
  await dev.waitFor('stdout', /issue opened crm-403/);

  const story = storyOf(await endDev(dev)).map((line) => line.replace(/[\d.]+(ms|s)\b/, 'TIME'));

  expect(story).toEqual(
    expect.arrayContaining([
      '▶ lead-9 lead-qualifier · lead_processing · sales-pipeline',
      'lead-9 ● search_crm TIME',
      'lead-9 ✗ enrich_lead TIME TypeError: no such lead',
      'lead-9 ↻ retry #1 Again',
      'lead-9 ! agent reported issue crm-403 high CRM API returns 403',
      '✔ lead-9 completed TIME · 2 tools, 1 failed · 1 retry',
      'received 3 spans',
    ]),
  );
});

test('a host with logs and traces is told once', async () => {
  const { dev, feed } = await startDev();
  tellTask(feed, 'lead-1');
  feed.taskSpan('lead-1', (root, child) => {
    child('execute_tool search_crm', { [names.ATTR_ACTION_NAME]: 'search_crm' });
    root.addEvent(names.EVENT_RETRY, { [names.ATTR_SUMMARY]: 'Enrichment API timeout' });
  });
  await feed.flush();
  await dev.waitFor('stdout', /completed 4\.2s/);

  const stdout = await endDev(dev);

  expect(stdout.match(/▶ lead-1/g)).toHaveLength(1);
  expect(stdout.match(/● search_crm/g)).toHaveLength(1);
  expect(stdout.match(/retry #/g)).toHaveLength(1);
  expect(storyOf(stdout)).toContain('received 12 log records, 2 spans');
});

test('telemetry of other libraries is counted, not printed', async () => {
  const { dev, feed } = await startDev();
  feed.log('http.request', 'GET /', {}, SeverityNumber.INFO, 'some-http-library');
  tellTask(feed, 'lead-1');
  await feed.flush();
  await dev.waitFor('stdout', /completed 4\.2s/);

  const stdout = await endDev(dev);

  expect(stdout).not.toContain('GET /');
  expect(storyOf(stdout)).toContain('foreign 1 log record');
});

test('--json prints one JSON object a line and nothing else, the last one the summary', async () => {
  const { dev, feed } = await startDev('--json');
  tellTask(feed, 'lead-1');
  feed.log(names.EVENT_AGENT_HEARTBEAT, 'alive', {}, SeverityNumber.DEBUG);
  feed.log(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', ISSUE, SeverityNumber.ERROR);
  await feed.flush();
  await dev.waitFor('stdout', /hiveloop\.issue\.lifecycle/);

  const stdout = await endDev(dev);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  expect(lines).toHaveLength(15);
  expect(lines[7]).toMatchObject({
    name: names.EVENT_ACTION_STARTED,
    category: 'action',
    severity: 'INFO',
    task: 'lead-1',
  });
  expect(lines[8]).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,9}Z$/) as string,
    name: names.EVENT_ACTION_FAILED,
    category: 'action',
    severity: 'ERROR',
    agent: 'lead-qualifier',
    task: 'lead-1',
    summary: 'enrich_lead',
    attributes: expect.objectContaining({ ...taskAttributes('lead-1'), [names.ATTR_DURATION]: 5 }) as object,
  });
  expect(lines.at(-2)).toMatchObject({ name: names.EVENT_ISSUE_LIFECYCLE, agent: 'lead-qualifier' });
  expect(lines.at(-1)).toMatchObject({ name: 'summary', tasks: { completed: 1, running: 0 }, heartbeats: 1 });
});

test('--only tells what passes one of its filters, and the summary still counts all', async () => {
  const { dev, feed } = await startDev('--only', 'human,error');
  tellTask(feed, 'lead-1');
  feed.log(names.EVENT_ISSUE_REPORTED, 'CRM API returns 403', ISSUE, SeverityNumber.ERROR);
  await feed.flush();
  await dev.waitFor('stdout', /issue opened/);

  const story = storyOf(await endDev(dev));

  expect(story.slice(0, story.indexOf(''))).toEqual([
    'lead-1 ✗ enrich_lead 5.0s TimeoutError: timed out',
    'lead-1 ▲ escalated → senior-sales Low score',
    'lead-qualifier ! agent reported issue crm-403 high CRM API returns 403',
    '● lead-qualifier issue opened crm-403 high CRM API returns 403',
  ]);
  expect(story).toContain('LLM calls 1: 3.2k→210 tok, $0.012');
});

test('SIGTERM ends it as cleanly as Ctrl-C, also when nothing came', async () => {
  const { dev } = await startDev();
  dev.signal('SIGTERM');
  const { status, stdout } = await dev.ended;
  expect(status).toBe(0);
  expect(storyOf(stdout)).toEqual(expect.arrayContaining(['tasks 0', 'received nothing of HiveLoop']));
});

test('a port in use is one line that says what to do, and status 2', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;

  const { status, stdout, stderr } = await runCommand(['dev', '--listen', `127.0.0.1:${port}`]);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}: the port is in use`);
  expect(stderr).toContain(`hiveloop dev --listen 127.0.0.1:${port + 1}`);
});

test('an unknown filter is one line that names the six, and status 2', async () => {
  expect(await runCommand(['dev', '--only', 'human,errors'])).toEqual({
    status: 2,
    stdout: '',
    stderr: "hiveloop: --only 'errors' is not a filter; the filters are task, action, llm, pipeline, human, error\n",
  });
});

test('a reader that goes away ends it, with nobody left to tell', async () => {
  const { dev, feed } = await startDev();
  dev.closeStdout();
  tellTask(feed, 'lead-1');
  await feed.flush();
  expect((await dev.ended).status).toBe(0);
});
