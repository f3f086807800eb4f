import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutboxHead } from '../../../src/translator/store/outbox-head.ts';
import type { OutgoingRow } from '../../../src/translator/store/store.ts';

const LIMITS = { rowsMax: 5, bytesMax: 20 };

function row(sequence: number, byteLength = 1): OutgoingRow {
  return { sequence, outgoing: { signal: 'logs', body: new Uint8Array(byteLength), queuedAt: 0n } };
}

function rows(from: number, to: number): readonly OutgoingRow[] {
  return Array.from({ length: to - from + 1 }, (_, place) => row(from + place));
}

function headOf(table: readonly OutgoingRow[], isAll = true): OutboxHead {
  const head = new OutboxHead(LIMITS);
  head.read(table, isAll);
  return head;
}

it('knows nothing before the table was read', () => {
  const head = new OutboxHead(LIMITS);
  head.add(row(1));
  expect(head.oldest(1)).toBeUndefined();
});

it('adds nothing to a beginning that is not all', () => {
  const head = headOf(rows(1, 2), false);
  head.add(row(9));
  expect(head.oldest(2)).toEqual(rows(1, 2));
  expect(head.oldest(3)).toBeUndefined();
});

it('keeps a beginning, and not what comes after it, when there is too much', () => {
  const head = headOf(rows(1, 4));
  for (const late of rows(5, 9)) head.add(late);
  expect(head.oldest(5)).toEqual(rows(1, 5));
  head.remove(rows(1, 2));
  head.add(row(10));
  expect(head.oldest(3)).toEqual(rows(3, 5));
  expect(head.oldest(4)).toBeUndefined();
});

it('goes by the bytes too, and has room again for what has left', () => {
  const head = headOf([row(1, 15)]);
  head.remove([row(1, 15)]);
  head.add(row(2, 15));
  head.add(row(3, 6));
  head.add(row(4, 1));
  expect(head.oldest(1)).toEqual([row(2, 15)]);
  expect(head.oldest(2)).toBeUndefined();
});

it('forgets what it knows when other rows leave than those that it begins with', () => {
  const head = headOf(rows(1, 4));
  expect(head.beginsWith(rows(1, 4))).toBe(true);
  expect(head.beginsWith([row(1), row(3)])).toBe(false);
  expect(head.beginsWith(rows(1, 5))).toBe(false);
  head.remove([row(2)]);
  expect(head.oldest(1)).toBeUndefined();
});

it('is the beginning of the table, whatever happens to the table', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), byteLength: fc.integer({ min: 0, max: 12 }) }),
    fc.record({ kind: fc.constant('next' as const), limit: fc.integer({ min: 1, max: 7 }) }),
    fc.record({ kind: fc.constant('remove' as const), from: fc.nat(3), count: fc.nat(6) }),
    fc.record({ kind: fc.constant('forget' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const head = new OutboxHead(LIMITS);
      let table: readonly OutgoingRow[] = [];
      let sequence = 0;
      for (const what of steps) {
        if (what.kind === 'add') {
          const added = row(++sequence, what.byteLength);
          table = [...table, added];
          head.add(added);
        } else if (what.kind === 'remove') {
          const gone = table.slice(what.from, what.from + what.count);
          table = table.filter((kept) => !gone.includes(kept));
          head.remove(gone);
        } else if (what.kind === 'forget') head.forget();
        else {
          const expected = table.slice(0, what.limit);
          const known = head.oldest(what.limit);
          if (known === undefined) head.read(expected, expected.length < what.limit);
          else expect(known).toEqual(expected);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
