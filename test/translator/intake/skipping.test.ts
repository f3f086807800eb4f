/** What a server passes over on the bytes is counted as if it had been built. */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ATTR_AGENT_ID,
  ATTR_AGENT_STUCK_THRESHOLD,
  ATTR_EVENT_NAME,
  ATTR_LOG_RECORD_UID,
  ATTR_OTEL_EVENT_NAME,
  ATTR_SUMMARY,
  EVENT_AGENT_HEARTBEAT,
  EVENT_AGENT_STOPPED,
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  EVENT_PLAN_STEP,
  SCOPE_INSTRUMENTATION,
  SCOPE_TRANSLATOR,
} from '../../../src/semconv.ts';
import { takeLogs, takeMetrics, takeSpans } from '../../../src/translator/intake/intake.ts';
import type { Intake } from '../../../src/translator/intake/sorter.ts';
import { isReadEventName } from '../../../src/translator/intake/agent-sign.ts';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import type { Attributes, ScopeLogs, ScopeSpans } from '../../../src/translator/otlp/model.ts';
import { logsBatch, tracesBatch } from '../otlp/arbitraries.ts';
import { plainLogs, plainTraces } from '../otlp/plain-requests.ts';
import { toJson, toProtobuf, type Message } from '../otlp/oracle.ts';

const ARRIVAL = { arrival: 10n ** 18n, windowNanos: 900_000_000_000n };
const NAMES = [
  EVENT_ISSUE_REPORTED,
  EVENT_ISSUE_RESOLVED,
  EVENT_AGENT_HEARTBEAT,
  EVENT_AGENT_STOPPED,
  EVENT_PLAN_STEP,
  'gen_ai.choice',
  'invoke_agent x',
  '',
];
const name = fc.constantFrom(...NAMES);
const scopeName = fc.constantFrom(SCOPE_INSTRUMENTATION, SCOPE_TRANSLATOR, 'host', '');

/** Attributes as issue events and their neighbours have them, in any combination. */
const storyAttributes = fc.record(
  {
    [ATTR_OTEL_EVENT_NAME]: fc.oneof(name, fc.constant(7)),
    [ATTR_EVENT_NAME]: fc.oneof(name, fc.constant(null)),
    [ATTR_LOG_RECORD_UID]: fc.constantFrom('u1', 'u2', ''),
    [ATTR_AGENT_ID]: fc.constantFrom('lead-qualifier', ''),
    [ATTR_AGENT_STUCK_THRESHOLD]: fc.constantFrom(60, 0.5, 'long'),
    [ATTR_SUMMARY]: fc.constantFrom('CRM API returns 403', ' '),
  },
  { requiredKeys: [] },
) as Arbitrary<Attributes>;

/** Any telemetry, in which names, scopes and attributes are replaced by ones that matter. */
const logs: Arbitrary<ScopeLogs[]> = logsBatch.chain((batch) =>
  fc.tuple(
    ...batch.map((scopeLogs) =>
      fc
        .tuple(scopeName, fc.array(fc.tuple(name, storyAttributes), { minLength: 4, maxLength: 4 }))
        .map(([scope, changes]) => ({
          ...scopeLogs,
          scope: { ...scopeLogs.scope, name: scope },
          logRecords: scopeLogs.logRecords.map((record, at) => {
            const [eventName = '', attributes = {}] = changes[at] ?? [];
            return { ...record, eventName, attributes: { ...record.attributes, ...attributes } };
          }),
        })),
    ),
  ),
);

const traces: Arbitrary<ScopeSpans[]> = tracesBatch.chain((batch) =>
  fc.tuple(
    ...batch.map((scopeSpans) =>
      fc
        .tuple(scopeName, fc.array(fc.tuple(name, storyAttributes), { minLength: 12, maxLength: 12 }))
        .map(([scope, changes]) => ({
          ...scopeSpans,
          scope: { ...scopeSpans.scope, name: scope },
          spans: scopeSpans.spans.map((span, at) => {
            const named = <Item extends { attributes: Attributes }>(
              item: Item,
              change: number,
            ): Item & { name: string } => {
              const [newName = '', attributes = {}] = changes[change] ?? [];
              return { ...item, name: newName, attributes: { ...item.attributes, ...attributes } };
            };
            return {
              ...named(span, at),
              events: span.events.map((event, eventAt) => named(event, 3 + at * 3 + eventAt)),
            };
          }),
        })),
    ),
  ),
);

function asData({ events, rejections, signs, other, foreign, ownInput }: Intake): unknown {
  return { events, rejections, signs, other, foreign, ownInput };
}

const encodings = ['protobuf', 'json'] as const;

function write(encoding: (typeof encodings)[number], type: string, message: Message): Uint8Array {
  return encoding === 'json' ? toJson(message) : toProtobuf(type, message);
}

describe.each(encodings)('in %s, building only what is read', (encoding) => {
  it('takes and counts from any logs what building everything does', () => {
    fc.assert(
      fc.property(logs, (batch) => {
        const body = write(encoding, 'ExportLogsServiceRequest', plainLogs(batch));
        const all = takeLogs(decodeLogs(body, encoding), ARRIVAL);
        expect(asData(takeLogs(decodeLogs(body, encoding, isReadEventName), ARRIVAL))).toEqual(asData(all));
      }),
      { numRuns: 300 },
    );
  });

  it('takes and counts from any traces what building everything does', () => {
    fc.assert(
      fc.property(traces, (batch) => {
        const body = write(encoding, 'ExportTraceServiceRequest', plainTraces(batch));
        const all = takeSpans(decodeTraces(body, encoding), ARRIVAL);
        expect(asData(takeSpans(decodeTraces(body, encoding, isReadEventName), ARRIVAL))).toEqual(asData(all));
      }),
      { numRuns: 300 },
    );
  });

  it('counts from any metrics what building everything does', () => {
    const points = fc.array(fc.constantFrom({ asDouble: 1 }, { asInt: '2' }, { flags: 1, asDouble: 3 }, {}), {
      maxLength: 3,
    });
    const metric = fc
      .tuple(
        fc.constantFrom('hiveloop.queue.depth', 'http.requests', ''),
        fc.constantFrom('gauge', 'sum', 'histogram', 'summary'),
        points,
      )
      .map(([metricName, kind, dataPoints]) => ({ name: metricName, [kind]: { dataPoints } }));
    const scopes = fc.array(
      fc.record({ scope: fc.record({ name: scopeName }), metrics: fc.array(metric, { maxLength: 4 }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(scopes, (scopeMetrics) => {
        const body = write(encoding, 'ExportMetricsServiceRequest', { resourceMetrics: [{ scopeMetrics }] });
        const all = takeMetrics(decodeMetrics(body, encoding));
        const counted = decodeMetrics(body, encoding, isReadEventName);
        expect(asData(takeMetrics(counted))).toEqual(asData(all));
        expect(counted.flatMap((scope) => scope.points)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is passed over', () => {
  const foreign = { attributes: [{ key: 'a', value: { arrayValue: { values: [{ stringValue: 'x' }] } } }] };

  it('is not built', () => {
    const body = toProtobuf('ExportLogsServiceRequest', {
      resourceLogs: [{ scopeLogs: [{ logRecords: [foreign, { ...foreign, eventName: EVENT_PLAN_STEP }] }] }],
    });
    expect(decodeLogs(body, 'protobuf', isReadEventName)).toMatchObject([
      { logRecords: [], skipped: { named: 1, unnamed: 1 } },
    ]);
  });

  it('counts towards the scope also where that is named after it', () => {
    const records = toProtobuf('ScopeLogs', { logRecords: [foreign] });
    const scope = toProtobuf('ScopeLogs', { scope: { name: SCOPE_TRANSLATOR } });
    const scopeLogs = Buffer.concat([records, scope]);
    const resourceLogs = Buffer.concat([Buffer.from([0o22, scopeLogs.length]), scopeLogs]);
    const body = Buffer.concat([Buffer.from([0o12, resourceLogs.length]), resourceLogs]);
    expect(takeLogs(decodeLogs(body, 'protobuf', isReadEventName), ARRIVAL)).toMatchObject({
      ownInput: 1,
      foreign: 0,
    });
  });
});
