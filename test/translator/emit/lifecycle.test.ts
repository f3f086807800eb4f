import { describe, expect, it } from 'vitest';
import type { IssueRecord } from '../../../src/lifecycle/issue.ts';
import type { IssueEvent } from '../../../src/lifecycle/issue-event.ts';
import type { Told } from '../../../src/lifecycle/story.ts';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_TYPE,
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_ISSUE_AGE,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_LATE,
  ATTR_ISSUE_OCCURRENCES,
  ATTR_ISSUE_SPAN_ID,
  ATTR_ISSUE_SUMMARY,
  ATTR_ISSUE_TIME_TO_RESOLVE,
  ATTR_ISSUE_TRACE_ID,
  ATTR_ISSUE_TRANSITION,
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_NAME,
  EVENT_ISSUE_LIFECYCLE,
  SCOPE_TRANSLATOR,
} from '../../../src/semconv.ts';
import { lifecycleLog } from '../../../src/translator/emit/lifecycle-log.ts';
import { describeTold, lifecycleSpans } from '../../../src/translator/emit/lifecycle-span.ts';
import { decodeLogs, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import type { LogRecord, ScopeLogs, Span } from '../../../src/translator/otlp/model.ts';
import { close, parseEvents, play, report, SECOND } from '../../lifecycle/events.ts';

const SPAN = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const TAKEN = 1000n * SECOND;

function logOf(record: IssueRecord, told: Told): readonly ScopeLogs[] {
  return decodeLogs(encodeLogs([lifecycleLog(describeTold(record, told), told, TAKEN)]), 'protobuf');
}

function logsOf(record: IssueRecord, told: readonly Told[]): readonly LogRecord[] {
  return told.flatMap((transition) => logOf(record, transition)).flatMap(({ logRecords }) => logRecords);
}

function spansOf(events: readonly IssueEvent[]): readonly Span[] {
  const { record, told } = play(events);
  const batch = told.map((transition) => lifecycleSpans(describeTold(record, transition), transition));
  return decodeTraces(encodeTraces(batch), 'protobuf').flatMap(({ spans }) => spans);
}

describe('a lifecycle log event', () => {
  it('says all about a resolved issue, under the service that reported it', () => {
    const { record, told } = play([report(5, { span: SPAN }), close(10)]);
    const resolved = told.at(-1);
    if (resolved === undefined) throw new Error('nothing was told');
    const [log] = logOf(record, resolved);
    expect(log?.resource.attributes).toEqual({
      [ATTR_SERVICE_NAME]: 'sales',
      [ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: 'test',
      [ATTR_AGENT_ID]: 'agent',
      [ATTR_AGENT_TYPE]: 'lead',
    });
    expect(log?.scope.name).toBe(SCOPE_TRANSLATOR);
    expect(log?.logRecords).toMatchObject([
      {
        eventName: EVENT_ISSUE_LIFECYCLE,
        timeUnixNano: 10n * SECOND,
        observedTimeUnixNano: TAKEN,
        severityNumber: 9,
        body: 'issue resolved: CRM API returns 403 (CRM API recovered)',
        attributes: {
          [ATTR_LOG_RECORD_UID]: resolved.id,
          [ATTR_ISSUE_TRANSITION]: 'resolved',
          [ATTR_ISSUE_ID]: 'crm-403',
          [ATTR_ISSUE_EPISODE]: 1,
          [ATTR_ISSUE_OCCURRENCES]: 1,
          [ATTR_ISSUE_AGE]: 5,
          [ATTR_ISSUE_TIME_TO_RESOLVE]: 5,
          [ATTR_ISSUE_TRACE_ID]: SPAN.traceId,
          [ATTR_ISSUE_SPAN_ID]: SPAN.spanId,
        },
      },
    ]);
  });

  it('has the severity of the issue while there is trouble', () => {
    const { record, told } = play([report(5, { severity: 'critical' }), report(6, { severity: 'low' }), close(7)]);
    expect(logsOf(record, told).map(({ severityNumber, body }) => [severityNumber, body])).toEqual([
      [21, 'issue opened: CRM API returns 403'],
      [9, 'issue recurred (2 times): CRM API returns 403'],
      [9, 'issue is now low: CRM API returns 403'],
      [9, 'issue resolved: CRM API returns 403 (CRM API recovered)'],
    ]);
  });

  it('is marked late only where a late event made it known', () => {
    const { record, told } = play(parseEvents('r5 r10 c7'));
    const late = logsOf(record, told).map(({ attributes }) => attributes[ATTR_ISSUE_LATE]);
    expect(late).toEqual([undefined, undefined, true, true]);
  });
});

describe('the spans of an issue', () => {
  it('are one trace per episode, with the closing’s parent from opened to closed around them', () => {
    const [opened, recurred, resolved, episode, reopened] = spansOf(parseEvents('r5 r8 c10 r20'));
    expect([opened, recurred, resolved, episode, reopened].map((span) => span?.name)).toEqual([
      'issue.opened',
      'issue.recurred',
      'issue.resolved',
      'issue crm-403',
      'issue.reopened',
    ]);
    for (const child of [opened, recurred, resolved]) {
      expect(child).toMatchObject({ traceId: episode?.traceId, parentSpanId: episode?.spanId });
    }
    expect(episode).toMatchObject({
      parentSpanId: '',
      startTimeUnixNano: 5n * SECOND,
      endTimeUnixNano: 10n * SECOND + 1n,
      attributes: { [ATTR_ISSUE_TIME_TO_RESOLVE]: 5, [ATTR_ISSUE_OCCURRENCES]: 2 },
    });
    expect(reopened?.traceId).not.toBe(episode?.traceId);
  });

  it('have the same ids each time that the same is told', () => {
    expect(spansOf(parseEvents('r5 c10'))).toEqual(spansOf(parseEvents('r5 c10')));
  });

  it('link to the span that reported the problem', () => {
    const [opened] = spansOf([report(5, { span: SPAN })]);
    expect(opened?.links).toEqual([{ ...SPAN, attributes: {} }]);
    expect(spansOf([report(5)])[0]?.links).toEqual([]);
  });

  it('hold a recurrence that was told before a late closing split its episode', () => {
    const episode = spansOf(parseEvents('r5 r10 c7')).find(({ parentSpanId }) => parentSpanId === '');
    expect(episode).toMatchObject({ startTimeUnixNano: 5n * SECOND, endTimeUnixNano: 10n * SECOND + 1n });
  });

  it('all have a length, also of an issue that closed as it opened, and lie inside their episode’s', () => {
    const spans = spansOf([report(5), close(5)]);
    const episode = spans.at(-1);
    expect(spans).toHaveLength(3);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(endTimeUnixNano).toBeGreaterThan(startTimeUnixNano);
      expect(startTimeUnixNano).toBeGreaterThanOrEqual(episode?.startTimeUnixNano ?? 0n);
      expect(endTimeUnixNano).toBeLessThanOrEqual(episode?.endTimeUnixNano ?? 0n);
    }
  });

  it('say first which issue it is, under names that are few', () => {
    const [opened] = spansOf([report(5, { span: SPAN })]);
    expect(opened?.name).toBe('issue.opened');
    expect(Object.keys(opened?.attributes ?? {}).slice(0, 2)).toEqual([ATTR_ISSUE_ID, ATTR_ISSUE_SUMMARY]);
  });

  it('share ids with their log events', () => {
    const { record, told } = play(parseEvents('r5 c10'));
    const children = spansOf(parseEvents('r5 c10')).filter(({ parentSpanId }) => parentSpanId !== '');
    expect(logsOf(record, told).map(({ spanId }) => spanId)).toEqual(children.map(({ spanId }) => spanId));
  });
});
