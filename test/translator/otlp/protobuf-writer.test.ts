import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufWriter } from '../../../src/translator/otlp/protobuf-writer.ts';
import { LOG_RECORD, SCOPE } from '../../../src/translator/otlp/tags.ts';
import { toProtobuf } from './oracle.ts';

function written(write: (writer: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter();
  write(writer);
  return Buffer.from(writer.finish()).toString('hex');
}

/** A field of bytes, as the wire format has it. */
function field(tag: number, bytes: Buffer): string {
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]).toString('hex');
}

function expectString(text: string): void {
  expect(written((writer) => writer.stringValue(SCOPE.name, text))).toBe(field(SCOPE.name, Buffer.from(text)));
}

function expectId(hex: string): void {
  expect(written((writer) => writer.id(LOG_RECORD.traceId, hex))).toBe(
    field(LOG_RECORD.traceId, Buffer.from(hex, 'hex')),
  );
}

describe('text', () => {
  it.each([0, 1, 126, 127, 128, 129, 300])('of %i letters is written as its bytes', (length) => {
    expectString('x'.repeat(length));
    expectString('\u007f'.repeat(length));
  });

  it.each(['\u0080', 'é', '\u07ff', '\u0800', '€', '😀', '\ud83d', '\ude00'])(
    'with %j at any place, short or long, is written as its UTF-8',
    (character) => {
      for (const length of [0, 1, 40, 123, 124, 125, 126, 127, 128]) {
        const places = new Set(
          [0, 1, length >> 1, length - 1, length].filter((place) => place >= 0 && place <= length),
        );
        for (const place of places) expectString('x'.repeat(place) + character + 'x'.repeat(length - place));
      }
    },
  );

  it('of any kind is written as its UTF-8, and what follows it stands where it belongs', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 140 }),
      fc.string({ unit: 'binary', maxLength: 140 }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 140 }).map((codes) => String.fromCharCode(...codes)),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        expect(written((writer) => texts.forEach((item) => writer.stringValue(SCOPE.name, item)))).toBe(
          texts.map((item) => field(SCOPE.name, Buffer.from(item))).join(''),
        );
      }),
    );
  });

  it('is what protobufjs writes', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 140 }),
      fc.string({ unit: 'grapheme', maxLength: 140 }),
    );
    fc.assert(
      fc.property(unit, unit, (name, version) => {
        const bytes = written((writer) => {
          writer.string(SCOPE.name, name);
          writer.string(SCOPE.version, version);
        });
        const expected = { ...(name !== '' && { name }), ...(version !== '' && { version }) };
        expect(bytes).toBe(Buffer.from(toProtobuf('InstrumentationScope', expected)).toString('hex'));
      }),
    );
  });
});

describe('an id', () => {
  it.each([
    ['of a trace', '0af7651916cd43dd8448eb211c80319c'],
    ['in capitals', '0AF7651916CD43DD8448EB211C80319C'],
    ['of every digit', '0123456789abcdefABCDEF'],
    ['as long as one byte of length tells', 'a5'.repeat(127)],
    ['that is longer', 'a5'.repeat(128)],
    ['of half a byte too much', '0af76'],
    ['of one digit', 'f'],
    ['that is no hex at its end', '0af7zz'],
    ['that is no hex in a second digit', '0af7a-'],
    ['that is no hex from the start', 'xyz!'],
    ['with characters beside the digits', '0af7:/@`gGg:'],
  ])('%s is written as Node reads it', (_, hex) => {
    expectId(hex);
  });

  it('of any text is written as Node reads it', () => {
    const unit = fc.constantFrom(...Array.from('0123456789abcdefABCDEFg:@/é\u0131\u0141'));
    const mostlyHex = fc.string({ unit, maxLength: 40 });
    fc.assert(
      fc.property(
        mostlyHex.filter((hex) => hex !== ''),
        expectId,
      ),
    );
  });

  it('that is empty is not written', () => {
    expect(written((writer) => writer.id(LOG_RECORD.traceId, ''))).toBe('');
  });
});

describe('what a writer has finished', () => {
  it('is not changed by the next one', () => {
    const first = new ProtobufWriter();
    first.stringValue(SCOPE.name, 'first');
    const kept = first.finish();
    written((writer) => writer.stringValue(SCOPE.name, 'other'));
    expect(Buffer.from(kept).toString('hex')).toBe(field(SCOPE.name, Buffer.from('first')));
  });
});
