import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import { keepEncoded } from '../../../src/translator/otlp/encode-resource.ts';
import { MalformedBodyError } from '../../../src/translator/otlp/malformed-body.ts';
import type { Encoding } from '../../../src/translator/otlp/model.ts';
import { logsBatch, tracesBatch } from './arbitraries.ts';
import { fromProtobuf, toJson, toProtobuf } from './oracle.ts';
import { plainLogs, plainTraces } from './plain-requests.ts';

/** Deep equality that tells -0 from 0 and sees own `__proto__` keys; bytes are compared as hex. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(exact(actual)).toEqual(exact(expected));
}

function exact(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, exact(item)]));
}

describe('decoding what protobufjs and JSON.stringify encoded', () => {
  it.each(['protobuf', 'json'] as const)('gives any logs back from %s', (encoding) => {
    fc.assert(
      fc.property(logsBatch, (batch) => {
        const plain = plainLogs(batch);
        const body = encoding === 'json' ? toJson(plain) : toProtobuf('ExportLogsServiceRequest', plain);
        expectSame(decodeLogs(body, encoding), batch);
      }),
    );
  });

  it.each(['protobuf', 'json'] as const)('gives any traces back from %s', (encoding) => {
    fc.assert(
      fc.property(tracesBatch, (batch) => {
        const plain = plainTraces(batch);
        const body = encoding === 'json' ? toJson(plain) : toProtobuf('ExportTraceServiceRequest', plain);
        expectSame(decodeTraces(body, encoding), batch);
      }),
    );
  });
});

describe('encoding', () => {
  it('gives logs that protobufjs reads as they were', () => {
    fc.assert(
      fc.property(logsBatch, (batch) => {
        expectSame(fromProtobuf('ExportLogsServiceRequest', encodeLogs(batch)), plainLogs(batch));
      }),
    );
  });

  it('gives traces that protobufjs reads as they were', () => {
    fc.assert(
      fc.property(tracesBatch, (batch) => {
        expectSame(fromProtobuf('ExportTraceServiceRequest', encodeTraces(batch)), plainTraces(batch));
      }),
    );
  });

  it('gives the same bytes for a resource that is kept encoded', () => {
    fc.assert(
      fc.property(logsBatch, tracesBatch, (logs, traces) => {
        const bodies = [encodeLogs(logs), encodeTraces(traces)];
        for (const { resource } of [...logs, ...traces]) keepEncoded(resource);
        expectSame([encodeLogs(logs), encodeTraces(traces)], bodies);
      }),
    );
  });

  it('then decoding gives the same back, and the same bytes again', () => {
    fc.assert(
      fc.property(logsBatch, tracesBatch, (logs, traces) => {
        expectSame(decodeLogs(encodeLogs(logs), 'protobuf'), logs);
        expectSame(decodeTraces(encodeTraces(traces), 'protobuf'), traces);
        expect(encodeLogs(decodeLogs(encodeLogs(logs), 'protobuf'))).toEqual(encodeLogs(logs));
      }),
    );
  });
});

describe('a hostile body', () => {
  const decoders = [decodeLogs, decodeTraces, decodeMetrics];

  function expectDecodedOrMalformed(body: Uint8Array, encoding: Encoding): void {
    for (const decode of decoders) {
      try {
        decode(body, encoding);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBodyError);
        expect((error as MalformedBodyError).message).toMatch(/^[^\n]{1,200}$/);
      }
    }
  }

  /** The body with bytes overwritten and its end cut off, inside a larger buffer whose other bytes must stay unread. */
  function mutated(body: Uint8Array, edits: readonly (readonly [number, number])[], cut: number): Uint8Array {
    const larger = Buffer.alloc(body.length + 64, 0x0a);
    larger.set(body, 32);
    const copy = larger.subarray(32, 32 + Math.max(0, body.length - cut));
    for (const [at, byte] of edits) if (copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  }

  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });

  it('of random bytes is decoded or malformed, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expectDecodedOrMalformed(body, 'protobuf');
        expectDecodedOrMalformed(body, 'json');
      }),
      { numRuns: 1000 },
    );
  });

  it('of real telemetry with bytes changed and cut is decoded or malformed, nothing else', () => {
    fc.assert(
      fc.property(logsBatch, tracesBatch, edits, fc.nat(20), (logs, traces, changes, cut) => {
        for (const body of [encodeLogs(logs), encodeTraces(traces)]) {
          expectDecodedOrMalformed(mutated(body, changes, cut), 'protobuf');
        }
        expectDecodedOrMalformed(mutated(toJson(plainLogs(logs)), changes, cut), 'json');
        expectDecodedOrMalformed(mutated(toJson(plainTraces(traces)), changes, cut), 'json');
      }),
      { numRuns: 300 },
    );
  });

  it('of any JSON is decoded or malformed, nothing else', () => {
    const names = ['resourceLogs', 'scopeLogs', 'logRecords', 'resource', 'attributes', 'body', 'arrayValue', 'values'];
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 8 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names, 'intValue', 'timeUnixNano', 'traceId'), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => expectDecodedOrMalformed(Buffer.from(JSON.stringify(value)), 'json')),
      { numRuns: 1000 },
    );
  });

  it.each(['protobuf', 'json'] as const)('nested 100 000 deep is malformed in %s', (encoding) => {
    const depth = 100_000;
    let body: Uint8Array;
    if (encoding === 'json') {
      const open = '{"arrayValue":{"values":['.repeat(depth);
      const close = ']}}'.repeat(depth);
      body = Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${open}{}${close}}]}]}]}`);
    } else {
      body = nestedProtobuf(depth);
    }
    expect(() => decodeLogs(body, encoding)).toThrow(MalformedBodyError);
  });
});

/** A log record whose body is an array in an array in an array …, built from the inside out. */
function nestedProtobuf(depth: number): Uint8Array {
  const parts: Buffer[] = [];
  let length = 0;
  const wrap = (tag: number): void => {
    const header = [tag];
    let rest = length;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) header.push((rest % 0x80) | 0x80);
    header.push(rest);
    parts.push(Buffer.from(header));
    length += header.length;
  };
  for (let i = 0; i < depth; i++) {
    wrap(0o12); // ArrayValue.values
    wrap(0o52); // AnyValue.array_value
  }
  for (const tag of [0o52, 0o22, 0o22, 0o12]) wrap(tag); // body, log_records, scope_logs, resource_logs
  return Buffer.concat(parts.reverse());
}
