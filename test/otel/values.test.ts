import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, toAttribute, toCount, toJson, toNumber, toText, toTimeText } from '../../src/otel/values.ts';
import { hostileRecipe } from '../hostile/values.ts';

test('any value becomes text of at most the limit', () => {
  fc.assert(
    fc.property(hostileRecipe, fc.integer({ min: 1, max: 600 }), (make, limit) => {
      const text = toText(make(), limit);
      expect(typeof text).toBe('string');
      expect(text.length).toBeLessThanOrEqual(limit);
    }),
  );
});

test('any value becomes an attribute that every backend takes, of at most the limit', () => {
  fc.assert(
    fc.property(hostileRecipe, (make) => {
      const attribute = toAttribute(make(), 300, undefined, 'path');
      expect(['string', 'number', 'boolean', 'undefined']).toContain(typeof attribute);
      if (typeof attribute === 'number') expect(Number.isFinite(attribute)).toBe(true);
      if (typeof attribute === 'string') expect(attribute.length).toBeLessThanOrEqual(300);
    }),
  );
});

test('plain data becomes the JSON that it always becomes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(JSON.parse(toJson(value, 1_000_000, undefined, ''))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what is deeper than twelve levels is written as such', () => {
  let deep: unknown = 'bottom';
  for (let level = 0; level < 20; level += 1) deep = [deep];
  expect(toJson(deep, 1000, undefined, '')).toBe(`${'['.repeat(12)}"[deep]"${']'.repeat(12)}`);
});

test('one object twice is no cycle', () => {
  const shared = { a: 1 };
  expect(toJson([shared, shared], 1000, undefined, '')).toBe('[{"a":1},{"a":1}]');
});

test('a text is cut at the limit, with a mark, and never in the middle of a character', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdefg', 6)).toBe('abcde…');
  expect(cut('abcd😀fg', 6)).toBe('abcd…');
});

test('numbers, counts and times are read with care', () => {
  expect([1, -1.5, Number.NaN, Infinity, '1', null].map(toNumber)).toEqual([
    1,
    -1.5,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect([0, 2.9, -1, 1e21].map(toCount)).toEqual([0, 2, undefined, 1e21]);
  expect([new Date(0), new Date(Number.NaN), '2026-01-01', '', 5].map(toTimeText)).toEqual([
    '1970-01-01T00:00:00.000Z',
    undefined,
    '2026-01-01',
    undefined,
    undefined,
  ]);
});
