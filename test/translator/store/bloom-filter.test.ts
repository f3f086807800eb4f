import { randomFillSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { BloomFilter } from '../../../src/translator/store/bloom-filter.ts';

const WORDS = 4;
/** Three layers, the third of them begun. */
const ENTRIES = 400_000;

it('knows what was added, and takes hardly any other hash for known: each such costs a look at the disk', () => {
  const filter = new BloomFilter();
  const added = randomFillSync(new Uint32Array(ENTRIES * WORDS));
  for (let at = 0; at < added.length; at += WORDS) filter.add(added, at);
  for (let at = 0; at < added.length; at += 1000 * WORDS) {
    expect(filter.mayHave(added.subarray(at, at + WORDS))).toBe(true);
  }
  const others = randomFillSync(new Uint32Array(ENTRIES * WORDS));
  let mistaken = 0;
  for (let at = 0; at < others.length; at += WORDS) {
    if (filter.mayHave(others.subarray(at, at + WORDS))) mistaken++;
  }
  expect(mistaken).toBeLessThan(ENTRIES / 10_000);
});
