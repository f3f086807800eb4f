import { beforeAll, describe, expect, test } from 'vitest';
import {
  EVENT_ACTION_COMPLETED,
  EVENT_ACTION_FAILED,
  EVENT_ACTION_STARTED,
  EVENT_EXCEPTION,
} from '../../src/semconv.ts';
import type { Arrived, ArrivedSpan } from './collector.ts';
import { lastValues } from './metric-points.ts';
import { runService } from './service.ts';
import { activityStream, childrenOf, eventsNamed, spanEventsNamed, spanNamed } from './story.ts';

const STATUS_ERROR = 2;
const TASK = 'invoke_agent lead-qualifier';

/**
 * The boxes of tool execution tracking, which the manual prints twice (§8.11, §11.6), on a service that records its
 * model calls after the fact (§8.4) or runs them inside `trackLlmCall`.
 */
export function describeToolBoxes(title: string, modelCalls: 'after' | 'around'): void {
  describe(title, () => {
    let run: Arrived;

    beforeAll(async () => {
      run = await runService('tool-service', { env: { MODEL_CALLS: modelCalls } });
    });

    test('trigger a turn with tool calls', () => {
      const nodes = childrenOf(run, spanNamed(run, TASK));

      expect(nodes.filter(isTool)).toHaveLength(4);
    });

    test('timeline: action nodes appear with the tool names', () => {
      const tools = run.spans.filter(isTool);

      expect(tools.map(({ attributes }) => attributes['gen_ai.tool.name']).toSorted()).toEqual([
        'crm_search',
        'process_lead',
        'score_lead',
        'search_crm',
        'send_email',
        'update_crm',
      ]);
      expect(spanNamed(run, 'execute_tool search_crm').attributes).toMatchObject({
        'gen_ai.tool.call.id': 'call-1',
        'hiveloop.payload.args': '{"email":"ada@example.com"}',
        'hiveloop.payload.tool_category': 'crm',
      });
    });

    test('timeline: the duration is shown on each node', () => {
      for (const span of run.spans.filter(isTool)) expect(secondsOf(span), span.name).toBeGreaterThan(0.001);

      const [completed] = eventsNamed(run, EVENT_ACTION_COMPLETED);
      expect(completed?.attributes['hiveloop.duration']).toBeCloseTo(
        secondsOf(spanNamed(run, 'execute_tool search_crm')),
        9,
      );
      const durations = run.points.filter(({ name }) => name === 'gen_ai.execute_tool.duration');
      expect(durations.filter(({ count }) => count === 1)).toHaveLength(durations.length);
    });

    test('a tool failure is a red node with the details of the exception', () => {
      const failed = spanNamed(run, 'execute_tool send_email');
      const [exception] = spanEventsNamed(failed, EVENT_EXCEPTION);
      const [record] = eventsNamed(run, EVENT_ACTION_FAILED);

      expect(failed).toMatchObject({ statusCode: STATUS_ERROR, statusMessage: 'Connection refused' });
      expect(failed.attributes['error.type']).toBe('ConnectionError');
      for (const details of [exception?.attributes, record?.attributes]) {
        expect(details).toMatchObject({
          'exception.type': 'ConnectionError',
          'exception.message': 'Connection refused',
          'exception.stacktrace': expect.stringContaining('tool-service') as unknown,
        });
      }
      expect(activityStream(run, 'error')).toEqual([record]);
    });

    test('activity stream: action_started and action_completed appear', () => {
      const stream = activityStream(run, 'action').map(({ eventName, attributes }) => [
        eventName,
        attributes['gen_ai.tool.name'],
      ]);

      expect(stream).toEqual([
        [EVENT_ACTION_STARTED, 'search_crm'],
        [EVENT_ACTION_COMPLETED, 'search_crm'],
        [EVENT_ACTION_STARTED, 'score_lead'],
        [EVENT_ACTION_COMPLETED, 'score_lead'],
        [EVENT_ACTION_STARTED, 'send_email'],
        [EVENT_ACTION_FAILED, 'send_email'],
        [EVENT_ACTION_STARTED, 'process_lead'],
        [EVENT_ACTION_STARTED, 'crm_search'],
        [EVENT_ACTION_COMPLETED, 'crm_search'],
        [EVENT_ACTION_STARTED, 'update_crm'],
        [EVENT_ACTION_COMPLETED, 'update_crm'],
        [EVENT_ACTION_COMPLETED, 'process_lead'],
      ]);
    });

    test('tool nodes appear between the model calls that asked for them, nested ones below their caller', () => {
      const turns = childrenOf(run, spanNamed(run, TASK)).map(({ name }) => name);
      const nested = childrenOf(run, spanNamed(run, 'execute_tool process_lead')).map(({ name }) => name);

      expect(turns).toEqual([
        'chat claude-sonnet',
        'execute_tool search_crm',
        'execute_tool score_lead',
        'chat claude-sonnet',
        'execute_tool send_email',
        'execute_tool process_lead',
        'chat claude-sonnet',
      ]);
      expect(nested).toEqual(['execute_tool crm_search', 'execute_tool update_crm']);
    });

    test('§8.6: a turn without tools is a model call and nothing else, and each call is counted once', () => {
      const labels = 'hiveloop.agent.id=lead-qualifier hiveloop.agent.type=sales gen_ai.request.model=claude-sonnet';

      expect(activityStream(run, 'llm').map(({ body }) => body)).toEqual(
        Array.from({ length: 3 }, () => 'agent_turn → claude-sonnet, 812 in, 96 out, $0.0041'),
      );
      expect(Object.keys(lastValues(run.points, 'hiveloop.llm.cost'))).toEqual([labels.split(' ').sort().join(' ')]);
      expect(Object.values(lastValues(run.points, 'hiveloop.llm.cost'))[0]).toBeCloseTo(3 * 0.0041, 9);
    });
  });
}

function isTool({ attributes }: ArrivedSpan): boolean {
  return attributes['gen_ai.operation.name'] === 'execute_tool';
}

function secondsOf({ startTimeUnixNano, endTimeUnixNano }: ArrivedSpan): number {
  return Number(endTimeUnixNano - startTimeUnixNano) / 1e9;
}
