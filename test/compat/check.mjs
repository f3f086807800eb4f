/**
 * The same story in a host on another line of the OpenTelemetry SDK: run in a folder that has that line's packages, its
 * `host.mjs` and the packed `hiveloop-otel`. The argument says whether the package comes as `esm` or `cjs`, and whether it
 * is used `before` the SDK starts too. Exits with 1 and says what differs.
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { argv } from 'node:process';
import { startHost } from './host.mjs';

const [format, order] = argv.slice(2);
const hiveloop = format === 'cjs' ? createRequire(import.meta.url)('hiveloop-otel') : await import('hiveloop-otel');
const agent = hiveloop.init({ environment: 'test' }).agent('lead-qualifier', { type: 'sales' });
if (order === 'before') agent.task('before the SDK', (task) => task.plan('goal', ['step']));
const { spans, records, points, reader } = startHost();

await agent.task('lead-1', async (task) => {
  task.plan('Qualify', ['Search', 'Route']);
  task.planStep(0, 'completed', 'found');
  await agent.trackContext('search_crm', async (action) => {
    action.setPayload({ list: [1, { deep: true }], nothing: null });
    await Promise.resolve();
    hiveloop.currentTask().retry('again', { attempt: 1, backoffSeconds: 2 });
  });
  await agent.trackContext('broken', () => Promise.reject(new TypeError('no'))).catch(() => undefined);
  agent.reportIssue({ summary: 'CRM fails', severity: 'high', issueId: 'crm' }).resolve('CRM recovered');
  await task.trackLlmCall('turn', { model: 'm' }, (call) => call.setUsage({ tokensIn: 1, finishReasons: ['stop'] }));
});
await reader.forceFlush();

const told = spans.getFinishedSpans().map((span) => {
  const isChild = (span.parentSpanContext?.spanId ?? span.parentSpanId) !== undefined;
  return [span.name, span.status.code, isChild ? 'child' : 'root', span.events.map(({ name }) => name).join(' ')];
});
assert.deepEqual(told, [
  ['execute_tool search_crm', 0, 'child', ''],
  ['execute_tool broken', 2, 'child', 'exception'],
  ['chat m', 0, 'child', ''],
  ['invoke_agent lead-qualifier', 0, 'root', 'hiveloop.plan.created hiveloop.plan.step hiveloop.retry'],
]);
const events = records.getFinishedLogRecords();
assert.deepEqual(
  events.map((record) => record.eventName ?? record.attributes['event.name']),
  'task.started plan.created plan.step action.started retry action.completed action.started action.failed issue.reported issue.resolved llm.call task.completed'
    .split(' ')
    .map((name) => `hiveloop.${name}`),
);
assert.ok(
  events.every((record) => record.spanContext !== undefined && record.attributes['log.record.uid'] !== undefined),
);
const metrics = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
const names = metrics.filter(({ dataPoints }) => dataPoints.length > 0).map(({ descriptor }) => descriptor.name);
for (const name of [
  'gen_ai.invoke_agent.duration',
  'gen_ai.execute_tool.duration',
  'hiveloop.issue.reports',
  'hiveloop.retry.backoff',
]) {
  assert.ok(names.includes(name), `no metric ${name} among ${names.join(', ')}`);
}
