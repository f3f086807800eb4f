import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UidSet } from '../../../src/translator/store/uid-set.ts';

/** Few values, so that hashes share their places. */
const anyHash = fc
  .tuple(
    fc.nat(3).map((byte) => (byte * 0x55000000 + byte) >>> 0),
    fc.nat(3),
    fc.nat(3),
    fc.nat(3),
  )
  .filter((words) => words.some((word) => word > 0));

it('that loses some holds the others', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), anyHash), { maxLength: 600 });
  fc.assert(
    fc.property(steps, (changes) => {
      const set = new UidSet();
      const model = new Map<string, readonly number[]>();
      for (const [isAdded, words] of changes) {
        if (isAdded) model.set(words.join(), words);
        else model.delete(words.join());
        if (isAdded) set.add(Uint32Array.from(words));
        else set.delete(Uint32Array.from(words));
        for (const [, known] of model) expect(set.has(Uint32Array.from(known))).toBe(true);
        expect(set.has(Uint32Array.from(words))).toBe(isAdded);
        expect(set.size).toBe(model.size);
      }
    }),
    { numRuns: 60 },
  );
});

it('holds what a set of the same hashes holds', () => {
  fc.assert(
    fc.property(fc.array(anyHash, { maxLength: 600 }), fc.array(anyHash), (added, asked) => {
      const set = new UidSet();
      const model = new Set<string>();
      for (const words of added) {
        const isNew = !model.has(words.join());
        model.add(words.join());
        expect(set.add(Uint32Array.from(words))).toBe(isNew);
      }
      for (const words of [...added, ...asked]) {
        expect(set.has(Uint32Array.from(words))).toBe(model.has(words.join()));
      }
      const found = set.byFirstByte().flatMap((listed, byte) =>
        Array.from({ length: listed.length / 4 }, (_, at) => {
          expect((listed[4 * at] ?? 0) >>> 24).toBe(byte);
          return listed.slice(4 * at, 4 * at + 4).join();
        }),
      );
      expect(new Set(found)).toEqual(model);
      expect([set.size, found.length]).toEqual([model.size, model.size]);
      const copy = new UidSet();
      copy.addAll(set);
      for (const words of added) expect(copy.has(Uint32Array.from(words))).toBe(true);
      expect(copy.size).toBe(set.size);
    }),
  );
});
