import { afterEach, expect, it } from 'vitest';
import { freeMemory } from '../../src/translator/free-memory.ts';

const POOL_BYTES = Buffer.poolSize;
afterEach(() => {
  Buffer.poolSize = POOL_BYTES;
});

it('takes a large buffer, whole or nearly so', () => {
  const buffers = [Buffer.alloc(300_000), Buffer.alloc(300_001).subarray(0, 300_000), new Uint32Array(100_000)];
  for (const buffer of buffers) freeMemory(buffer);
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
});

it.each([1024, POOL_BYTES, 1_048_576])(
  'leaves what lies in a pool, with a pool of %d bytes from now on',
  (poolBytes) => {
    const before = Buffer.from('before');
    Buffer.poolSize = poolBytes;
    const after = Buffer.from('after');
    for (const buffer of [before, after, Buffer.concat([before, after])]) freeMemory(buffer);
    expect([String(before), String(after)]).toEqual(['before', 'after']);
  },
);

it('leaves a small part of a large buffer', () => {
  const large = Buffer.alloc(300_000, 'x');
  freeMemory(large.subarray(0, 100_000));
  expect(large.byteLength).toBe(300_000);
});
