import { expect, it } from 'vitest';
import type { Statements } from '../../../src/translator/store/sqlite-statements.ts';
import { UidIndex } from '../../../src/translator/store/uid-index.ts';

const KNOWN = Uint32Array.of(1, 2, 3, 4);
const OTHER = Uint32Array.of(5, 6, 7, 8);

/** The index over a disk that holds one block, with `KNOWN`, and fails on demand. */
function openIndex(): { readonly index: UidIndex; readonly disk: { isBroken: boolean; blocks: unknown[] } } {
  const block = { day: 20_000, hashes: new Uint8Array(KNOWN.buffer) };
  const disk = { isBroken: false, blocks: [block] as unknown[] };
  const statements = {
    uidBlocks: { iterate: () => [block].values() },
    uidBucket: {
      iterate: () => {
        if (disk.isBroken) throw new Error('disk I/O error');
        return disk.blocks.values();
      },
    },
  };
  return { index: new UidIndex(statements as unknown as Statements), disk };
}

it('a uid is taken once, from memory as from disk', () => {
  const { index } = openIndex();
  expect([KNOWN, OTHER, OTHER].map((hash) => index.take(hash))).toEqual([false, true, false]);
});

it('what is taken back can be taken again, and what was confirmed before cannot', () => {
  const { index } = openIndex();
  index.take(OTHER);
  index.confirm(1n);
  index.take(Uint32Array.of(9, 9, 9, 9));
  index.takeBack();
  expect(index.take(Uint32Array.of(9, 9, 9, 9))).toBe(true);
  expect(index.take(OTHER)).toBe(false);
});

it('a uid that could not be looked for on a disk that fails is not known afterwards', () => {
  const { index, disk } = openIndex();
  disk.isBroken = true;
  expect(() => index.take(KNOWN)).toThrow('disk I/O error');
  index.takeBack();
  disk.isBroken = false;
  disk.blocks = [];
  expect(index.take(KNOWN)).toBe(true);
});

it('more are taken back than a turn usually has', () => {
  const { index } = openIndex();
  const hashes = Array.from({ length: 20_000 }, (_, count) => Uint32Array.of(count, 1, 1, 1));
  for (const hash of hashes) index.take(hash);
  index.takeBack();
  expect(hashes.every((hash) => index.take(hash))).toBe(true);
});
