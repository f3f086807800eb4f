import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeAttributes } from '../../../src/translator/otlp/encode-values.ts';
import { encodeLogs, encodeTraces } from '../../../src/translator/otlp/encode.ts';
import { EncodedAttributes } from '../../../src/translator/otlp/encoded-attributes.ts';
import type { Attributes } from '../../../src/translator/otlp/model.ts';
import { ProtobufWriter } from '../../../src/translator/otlp/protobuf-writer.ts';
import { LOG_RECORD, SPAN } from '../../../src/translator/otlp/tags.ts';
import { attributes, logsBatch, tracesBatch } from './arbitraries.ts';

function written(tag: number, all: Attributes | EncodedAttributes): Uint8Array {
  const writer = new ProtobufWriter();
  writeAttributes(writer, tag, all);
  return writer.finish();
}

function encodeOnce(plain: Attributes): EncodedAttributes {
  return new EncodedAttributes(written(LOG_RECORD.attributes, plain));
}

it('attributes that were encoded once are the same bytes in every record as plain ones', () => {
  fc.assert(
    fc.property(logsBatch, tracesBatch, attributes, (logs, traces, shared) => {
      const bodies = (all: Attributes | EncodedAttributes): readonly Uint8Array[] => [
        encodeLogs(
          logs.map((batch) => ({ ...batch, logRecords: batch.logRecords.map((log) => ({ ...log, attributes: all })) })),
        ),
        encodeTraces(
          traces.map((batch) => ({ ...batch, spans: batch.spans.map((span) => ({ ...span, attributes: all })) })),
        ),
      ];
      expect(bodies(encodeOnce(shared))).toEqual(bodies(shared));
    }),
  );
});

it('what one of the records says besides comes last', () => {
  const all = encodeOnce({ first: 1, second: 'two' }).with({ third: 3 });
  expect(written(SPAN.attributes, all)).toEqual(written(SPAN.attributes, { first: 1, second: 'two', third: 3 }));
});

it.each([0, 100, 117, 118, 119, 120, 127, 128, 16_370, 16_383, 16_384, 70_000])(
  'a value of %i characters is copied whole, and what follows it has its place and its tag',
  (length) => {
    const plain = { text: 'x'.repeat(length), after: 'it' };
    expect(written(SPAN.attributes, encodeOnce(plain))).toEqual(written(SPAN.attributes, plain));
  },
);
