/*
 * HiveLoop manual, §11.5, read from what arrives over OTLP.
 *
 * | Box                            | Signal                        | Attribute and value                                     |
 * |--------------------------------|-------------------------------|---------------------------------------------------------|
 * | a task retries                 | the task's span; counters     | `hiveloop.retry.count` = 2, `hiveloop.retry.backoff` (s) |
 * | retry nodes with attempt       | span events on the task's span | `hiveloop.retry`: `.attempt` from 1, `.backoff_seconds` |
 * | `retry_started` in the stream  | log events, category `task`, WARN | `hiveloop.retry`: the same, body = summary          |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_RETRY } from '../../src/semconv.ts';
import type { Arrived } from '../support/collector.ts';
import { lastValues } from '../support/metric-points.ts';
import { runService } from '../support/service.ts';
import { activityStream, spanEventsNamed, spanNamed } from '../support/story.ts';

const WARN = 13;
const LABELS = 'hiveloop.agent.id=worker hiveloop.agent.type=processor hiveloop.task.type=sync';
const SUMMARY = 'Retrying after TransientError: CRM API timeout';
let run: Arrived;

beforeAll(async () => {
  run = await runService('retry-service');
});

describe('manual §11.5, retries', () => {
  test('trigger a task that retries an operation', () => {
    const { attributes, statusCode } = spanNamed(run, 'invoke_agent worker');

    expect(attributes).toMatchObject({ 'hiveloop.retry.count': 2, 'hiveloop.retry.backoff': 6 });
    expect(statusCode).toBe(0);
    expect(lastValues(run.points, 'hiveloop.retry.count')).toEqual({ [LABELS]: 2 });
    expect(lastValues(run.points, 'hiveloop.retry.backoff')).toEqual({ [LABELS]: 6 });
  });

  test('timeline: retry nodes appear with their attempt number', () => {
    const nodes = spanEventsNamed(spanNamed(run, 'invoke_agent worker'), EVENT_RETRY);

    expect(nodes.map(({ attributes }) => attributes)).toEqual([
      { 'hiveloop.summary': SUMMARY, 'hiveloop.retry.attempt': 1, 'hiveloop.retry.backoff_seconds': 2 },
      { 'hiveloop.summary': SUMMARY, 'hiveloop.retry.attempt': 2, 'hiveloop.retry.backoff_seconds': 4 },
    ]);
  });

  test('activity stream: retry_started events appear', () => {
    const retries = activityStream(run, 'task').filter(({ eventName }) => eventName === EVENT_RETRY);

    expect(retries).toMatchObject([
      { body: SUMMARY, severityNumber: WARN, attributes: { 'hiveloop.retry.attempt': 1 } },
      { body: SUMMARY, severityNumber: WARN, attributes: { 'hiveloop.retry.attempt': 2 } },
    ]);
  });
});
