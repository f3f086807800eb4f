import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventTail } from '../../src/lifecycle/event-tail.ts';
import { applyEvent, type IssueState, UNSEEN } from '../../src/lifecycle/fold.ts';
import { foldEvents, insertEvent, NO_HISTORY } from '../../src/lifecycle/history.ts';
import { compareEvents, type IssueEvent } from '../../src/lifecycle/issue-event.ts';
import { unpackEvents } from '../../src/lifecycle/pack-reader.ts';
import { packEvents } from '../../src/lifecycle/packed-events.ts';
import { close, report, SECOND } from './events.ts';

/** Mostly a little later than the last, sometimes anywhere. */
const anyEvents = fc
  .array(
    fc.record({ step: fc.integer({ min: -3, max: 4 }), jump: fc.nat(300), isJump: fc.nat(19), isClose: fc.nat(5) }),
    { minLength: 1, maxLength: 400 },
  )
  .map((steps) => {
    let now = 300;
    return steps.map(({ step, jump, isJump, isClose }, index): IssueEvent => {
      now = Math.max(0, now + step);
      const effectiveTime = BigInt(isJump === 0 ? jump : now) * SECOND;
      const overrides = { uid: `u${String(index)}`, effectiveTime };
      return isClose === 0 ? close(0, overrides) : report(0, overrides);
    });
  });

it('the state after any events in any order is that of all of them folded in order', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(40), (events, packEvery) => {
      let history = NO_HISTORY;
      const seen: IssueEvent[] = [];
      for (const [index, event] of events.entries()) {
        history = insertEvent(history, event).history;
        if (packEvery > 0 && index % packEvery === 0) history = { ...history, tail: history.tail.pack() };
        seen.push(event);
        seen.sort(compareEvents);
        expect(history.head).toEqual(foldEvents(UNSEEN, seen));
      }
      expect([...history.tail]).toEqual(seen);
      expect(history.tail.newest).toEqual(seen.at(-1));
      expect(history.tail.oldest).toEqual(seen[0]);
    }),
    { numRuns: 40 },
  );
});

it('a tail that loses its oldest, one or many at a time, keeps the others in order', () => {
  fc.assert(
    fc.property(anyEvents, fc.array(fc.nat(90), { maxLength: 30 }), (events, drops) => {
      let tail = EventTail.of(events);
      let left = [...events].sort(compareEvents);
      for (const count of drops) {
        tail = tail.dropOldest(count);
        left = left.slice(count);
        expect([...tail]).toEqual(left);
        expect([tail.length, tail.oldest, tail.newest]).toEqual([left.length, left[0], left.at(-1)]);
      }
    }),
  );
});

it('a tail does not change when others grow from it', () => {
  const events = Array.from({ length: 150 }, (_, index) => report(index));
  const tails: EventTail[] = [EventTail.EMPTY];
  let state: IssueState = UNSEEN;
  for (const event of events) {
    tails.push((tails.at(-1) ?? EventTail.EMPTY).append(event, state));
    state = applyEvent(state, event)[0];
  }
  for (const [length, tail] of tails.entries()) {
    const other = tail.append(report(1000, { uid: 'other' }), UNSEEN);
    expect([...other].at(-1)?.uid).toBe('other');
    expect([...tail]).toEqual(events.slice(0, length));
  }
});

it('what a very late event unpacked stays at hand for those that follow it, and is packed again by those in order', () => {
  const events = Array.from({ length: 500 }, (_, index) => report(1000 + index));
  const packed = EventTail.of(events).pack();
  expect(packed.packs.every(({ count }) => count <= 32)).toBe(true);
  let { tail } = packed.insert(report(1));
  expect(tail.packs).toEqual([]);
  const later = Array.from({ length: 32 }, (_, index) => report(2000 + index));
  for (const event of later) tail = tail.append(event, UNSEEN);
  const inPacks = tail.packs.reduce((sum, { count }) => sum + count, 0);
  expect(tail.length - inPacks).toBeLessThanOrEqual(64);
  expect([...tail]).toEqual([report(1), ...events, ...later]);
});

it('a pack gives back the events that went in, whatever they say', () => {
  const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', 'é', '\ud800', '日本'));
  const anyTime = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
  const common = { uid: anyText, effectiveTime: anyTime, takenAt: anyTime, summary: anyText };
  const anyHex = (length: number): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: length, maxLength: length });
  const span = fc.oneof(
    fc.record({ traceId: anyText, spanId: anyText }),
    fc.record({ traceId: anyHex(32), spanId: fc.oneof(anyHex(16), anyHex(16), anyText) }),
    fc.record({ traceId: fc.constantFrom('ABCDEF'.padEnd(32, '0'), '\u0130'.padEnd(32, '0')), spanId: anyHex(16) }),
  );
  const anyEvent = fc.oneof(
    fc.record({ ...common, span, kind: fc.constantFrom('resolve' as const, 'dismiss' as const) }),
    fc.record({
      ...common,
      span,
      kind: fc.constant('report' as const),
      severity: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
      severityAsSaid: anyText,
      category: anyText,
      occurrenceCount: fc.oneof(fc.nat(300), fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
    }),
  );
  fc.assert(
    fc.property(fc.array(anyEvent), fc.array(anyEvent), (first, second) => {
      const bytes = Buffer.concat([packEvents(first), packEvents(second)]);
      expect(unpackEvents(bytes)).toEqual([...first, ...second]);
    }),
  );
});

it('a pack that was cut short is found to be', () => {
  const bytes = packEvents([report(1), close(2)]);
  const last = bytes.length - 1;
  expect(() => unpackEvents(bytes.subarray(0, last))).toThrow(RangeError);
});
