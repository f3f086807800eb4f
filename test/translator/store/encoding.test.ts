import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeRow, encodeRow } from '../../../src/translator/store/encoding.ts';

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }),
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z.]{0,8}$/), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any;

it('what is encoded decodes to itself, 64-bit integers to the last digit', () => {
  fc.assert(
    fc.property(value, (any) => {
      expect(decodeRow(encodeRow({ any }))).toEqual({ any });
    }),
  );
});
