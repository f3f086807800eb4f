import { describe, expect, test } from 'vitest';
import { openFreshHost, openHost } from './host.ts';

test('outside a task there is one that does nothing and runs what it is given', async () => {
  const host = await openFreshHost();
  const task = host.module.currentTask();

  expect(task).toMatchObject({ id: '', runId: '', isRecording: false });
  expect(task.run(() => 'ran')).toBe('ran');
  expect(task.trackContext('tool', (action) => action.run(() => 'ran'))).toBe('ran');
  expect(task.trackContext('tool', {}, () => 'ran')).toBe('ran');
  expect(task.trackLlmCall('turn', { model: 'm' }, (call) => (call.setUsage({}), 'ran'))).toBe('ran');
  expect(task.agent.task('t', (inner) => inner.id)).toBe('');
  expect(task.agent.track('fn', (value: number) => value)(3)).toBe(3);
  {
    using action = task.startAction('tool');
    using inner = task.agent.startTask('t');
    action.setPayload({ key: inner.id });
  }
  task.agent.reportIssue({ summary: 's', severity: 'low' }).resolve('fixed');

  expect(host.spans).toEqual([]);
  expect(host.logs).toEqual([]);
  expect(host.said('currentTask() was called outside a task')).toHaveLength(1);
});

test('errors of what runs outside a task are the caller’s own', () => {
  const host = openHost();
  const error = new Error('mine');
  expect(() =>
    host.module.currentTask().trackContext('tool', () => {
      throw error;
    }),
  ).toThrow(error);
});

describe('what is current', () => {
  test('is the innermost task, action and agent', () => {
    const host = openHost();
    const { currentTask, currentAction, currentAgent } = host.module;
    host.agent('a1').task('t1', (outer) => {
      outer.trackContext('tool', (tool) => {
        expect(currentTask()).toBe(outer);
        expect(currentAction()).toBe(tool);
        host.agent('a2').task('t2', (inner) => {
          expect(currentTask()).toBe(inner);
          expect(currentAction().name).toBe('');
          expect(currentAgent()?.id).toBe('a2');
        });
        host.agent('a2').trackContext('other', () => {
          expect(currentTask()).toBe(outer);
          expect(currentAgent()?.id).toBe('a2');
        });
        outer.trackLlmCall('turn', { model: 'm' }, () => expect(currentAction()).toBe(tool));
      });
    });
  });

  test('is found below spans and context values that are not ours', () => {
    const host = openHost();
    host.agent('a1').task('t1', (task) => {
      host.tracerProvider.getTracer('host').startActiveSpan('http', (span) => {
        expect(host.module.currentTask()).toBe(task);
        task.trackContext('tool', () => undefined);
        span.end();
      });
    });
    expect(host.span('execute_tool tool').parentSpanContext?.spanId).toBe(host.span('http').spanContext().spanId);
  });
});

test('without a context manager the handles still work', () => {
  const host = openHost({ signals: ['logs'] });
  host.agent('a1').task('t1', (task) => {
    task.retry('again');
    expect(task.trackContext('tool', () => 'value')).toBe('value');
  });
  expect(host.logs.length).toBe(5);
});
