/** Events are the same, whether records were built on the way or not. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_OCCURRENCE_COUNT,
  ATTR_LOG_RECORD_UID,
  ATTR_OTEL_EVENT_NAME,
  EVENT_AGENT_HEARTBEAT,
  EVENT_ISSUE_REPORTED,
  EVENT_PLAN_STEP,
} from '../../../src/semconv.ts';
import { takeEncodedLogs } from '../../../src/translator/intake/take-encoded-logs.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import { MalformedBodyError } from '../../../src/translator/otlp/malformed-body.ts';
import type { Attributes, LogRecord } from '../../../src/translator/otlp/model.ts';
import { issueLog, logBatch } from '../issue-batches.ts';
import { logsBatch } from '../otlp/arbitraries.ts';
import { changed, edits } from '../otlp/changed-bodies.ts';
import { toProtobuf } from '../otlp/oracle.ts';
import { ARRIVAL, encodedLogs, expectTheSame, joined, nested } from './encoded-logs.ts';

/** Records that were built. */
const built = vi.hoisted(() => ({ records: 0 }));
vi.mock(import('../../../src/translator/otlp/protobuf-log-record.ts'), async (original) => {
  const { decodeLogRecord } = await original();
  return {
    decodeLogRecord: (reader) => {
      built.records++;
      return decodeLogRecord(reader);
    },
  };
});
beforeEach(() => {
  built.records = 0;
});

/** Records that were built on the way from the bytes to the events, which are the same as ever. */
function builtFor(body: Uint8Array): number {
  expectTheSame(body);
  built.records = 0;
  takeEncodedLogs(body, ARRIVAL);
  return built.records;
}

function bodyOf(...records: readonly LogRecord[]): Uint8Array {
  return encodeLogs(logBatch(...records));
}

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name));
}

/** The request with one record, of these bytes. */
function requestOf(record: Uint8Array): Uint8Array {
  return nested(1, nested(2, nested(2, record)));
}

const REPORT = toProtobuf('LogRecord', {
  timeUnixNano: '5',
  body: { stringValue: 'CRM API returns 403' },
  attributes: [
    { key: ATTR_LOG_RECORD_UID, value: { stringValue: 'u1' } },
    { key: ATTR_AGENT_ID, value: { stringValue: 'bee' } },
  ],
  eventName: EVENT_ISSUE_REPORTED,
});

describe('straight from the bytes', () => {
  it('come the events of any request, by protobufjs', () => {
    fc.assert(fc.property(encodedLogs, expectTheSame), { numRuns: 2000 });
  });

  it('come the events of any request, by our own encoder', () => {
    const named = fc.tuple(logsBatch, fc.constantFrom(EVENT_ISSUE_REPORTED, EVENT_PLAN_STEP, ''));
    fc.assert(
      fc.property(named, ([batch, eventName]) => {
        const renamed = batch.map((scopeLogs) => ({
          ...scopeLogs,
          logRecords: scopeLogs.logRecords.map((record) => {
            const { attributes } = issueLog('report', 5);
            return { ...record, eventName, attributes: { ...attributes, ...record.attributes } };
          }),
        }));
        expectTheSame(encodeLogs(renamed));
      }),
      { numRuns: 500 },
    );
  });

  it('come the events of any request that was changed on its way, or it is refused as ever', () => {
    fc.assert(
      fc.property(encodedLogs, edits, (body, changes) => expectTheSame(changed(body, changes))),
      { numRuns: 3000 },
    );
  });

  it('come the events of a request that was cut off anywhere, or it is refused as ever', () => {
    const body = Buffer.from(
      bodyOf(issueLog('report', 5, { [ATTR_ISSUE_OCCURRENCE_COUNT]: 300 }), issueLog('resolve', 6)),
    );
    for (let end = 0; end <= body.length; end++) expectTheSame(body.subarray(0, end));
  });

  it('come the events of a request with any one byte changed, or it is refused as ever', () => {
    const body = Buffer.from(bodyOf(issueLog('report', 5, { [ATTR_ISSUE_OCCURRENCE_COUNT]: 300 })));
    for (let at = 0; at < body.length; at++) {
      for (const byte of [0, 1, 2, 0o12, 0o22, 0o62, 0x7f, 0x80, 0xff, (body[at] ?? 0) + 1]) {
        const other = Buffer.from(body);
        other[at] = byte;
        expectTheSame(other);
      }
    }
  });
});

describe('no record is built', () => {
  it.each([
    ['a report', issueLog('report', 5, { [ATTR_ISSUE_OCCURRENCE_COUNT]: 3000, 'hiveloop.issue.context.code': 403 })],
    ['a resolve', issueLog('resolve', 5)],
    ['a report outside any span', { ...issueLog('report', 5), traceId: '', spanId: '' }],
    ['a report without an issue id', issueLog('report', 5, { [ATTR_ISSUE_ID]: '' })],
    ['a report without an agent', issueLog('report', 5, { [ATTR_AGENT_ID]: '' })],
    ['an event that nobody reads', { ...issueLog('report', 5), eventName: EVENT_PLAN_STEP }],
    ['a plain log record', { ...issueLog('report', 5), eventName: '' }],
  ])('for %s', (_what, record) => {
    expect(builtFor(bodyOf(record, record))).toBe(0);
  });

  it('where a key comes twice: the last one counts', () => {
    const twice = joined([
      ['LogRecord', { attributes: [{ key: ATTR_AGENT_ID, value: { stringValue: 'wasp' } }], body: { intValue: '1' } }],
    ]);
    const last = { key: ATTR_AGENT_ID, value: { stringValue: 'ant' } };
    const body = requestOf(Buffer.concat([REPORT, toProtobuf('LogRecord', { attributes: [last] })]));
    expect(builtFor(body)).toBe(0);
    expect(takeEncodedLogs(body, ARRIVAL).events.at(0)?.identity.agentId).toBe('ant');
    expectTheSame(requestOf(Buffer.concat([twice, REPORT])));
  });
});

describe('the record is built, as ever', () => {
  const { attributes } = issueLog('report', 5);
  const named = { eventName: '', attributes: { ...attributes, [ATTR_OTEL_EVENT_NAME]: EVENT_ISSUE_REPORTED } };
  it.each([
    ['that has no uid, since all of it is hashed', { attributes: without(attributes, ATTR_LOG_RECORD_UID) }],
    ['whose uid is no text', { attributes: { ...attributes, [ATTR_LOG_RECORD_UID]: 7 } }],
    ['whose agent id is no text', { attributes: { ...attributes, [ATTR_AGENT_ID]: true } }],
    ['whose body is no text', { body: { code: 403 } }],
    ['whose count is a text', { attributes: { ...attributes, [ATTR_ISSUE_OCCURRENCE_COUNT]: '12' } }],
    ['with a list among its attributes', { attributes: { ...attributes, list: ['a', 1] } }],
    ['of more than 16 KB', { body: 'x'.repeat(20_000) }],
    ['that is a heartbeat', { eventName: EVENT_AGENT_HEARTBEAT }],
    ['whose name stands in an attribute', named],
  ])('%s', (_what, changes) => {
    const record = { ...issueLog('report', 5), ...changes };
    expect(builtFor(bodyOf(record, issueLog('report', 6)))).toBe(1);
  });

  it.each([
    ['an unknown field', Buffer.from([0o172, 1, 0])],
    ['a field of another wire type', Buffer.from([0o10, 5])],
    ['a key after its value', nested(6, Buffer.from([0o22, 3, 0o12, 1, 0x61, 0o12, 1, 0x62]))],
    // Who takes its length for one byte finds a text of 16 bytes behind it, and misses the body.
    [
      'a length in more bytes than it needs',
      Buffer.from('1a820061' + '1a1005' + '2a0d0a0b' + '68656c6c6f20776f726c64', 'hex'),
    ],
    ['an attribute of two values', nested(6, Buffer.from('0a0161' + '1204' + '18011802', 'hex'))],
    ['an attribute that is empty', Buffer.from([0o62, 0])],
  ])('with %s', (_what, field) => {
    expect(builtFor(requestOf(Buffer.concat([REPORT, field])))).toBe(1);
  });

  it('where the resource or the scope comes after its records', () => {
    const scope = toProtobuf('ScopeLogs', { scope: { name: 'late' } });
    const late = Buffer.concat([nested(2, REPORT), scope]);
    expect(builtFor(nested(1, nested(2, late)))).toBe(1);
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'late' } }] };
    const body = nested(1, Buffer.concat([nested(2, nested(2, REPORT)), toProtobuf('ResourceLogs', { resource })]));
    expect(builtFor(body)).toBe(1);
    expect(takeEncodedLogs(body, ARRIVAL).events.at(0)?.reporter.serviceName).toBe('late');
  });
});

describe('a request is refused, as ever,', () => {
  it.each([
    ['for a number that is cut off', nested(6, Buffer.from('0a0161' + '1202' + '1880', 'hex'))],
    ['for a number of 11 bytes', Buffer.from('10' + '80'.repeat(10) + '01', 'hex')],
    ['for a trace id of 3 bytes', nested(9, Buffer.from('abc'))],
    ['for a text that runs out of its attribute', nested(6, Buffer.from('0a0161' + '1203' + '0a0261', 'hex'))],
  ])('%s', (_what, field) => {
    const body = requestOf(Buffer.concat([REPORT, field]));
    expect(() => takeEncodedLogs(body, ARRIVAL)).toThrow(MalformedBodyError);
    expectTheSame(body);
    expectTheSame(requestOf(Buffer.concat([REPORT, field, toProtobuf('LogRecord', { eventName: EVENT_PLAN_STEP })])));
  });
});

describe('what events have in common', () => {
  it.each(['crm-403', ''])('is one object, whichever way each was read, with the issue id "%s"', (issueId) => {
    const [issue, list] = [{ [ATTR_ISSUE_ID]: issueId }, { list: ['a'] }];
    const body = bodyOf(
      ...[5, 6, 7].map((second) => issueLog('report', second, issue)),
      issueLog('report', 8, { ...issue, ...list }),
    );
    const { events } = takeEncodedLogs(body, ARRIVAL);
    expect(events).toHaveLength(4);
    for (const { identity, reporter, names } of events) {
      expect(identity).toBe(events.at(0)?.identity);
      expect(reporter).toBe(events.at(0)?.reporter);
      expect(names).toBe(events.at(0)?.names);
    }
  });

  it('does not leak from one resource, agent or severity to the next', () => {
    const reports = ['high', 'low', 'high'].flatMap((severity) =>
      ['bee', 'wasp'].map((agent) =>
        issueLog('report', 5, { [ATTR_AGENT_ID]: agent, 'hiveloop.issue.severity': severity }),
      ),
    );
    const resources = ['sales', 'ops', 'sales'].map((name) => ({ attributes: { 'service.name': name } }));
    expectTheSame(
      encodeLogs(resources.flatMap((resource) => logBatch(...reports).map((logs) => ({ ...logs, resource })))),
    );
  });

  it('is a copy once an event was read: the body can be written over', () => {
    const report = issueLog('report', 5, { [ATTR_AGENT_ID]: 'an agent of its own' });
    const body = bodyOf(report, report);
    const events = [...takeEncodedLogs(body, ARRIVAL).events];
    const before = structuredClone(events);
    body.fill(0x20);
    expect(events).toEqual(before);
    expect(events).toHaveLength(2);
  });
});
