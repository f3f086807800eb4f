import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StringCache } from '../../../src/translator/otlp/string-cache.ts';

function readIn(cache: StringCache, bytes: Buffer): string {
  const around = Buffer.concat([Buffer.from('>>'), bytes, Buffer.from('<<')]);
  const view = new DataView(around.buffer, around.byteOffset, around.byteLength);
  return cache.read(around, view, 2, 2 + bytes.length);
}

it('reads any bytes as UTF-8 does, whatever it has read before', () => {
  const cache = new StringCache(2);
  const bytes = fc.oneof(
    fc.constantFrom('', 'a', 'ab', 'abc', 'abcd', 'abcde', 'é', 'größe').map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 70 }).map((any) => Buffer.from(any)),
  );
  fc.assert(
    fc.property(bytes, (some) => {
      expect(readIn(cache, some)).toBe(some.toString());
    }),
    { numRuns: 2000 },
  );
});

it('tells apart what is the same four bytes, more or less often', () => {
  const cache = new StringCache(2);
  for (let code = 1; code < 128; code++) {
    const character = String.fromCharCode(code);
    for (let length = 0; length <= 66; length++) {
      expect(readIn(cache, Buffer.from(character.repeat(length)))).toHaveLength(length);
    }
  }
});

it('gives the same string for the same bytes', () => {
  const cache = new StringCache(10);
  const first = readIn(cache, Buffer.from('hiveloop.agent.id'));
  expect(readIn(cache, Buffer.from('hiveloop.agent.id'))).toBe(first);
});
