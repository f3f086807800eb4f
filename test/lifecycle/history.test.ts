import { describe, expect, it } from 'vitest';
import { DEDUP_HORIZON_NANOS, TAIL_EVENTS_MAX } from '../../src/lifecycle/history.ts';
import { type IssueRecord, takeEvent } from '../../src/lifecycle/issue.ts';
import { addressed, close, play, report, SECOND, WINDOW } from './events.ts';

describe('the window', () => {
  it('folds an event that is older than the newest by the window and was taken that long ago', () => {
    const { record } = play([report(10, { takenAt: 10n * SECOND }), report(1000, { takenAt: 1000n * SECOND })]);
    expect(record.history.folded).toMatchObject({ uid: 'r10' });
    expect([...record.history.tail].map(({ uid }) => uid)).toEqual(['r1000']);
    expect(record.history.base.status).toBe('open');
  });

  it('keeps hours of a backlog movable while it drains in seconds', () => {
    const late = 20_000n * SECOND;
    const { record } = play([
      report(10, { takenAt: late }),
      report(9000, { takenAt: late }),
      close(5000, { takenAt: late }),
    ]);
    expect(record.history.folded).toBeUndefined();
    expect(record.history.head).toMatchObject({ status: 'open', episode: 2 });
  });

  it('counts an event at or before the last folded one as a straggler, which opens and closes nothing', () => {
    const events = [report(10, { takenAt: 10n * SECOND }), close(1000, { takenAt: 1000n * SECOND })];
    const before = play(events);
    const after = play([...events, report(9, { takenAt: 1001n * SECOND }), close(8, { takenAt: 1001n * SECOND })]);
    expect(after.stragglers).toBe(2);
    expect(after.record.stragglerReports).toBe(1);
    expect(after.record.history).toEqual(before.record.history);
    expect(after.told).toEqual(before.told);
  });

  it('counts an event beyond the dedup horizon as a straggler', () => {
    const update = takeEvent(undefined, addressed(report(10, { takenAt: 10n * SECOND + DEDUP_HORIZON_NANOS })), WINDOW);
    expect(update).toMatchObject({ result: 'straggler', record: undefined, told: [] });
  });

  it(`keeps at most ${String(TAIL_EVENTS_MAX)} events, counts those that leave early, and stays right about open or closed`, () => {
    let record: IssueRecord | undefined;
    let shortened = 0;
    const count = TAIL_EVENTS_MAX + 100;
    for (let n = 1; n <= count; n++) {
      const event = n % 2 === 1 ? report(n) : close(n);
      const update = takeEvent(record, addressed({ ...event, effectiveTime: BigInt(n) }), WINDOW);
      record = update.record;
      shortened += update.shortened;
    }
    expect(record?.history.tail.length).toBe(TAIL_EVENTS_MAX);
    expect(shortened).toBe(100);
    expect(record?.history.head).toMatchObject({ status: 'resolved', episode: count / 2 });
  });

  it('tells a closer as unmatched when it leaves a full tail, since nothing can change its place any more', () => {
    const closers = Array.from({ length: TAIL_EVENTS_MAX + 1 }, (_, n) => close(n));
    const { record, told } = play(closers);
    expect(told).toMatchObject([{ transition: 'unmatched', at: 0n }]);
    expect(record.story.waiting).toHaveLength(TAIL_EVENTS_MAX);
  });
});
