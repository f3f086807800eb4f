import { describe, expect, it } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ENVIRONMENT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_SUMMARY,
  ATTR_LOG_RECORD_UID,
  ATTR_SUMMARY,
  EVENT_ISSUE_REPORTED,
  EVENT_QUEUE_SNAPSHOT,
  METRIC_QUEUE_DEPTH,
  SCOPE_TRANSLATOR,
} from '../../../src/semconv.ts';
import type { AddressedEvent } from '../../../src/lifecycle/issue.ts';
import { issueKey } from '../../../src/lifecycle/identity.ts';
import { takeLogs, takeMetrics, takeSpans } from '../../../src/translator/intake/intake.ts';
import type { Attributes, LogRecord } from '../../../src/translator/otlp/model.ts';
import { issueLog, logBatch, RESOURCE, SCOPE, SECOND, span, spanBatch, START } from '../issue-batches.ts';

const ARRIVAL = { arrival: START + 100n * SECOND, windowNanos: 900n * SECOND };

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name));
}

function takeOne(record: LogRecord): AddressedEvent {
  const [event] = takeLogs(logBatch(record), ARRIVAL).events;
  if (event === undefined) throw new Error('the record was not taken');
  return event;
}

describe('a log record', () => {
  it('gives all that the lifecycle wants to know', () => {
    expect(takeOne(issueLog('report', 5, { [ATTR_ISSUE_OCCURRENCE_COUNT]: 3 }))).toEqual({
      identity: {
        environment: 'production',
        namespace: '',
        agentId: 'lead-qualifier',
        issueId: 'crm-403',
        fingerprint: '',
      },
      reporter: { serviceName: 'sales-agents', agentType: '' },
      names: {
        key: issueKey({
          environment: 'production',
          namespace: '',
          agentId: 'lead-qualifier',
          issueId: 'crm-403',
          fingerprint: '',
        }),
        agent: '["production","","lead-qualifier"]',
      },
      event: {
        kind: 'report',
        uid: 'report-5',
        effectiveTime: START + 5n * SECOND,
        takenAt: ARRIVAL.arrival,
        summary: 'CRM API returns 403',
        severity: 'high',
        severityAsSaid: 'high',
        category: 'permissions',
        occurrenceCount: 3,
        span: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
      },
    });
  });

  it('of unknown severity is medium, and keeps its word', () => {
    const { event } = takeOne(issueLog('report', 5, { [ATTR_ISSUE_SEVERITY]: 'Catastrophic' }));
    expect(event).toMatchObject({ severity: 'medium', severityAsSaid: 'Catastrophic' });
  });

  it('takes the environment from the record where the resource has none', () => {
    const batch = [
      {
        resource: { attributes: {} },
        scope: SCOPE,
        logRecords: [issueLog('report', 5, { [ATTR_ENVIRONMENT]: 'test' })],
      },
    ];
    expect(takeLogs(batch, ARRIVAL).events.at(0)?.identity.environment).toBe('test');
  });

  it('without a uid gets one that a resend gets too, and no other record', () => {
    const record = issueLog('report', 5);
    const bare = { ...record, attributes: without(record.attributes, ATTR_LOG_RECORD_UID) };
    const reordered = { ...bare, attributes: Object.fromEntries(Object.entries(bare.attributes).reverse()) };
    const other = { ...bare, timeUnixNano: bare.timeUnixNano + 1n };
    expect(takeOne(reordered).event.uid).toBe(takeOne(bare).event.uid);
    expect(takeOne(other).event.uid).not.toBe(takeOne(bare).event.uid);
  });

  it('without an id is known by its summary, and its resolve by the summary that it answers', () => {
    const report = issueLog('report', 5);
    const resolve = issueLog('resolve', 9, { [ATTR_ISSUE_SUMMARY]: 'CRM API returns  403' });
    const [a, b] = [report, resolve].map((record) =>
      takeOne({ ...record, attributes: without(record.attributes, ATTR_ISSUE_ID) }),
    );
    expect(a?.identity.fingerprint).toMatch(/^v1-/);
    expect(b?.identity).toEqual(a?.identity);
  });

  it('with ids longer than 256 characters keeps their hashes, so that they differ and stay small', () => {
    const long = 'x'.repeat(300);
    const of = (id: string): ReturnType<typeof takeOne>['identity'] =>
      takeOne(issueLog('report', 5, { [ATTR_ISSUE_ID]: id, [ATTR_AGENT_ID]: id })).identity;
    const [a, again, b] = [of(`${long}a`), of(`${long}a`), of(`${long}b`)];
    expect(a).toEqual(again);
    expect([a.issueId, a.agentId]).not.toEqual([b.issueId, b.agentId]);
    expect([a.issueId.length, a.agentId.length]).toEqual([64, 64]);
    expect(of('x'.repeat(256)).issueId).toBe('x'.repeat(256));
  });

  it('of any length keeps the first 1 024 characters of its summary', () => {
    const { event } = takeOne({ ...issueLog('report', 5), body: 'ä'.repeat(5_000) });
    expect(event.summary).toBe('ä'.repeat(1_024));
  });

  it.each([
    ['an agent id', { ...issueLog('report', 5), attributes: {} }, `${ATTR_AGENT_ID} is missing`],
    ['a summary', { ...issueLog('report', 5), body: ' ' }, 'the summary is empty'],
  ])('without %s is rejected with the reason', (_, record, reason) => {
    expect(takeLogs(logBatch(record, issueLog('report', 6)), ARRIVAL)).toMatchObject({
      rejections: [reason],
      events: [{ event: { uid: 'report-6' } }],
    });
  });

  it('that is no issue event is counted by whose it is', () => {
    const queue = { ...issueLog('report', 1), eventName: EVENT_QUEUE_SNAPSHOT };
    const plain = { ...issueLog('report', 1), eventName: '' };
    const host = { name: 'host', version: '' };
    const intake = takeLogs(
      [
        { resource: RESOURCE, scope: host, logRecords: [queue, plain] },
        { resource: RESOURCE, scope: { name: SCOPE_TRANSLATOR, version: '' }, logRecords: [issueLog('report', 1)] },
      ],
      ARRIVAL,
    );
    expect(intake).toMatchObject({ events: [], rejections: [], other: 1, foreign: 1, ownInput: 1 });
  });
});

describe('a span event and a span', () => {
  const attributes = {
    [ATTR_LOG_RECORD_UID]: 'u1',
    [ATTR_AGENT_ID]: 'lead-qualifier',
    [ATTR_ISSUE_ID]: 'crm-403',
    [ATTR_SUMMARY]: 'CRM API returns 403',
  };
  const event = { name: EVENT_ISSUE_REPORTED, timeUnixNano: START + SECOND, attributes };

  it('with a uid is an issue event, in the context of its span', () => {
    const { events, other } = takeSpans(spanBatch(span({ events: [event] })), ARRIVAL);
    expect(events).toMatchObject([
      {
        event: {
          uid: 'u1',
          effectiveTime: START + SECOND,
          summary: 'CRM API returns 403',
          span: { spanId: 'b7ad6b7169203331' },
        },
      },
    ]);
    expect(other).toBe(1);
  });

  it('without a uid mirrors a log record and is not taken again', () => {
    const mirror = { ...event, attributes: without(attributes, ATTR_LOG_RECORD_UID) };
    expect(takeSpans(spanBatch(span({ events: [mirror] })), ARRIVAL)).toMatchObject({ events: [], rejections: [] });
  });

  it('as a span of its own is taken at its start', () => {
    const { events } = takeSpans(spanBatch(span({ name: EVENT_ISSUE_REPORTED, attributes })), ARRIVAL);
    expect(events).toMatchObject([{ event: { kind: 'report', uid: 'u1', effectiveTime: START } }]);
  });
});

describe('metrics', () => {
  it('are counted by whose they are', () => {
    const point = { unit: '', value: 1, timeUnixNano: START, attributes: {} };
    const points = [
      { ...point, name: METRIC_QUEUE_DEPTH.name },
      { ...point, name: 'http.server.request.duration' },
    ];
    const batch = [{ resource: RESOURCE, scope: { name: 'host', version: '' }, points, pointCount: 5 }];
    expect(takeMetrics(batch)).toMatchObject({ other: 1, foreign: 4, ownInput: 0, events: [] });
  });
});
