/** To-dos, schedules and events of the caller's own: the log records of an agent. */
import { describe, expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost, textOf } from './host.ts';

describe('a to-do', () => {
  test('is told with all that is known of it', () => {
    const host = openHost();
    const dueBy = new Date(0);
    host
      .agent('a1')
      .todo('td-1', 'created', 'Call back', { priority: 'urgent', source: 'human', context: 'asked', dueBy });

    expect(host.log(semconv.EVENT_TODO)).toMatchObject({ body: 'Call back', severityText: 'INFO' });
    expect(host.log(semconv.EVENT_TODO).attributes).toMatchObject({
      [semconv.ATTR_TODO_ID]: 'td-1',
      [semconv.ATTR_TODO_ACTION]: 'created',
      [semconv.ATTR_TODO_PRIORITY]: 'urgent',
      [semconv.ATTR_TODO_SOURCE]: 'human',
      [semconv.ATTR_TODO_CONTEXT]: 'asked',
      [semconv.ATTR_TODO_DUE_BY]: '1970-01-01T00:00:00.000Z',
      [semconv.ATTR_EVENT_CATEGORY]: 'pipeline',
    });
  });

  test('that failed is a warning', () => {
    const host = openHost();
    host.agent('a1').todo('td-1', 'failed', 'Call back');
    expect(host.log(semconv.EVENT_TODO).severityText).toBe('WARN');
  });
});

describe('a schedule', () => {
  test('tells its items and when the next one runs', () => {
    const host = openHost();
    host.agent('a1').scheduled([
      { id: 's2', name: 'Weekly', nextRun: '2026-02-01T00:00:00Z', interval: 'weekly', enabled: false },
      { id: 's1', name: 'Daily', nextRun: '2026-01-01T00:00:00Z', lastStatus: 'success', lastRun: new Date(0) },
    ]);

    const { body, attributes } = host.log(semconv.EVENT_SCHEDULED);
    expect(body).toBe('2 scheduled, next at 2026-01-01T00:00:00Z');
    expect(attributes[semconv.ATTR_SCHEDULED_COUNT]).toBe(2);
    expect(JSON.parse(textOf(attributes[semconv.ATTR_SCHEDULED_ITEMS]))).toEqual([
      { id: 's2', name: 'Weekly', next_run: '2026-02-01T00:00:00Z', interval: 'weekly', enabled: false },
      {
        id: 's1',
        name: 'Daily',
        next_run: '2026-01-01T00:00:00Z',
        last_status: 'success',
        last_run: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  test('tells its first 20 items, and how many there are', () => {
    const host = openHost();
    host.agent('a1').scheduled(Array.from({ length: 30 }, (_, index) => ({ id: `s${index}` })));
    const { attributes } = host.log(semconv.EVENT_SCHEDULED);
    expect(attributes[semconv.ATTR_SCHEDULED_COUNT]).toBe(30);
    expect(JSON.parse(textOf(attributes[semconv.ATTR_SCHEDULED_ITEMS]))).toHaveLength(20);
  });
});

describe("an event of the caller's own", () => {
  test('has its name, its payload and its summary', () => {
    const host = openHost();
    host
      .agent('a1')
      .event('cache.warmed', { summary: 'Cache is warm', entries: 12 }, { severity: 'debug', category: 'action' });

    expect(host.log('cache.warmed')).toMatchObject({ body: 'Cache is warm', severityText: 'DEBUG', severityNumber: 5 });
    expect(host.log('cache.warmed').attributes).toMatchObject({
      [`${semconv.ATTR_PAYLOAD_PREFIX}entries`]: 12,
      [semconv.ATTR_EVENT_CATEGORY]: 'action',
    });
  });

  test('is of the category pipeline on an agent and task on a task, and belongs to the span that is active there', () => {
    const host = openHost();
    host.agent('a1').event('on.agent');
    host.agent('a1').task('t1', (task) => {
      task.event('on.task');
      task.trackContext('tool', () => task.event('in.tool'));
    });
    host.agent('a1').startTask('t2').event('not.current');

    const categoryOf = (name: string): unknown => host.log(name).attributes[semconv.ATTR_EVENT_CATEGORY];
    expect(categoryOf('on.agent')).toBe('pipeline');
    expect(categoryOf('on.task')).toBe('task');
    expect(host.log('on.agent').spanContext).toBeUndefined();
    expect(host.log('in.tool').spanContext?.spanId).toBe(host.span('execute_tool tool').spanContext().spanId);
    expect(host.log('not.current').attributes[semconv.ATTR_TASK_ID]).toBe('t2');
    expect(host.log('not.current').spanContext).toBeDefined();
  });

  test.each(['constructor', '__proto__', 'toString', 'loud'])(
    'with %s as severity and category has the defaults',
    (word) => {
      const host = openHost();
      host.agent('a1').event('custom', {}, { severity: word, category: word });
      expect(host.log('custom')).toMatchObject({ severityText: 'INFO', severityNumber: 9 });
      expect(host.log('custom').attributes[semconv.ATTR_EVENT_CATEGORY]).toBe('pipeline');
    },
  );

  test('without a name is an event', () => {
    const host = openHost();
    host.agent('a1').event('');
    host.log('event');
  });
});
