import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEVERITIES } from '../../src/lifecycle/issue-event.ts';
import { RECENT_TOLD_MAX, type RecentlyTold, ToldList } from '../../src/lifecycle/told-list.ts';

const ENTRY_BYTES = 25;

const anyTold: fc.Arbitrary<RecentlyTold> = fc.record({
  transition: fc.constantFrom(
    ...(['opened', 'recurred', 'resolved', 'dismissed', 'reopened', 'unmatched', 'severity_changed'] as const),
  ),
  episode: fc.nat(),
  at: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.constant(1_790_000_000_000_000_001n)),
  isLate: fc.boolean(),
  occurrences: fc.oneof(fc.nat(300), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER)),
  severity: fc.constantFrom(...SEVERITIES),
});

function told(episode: number): RecentlyTold {
  return { transition: 'opened', episode, at: BigInt(episode), isLate: false, occurrences: 1, severity: 'high' };
}

function listOf(count: number): ToldList {
  let list = ToldList.EMPTY;
  for (let episode = 1; episode <= count; episode++) list = list.add([told(episode)]);
  return list;
}

it('lists that grow from each other in any way are each the last hundred of what was added', () => {
  const few = fc.array(anyTold, { maxLength: 3 });
  const added = fc.oneof({ arbitrary: few, weight: 20 }, fc.array(anyTold, { maxLength: 130, size: 'max' }));
  // Mostly to the newest; sometimes to an older one, as after a commit that failed, and to one that was read again.
  const from = fc.oneof({ arbitrary: fc.constant(0), weight: 6 }, fc.nat(40));
  const step = fc.record({ from, added, isReadAgain: fc.nat(9).map((chance) => chance === 0) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }), (steps) => {
      const lists = [{ list: ToldList.EMPTY, model: [] as readonly RecentlyTold[] }];
      for (const { from: back, added: entries, isReadAgain } of steps) {
        const known = lists.at(-1 - Math.min(back, lists.length - 1));
        if (known === undefined) throw new Error('there is always one');
        const list = isReadAgain ? ToldList.fromBytes(known.list.bytes) : known.list;
        lists.push({ list: list.add(entries), model: [...known.model, ...entries].slice(-RECENT_TOLD_MAX) });
      }
      for (const { list, model } of lists) {
        expect(list).toHaveLength(model.length);
        expect([...list]).toEqual(model);
        expect([...ToldList.fromBytes(list.bytes)]).toEqual(model);
      }
    }),
    { numRuns: 60 },
  );
});

it('a list that was added to keeps its own, and another addition does not reach into the first', () => {
  for (const count of [0, 1, 2, 5, 50, 99, 100, 131, 250]) {
    const list = listOf(count);
    const before = [...list];
    const first = list.add([told(1000)]);
    const second = list.add([told(2000), told(2001)]);
    const third = first.add([told(1001)]);
    expect([...list]).toEqual(before);
    expect([...first].at(-1)).toEqual(told(1000));
    expect([...second].slice(-2)).toEqual([told(2000), told(2001)]);
    expect([...third].slice(-2)).toEqual([told(1000), told(1001)]);
  }
});

it('nothing is one list, and nothing added is the same list', () => {
  const list = listOf(3);
  expect(list.add([])).toBe(list);
  expect(ToldList.EMPTY.add([])).toBe(ToldList.EMPTY);
  expect(ToldList.fromBytes(new Uint8Array(0))).toBe(ToldList.EMPTY);
  expect(ToldList.EMPTY.bytes.buffer.byteLength).toBe(0);
});

it('a list of little takes little memory, and a full one no more than a third beyond what it holds', () => {
  expect(listOf(1).bytes.buffer.byteLength).toBeLessThanOrEqual(2 * ENTRY_BYTES);
  expect(listOf(10).bytes.buffer.byteLength).toBeLessThanOrEqual(20 * ENTRY_BYTES);
  for (const count of [100, 101, 199, 1000]) {
    const { buffer, length } = listOf(count).bytes;
    expect(length).toBe(RECENT_TOLD_MAX * ENTRY_BYTES);
    expect(buffer.byteLength).toBeLessThanOrEqual((length * 4) / 3);
  }
});

it('a full list is copied once in a while, not with each addition', () => {
  let list = listOf(RECENT_TOLD_MAX);
  const memories = new Set<unknown>();
  for (let episode = 1; episode <= 320; episode++) {
    list = list.add([told(episode)]);
    memories.add(list.bytes.buffer);
  }
  expect(memories.size).toBeLessThanOrEqual(11);
});

it('bytes that were cut or are of something else are found to be', () => {
  const { bytes } = listOf(3);
  for (const length of [1, ENTRY_BYTES - 1, bytes.length - 1])
    expect(() => ToldList.fromBytes(bytes.slice(0, length))).toThrow('cut short: the file is damaged');
  for (const head of [7, 64, 255]) {
    const changed = bytes.slice();
    changed[ENTRY_BYTES] = head;
    expect(() => ToldList.fromBytes(changed)).toThrow('of no known kind: the file is damaged');
  }
});

it('of more bytes than a list holds the newest count', () => {
  const [older, newer] = [listOf(100), listOf(30)];
  const bytes = Uint8Array.from([...older.bytes, ...newer.bytes]);
  expect([...ToldList.fromBytes(bytes)]).toEqual([...older, ...newer].slice(-RECENT_TOLD_MAX));
});
