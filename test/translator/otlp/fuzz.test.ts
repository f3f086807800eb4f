/**
 * Bodies that were changed on their way, against protobufjs: what it decodes, we decode to the same, building all or only
 * what is wanted; what it refuses, we may refuse. Nothing is read beyond the body, nothing hangs, nothing else is thrown.
 * fast-check prints the seed of a failure; `FUZZ_SECONDS` (default 3) is the time for each test.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_ISSUE_REPORTED, EVENT_PLAN_STEP } from '../../../src/semconv.ts';
import { isIssueEventName } from '../../../src/translator/intake/issue-carrier.ts';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import { MalformedBodyError } from '../../../src/translator/otlp/malformed-body.ts';
import type { Encoding, ScopeLogs, ScopeSpans } from '../../../src/translator/otlp/model.ts';
import { logsBatch, tracesBatch } from './arbitraries.ts';
import { changed, edits } from './changed-bodies.ts';
import { fromProtobuf, toJson, type Message } from './oracle.ts';
import { plainLogs, plainTraces } from './plain-requests.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 3);
const SLOWEST_MILLIS = 1_000;
const limits = { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false };
const timeout = (SECONDS + 20) * 1000;

const eventName = fc.constantFrom(EVENT_ISSUE_REPORTED, EVENT_PLAN_STEP, '');
const logs: Arbitrary<ScopeLogs[]> = fc.tuple(logsBatch, eventName).map(([batch, name]) =>
  batch.map((scopeLogs) => ({
    ...scopeLogs,
    logRecords: scopeLogs.logRecords.map((record) => ({ ...record, eventName: name })),
  })),
);
const traces: Arbitrary<ScopeSpans[]> = fc.tuple(tracesBatch, eventName).map(([batch, name]) =>
  batch.map((scopeSpans) => ({
    ...scopeSpans,
    spans: scopeSpans.spans.map((span) => ({ ...span, events: span.events.map((event) => ({ ...event, name })) })),
  })),
);

type Outcome = { readonly batch: unknown } | 'malformed';

function outcomeOf(decode: () => unknown): Outcome {
  const started = performance.now();
  try {
    return { batch: decode() };
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedBodyError);
    return 'malformed';
  } finally {
    expect(performance.now() - started).toBeLessThan(SLOWEST_MILLIS);
  }
}

const DECODERS = [decodeLogs, decodeTraces, decodeMetrics];

/** Every decoder, whole and selective: what building all takes, building some takes too. */
function expectNoSurprise(body: Uint8Array, encoding: Encoding): void {
  for (const decode of DECODERS) {
    const all = outcomeOf(() => decode(body, encoding));
    const some = outcomeOf(() => decode(body, encoding, isIssueEventName));
    if (all !== 'malformed') expect(some).not.toBe('malformed');
    // The same bytes alone, with nothing around them, give the same.
    const alone = outcomeOf(() => decode(new Uint8Array(body), encoding));
    expect(inspect(alone)).toBe(inspect(all));
  }
}

function inspect(outcome: Outcome): string {
  return JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** What protobufjs makes of it; undefined when it refuses. */
function oracle(type: string, body: Uint8Array): Message | undefined {
  try {
    return fromProtobuf(type, body);
  } catch {
    return undefined;
  }
}

type Facts = readonly (readonly (string | number)[])[];

/** What identifies the records of a request, however it was decoded. */
function factsOfLogs(batch: readonly ScopeLogs[]): readonly Facts[] {
  return batch.map(({ logRecords }) =>
    logRecords.map((record) => [
      String(record.timeUnixNano),
      String(record.observedTimeUnixNano),
      record.traceId,
      record.spanId,
      Object.keys(record.attributes).length,
    ]),
  );
}

function factsOfSpans(batch: readonly ScopeSpans[]): readonly Facts[] {
  return batch.map(({ spans }) =>
    spans.map((span) => [
      String(span.startTimeUnixNano),
      String(span.endTimeUnixNano),
      span.traceId,
      span.spanId,
      Object.keys(span.attributes).length,
      span.kind,
      span.events.length,
      span.links.length,
    ]),
  );
}

type Plain = Readonly<Record<string, unknown>>;

function list(from: Plain, name: string): readonly Plain[] {
  return (from[name] ?? []) as readonly Plain[];
}

function plainFacts(
  message: Plain,
  times: readonly [string, string],
  path: readonly [string, string, string],
  more: (item: Plain) => readonly number[],
): readonly Facts[] {
  const [resources, scopes, items] = path;
  const time = (item: Plain, name: string): string => (item[name] ?? '0') as string;
  const id = (item: Plain, name: string): string => ((item[name] ?? '') as string).replace(/^0+$/, '');
  const keys = (item: Plain): number => new Set(list(item, 'attributes').map(({ key }) => key ?? '')).size;
  return list(message, resources).flatMap((resource) =>
    list(resource, scopes).map((scope) =>
      list(scope, items).map((item) => [
        ...times.map((name) => time(item, name)),
        id(item, 'traceId'),
        id(item, 'spanId'),
        keys(item),
        ...more(item),
      ]),
    ),
  );
}

describe('a body of protobuf that was changed', () => {
  it('is read as protobufjs reads it, or refused', { timeout }, () => {
    let decoded = 0;
    let refused = 0;
    fc.assert(
      fc.property(logs, traces, edits, (logsOf, tracesOf, changes) => {
        const logsBody = changed(encodeLogs(logsOf), changes);
        const logsOutcome = outcomeOf(() => decodeLogs(logsBody, 'protobuf'));
        const logsMessage = oracle('ExportLogsServiceRequest', logsBody);
        if (logsOutcome === 'malformed') refused++;
        else if (logsMessage !== undefined) {
          decoded++;
          expect(factsOfLogs(logsOutcome.batch as ScopeLogs[])).toEqual(
            plainFacts(
              logsMessage,
              ['timeUnixNano', 'observedTimeUnixNano'],
              ['resourceLogs', 'scopeLogs', 'logRecords'],
              () => [],
            ),
          );
        }
        expectNoSurprise(logsBody, 'protobuf');

        const tracesBody = changed(encodeTraces(tracesOf), changes);
        const tracesOutcome = outcomeOf(() => decodeTraces(tracesBody, 'protobuf'));
        const tracesMessage = oracle('ExportTraceServiceRequest', tracesBody);
        if (tracesOutcome !== 'malformed' && tracesMessage !== undefined) {
          expect(factsOfSpans(tracesOutcome.batch as ScopeSpans[])).toEqual(
            plainFacts(
              tracesMessage,
              ['startTimeUnixNano', 'endTimeUnixNano'],
              ['resourceSpans', 'scopeSpans', 'spans'],
              (span) => [Number(span['kind'] ?? 0), list(span, 'events').length, list(span, 'links').length],
            ),
          );
        }
        expectNoSurprise(tracesBody, 'protobuf');
      }),
      limits,
    );
    expect(Math.min(decoded, refused)).toBeGreaterThan(10); // both happen, or the changes are no test
  });

  it('of random bytes is decoded or refused', { timeout }, () => {
    const tags = fc.constantFrom(0o12, 0o22, 0o142, 0o62, 0o52, 0o11, 0o132, 0o152, 0, 1, 2, 5, 127, 128, 255);
    const bytes = fc.array(fc.oneof(tags, fc.nat(255)), { maxLength: 120 });
    fc.assert(
      fc.property(bytes, (body) => expectNoSurprise(changed(Uint8Array.from(body), []), 'protobuf')),
      limits,
    );
  });
});

describe('a body of JSON that was changed', () => {
  it('is decoded or refused', { timeout }, () => {
    fc.assert(
      fc.property(logs, traces, edits, (logsOf, tracesOf, changes) => {
        expectNoSurprise(changed(toJson(plainLogs(logsOf)), changes), 'json');
        expectNoSurprise(changed(toJson(plainTraces(tracesOf)), changes), 'json');
      }),
      limits,
    );
  });
});
