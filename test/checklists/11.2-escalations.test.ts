/*
 * HiveLoop manual, §11.2, read from what arrives over OTLP.
 *
 * | Box                           | Signal                        | Attribute and value                                      |
 * |-------------------------------|-------------------------------|----------------------------------------------------------|
 * | a task escalates              | the task's span               | `hiveloop.escalation.count` = 1                          |
 * | amber node with summary text  | span event on the task's span | `hiveloop.escalation`, `hiveloop.summary`; amber: the log event's severity WARN |
 * | `escalated` in the stream     | log event                     | `hiveloop.escalation`, body = summary, `.assigned_to`    |
 * | "human" filter                | log event                     | `hiveloop.event.category` = `human`                      |
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_APPROVAL_RECEIVED, EVENT_APPROVAL_REQUESTED, EVENT_ESCALATION } from '../../src/semconv.ts';
import type { Arrived } from '../support/collector.ts';
import { lastValues } from '../support/metric-points.ts';
import { runService } from '../support/service.ts';
import { activityStream, eventsNamed, spanEventsNamed, spanWith } from '../support/story.ts';

const WARN = 13;
const SUMMARY = 'Lead score 0.12 — below threshold, needs manual review';
let run: Arrived;

beforeAll(async () => {
  run = await runService('escalation-service');
});

describe('manual §11.2, escalations', () => {
  test('trigger a task that escalates', () => {
    expect(spanWith(run, 'hiveloop.task.id', 'low-score').attributes['hiveloop.escalation.count']).toBe(1);
    expect(lastValues(run.points, 'hiveloop.escalation.count')).toEqual({
      'hiveloop.agent.id=support hiveloop.agent.type=helpdesk hiveloop.task.type=billing': 1,
      'hiveloop.agent.id=support hiveloop.agent.type=helpdesk hiveloop.task.type=lead_processing': 1,
    });
  });

  test('timeline: an amber escalation node appears with its summary', () => {
    const [node] = spanEventsNamed(spanWith(run, 'hiveloop.task.id', 'low-score'), EVENT_ESCALATION);

    expect(node?.attributes).toEqual({
      'hiveloop.summary': SUMMARY,
      'hiveloop.escalation.assigned_to': 'senior-sales',
    });
  });

  test('activity stream: the escalated event appears', () => {
    const [escalated, withReason] = eventsNamed(run, EVENT_ESCALATION);

    expect(escalated).toMatchObject({
      body: SUMMARY,
      severityNumber: WARN,
      attributes: { 'hiveloop.escalation.assigned_to': 'senior-sales', 'hiveloop.task.id': 'low-score' },
    });
    expect(withReason?.attributes['hiveloop.escalation.reason']).toBe('three disputes');
  });

  test('activity stream: the "human" filter includes the escalation, and the approval that follows one', () => {
    expect(activityStream(run, 'human').map(({ eventName }) => eventName)).toEqual([
      EVENT_ESCALATION,
      EVENT_ESCALATION,
      EVENT_APPROVAL_REQUESTED,
      EVENT_APPROVAL_RECEIVED,
    ]);
  });
});
