import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost } from './host.ts';

test('a retry is a log event at once and a span event of its task, and counts', async () => {
  const host = openHost();
  const agent = host.agent('a1', { type: 'sales' });

  agent.task('t1', { type: 'lead' }, (task) => {
    task.retry('CRM timed out', { attempt: 1, backoffSeconds: 2 });
    expect(host.log(semconv.EVENT_RETRY).body).toBe('CRM timed out');
    task.retry('CRM timed out', { attempt: 2, backoffSeconds: 4 });
  });

  const [first, second] = host.logsOf(semconv.EVENT_RETRY);
  expect(first).toMatchObject({ severityText: 'WARN', severityNumber: 13 });
  expect(second?.attributes).toMatchObject({
    [semconv.ATTR_RETRY_ATTEMPT]: 2,
    [semconv.ATTR_RETRY_BACKOFF_SECONDS]: 4,
    [semconv.ATTR_TASK_ID]: 't1',
    [semconv.ATTR_AGENT_ID]: 'a1',
    [semconv.ATTR_EVENT_CATEGORY]: 'task',
  });
  const span = host.span('invoke_agent a1');
  expect(span.events.map(({ name }) => name)).toEqual([semconv.EVENT_RETRY, semconv.EVENT_RETRY]);
  expect(span.events[0]?.attributes?.[semconv.ATTR_SUMMARY]).toBe('CRM timed out');
  expect(span.attributes).toMatchObject({ [semconv.ATTR_RETRY_COUNT]: 2, [semconv.ATTR_RETRY_BACKOFF_TOTAL]: 6 });
  const labels = {
    [semconv.ATTR_AGENT_ID]: 'a1',
    [semconv.ATTR_AGENT_TYPE]: 'sales',
    [semconv.ATTR_TASK_TYPE]: 'lead',
  };
  expect(await host.points(semconv.METRIC_RETRY_COUNT)).toEqual([{ attributes: labels, value: 2 }]);
  expect(await host.points(semconv.METRIC_RETRY_BACKOFF)).toEqual([{ attributes: labels, value: 6 }]);
});

test('the time lost adds up as written, on the span and in the metric', async () => {
  const host = openHost();

  host.agent().task('t1', (task) => {
    for (const backoffSeconds of [0.3, 0.6]) task.retry('again', { backoffSeconds });
  });

  expect(host.span('invoke_agent lead-qualifier').attributes[semconv.ATTR_RETRY_BACKOFF_TOTAL]).toBe(0.9);
  expect(await host.points(semconv.METRIC_RETRY_BACKOFF)).toMatchObject([{ value: 0.9 }]);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '4'])(
  'a wait of %s is left out and adds no time',
  async (wait) => {
    const host = openHost();

    host.agent().task('t1', (task) => task.retry('again', { attempt: 1, backoffSeconds: wait as number }));

    expect(host.log(semconv.EVENT_RETRY).attributes).not.toHaveProperty(semconv.ATTR_RETRY_BACKOFF_SECONDS);
    expect(host.span('invoke_agent lead-qualifier').attributes).not.toHaveProperty(semconv.ATTR_RETRY_BACKOFF_TOTAL);
    expect(await host.points(semconv.METRIC_RETRY_BACKOFF)).toEqual([]);
  },
);
