import { describe, expect, test, vi } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { addSeconds, freshAnchor, secondsBetween, ticks, ticksAt, timeOf } from '../../src/otel/clock.ts';
import { nanosOf, openHost } from '../instrumentation/host.ts';

/** Moves the wall clock and leaves the monotonic one alone, as a time server or a laptop's sleep does. */
function moveWall(byMillis: number): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + byMillis);
}

test('no two calls get the same instant', () => {
  const taken = Array.from({ length: 10_000 }, ticks);

  for (let index = 1; index < taken.length; index += 1) expect(taken[index]).toBeGreaterThan(taken[index - 1] ?? 0);
});

test('its times are the wall times, and the way back is exact', () => {
  const anchor = freshAnchor();
  const at = ticks();
  const [seconds, nanos] = timeOf(at, anchor);

  expect(Math.abs(seconds * 1000 + nanos / 1e6 - Date.now())).toBeLessThan(60);
  expect(nanos).toBeGreaterThanOrEqual(0);
  expect(nanos).toBeLessThan(1e9);
  expect(ticksAt([seconds, nanos], anchor)).toBe(at);
  expect(secondsBetween(at, at + 1_500_000_000)).toBe(1.5);
});

test('seconds add up as written, and huge ones without overflow', () => {
  expect([0.3, 0.6].reduce(addSeconds, 0)).toBe(0.9);
  expect(Array.from({ length: 1000 }, () => 0.1).reduce(addSeconds, 0)).toBe(100);
  expect(addSeconds(1e300, 1e300)).toBe(2e300);
});

test('a time before the process began is right too', () => {
  const anchor = { seconds: 1000, nanos: 900_000_000 };

  expect(timeOf(-500_000_000, anchor)).toEqual([1000, 400_000_000]);
  expect(timeOf(-1_900_000_000, anchor)).toEqual([999, 0]);
  expect(timeOf(100_000_000, anchor)).toEqual([1001, 0]);
  expect(ticksAt([999, 0], anchor)).toBe(-1_900_000_000);
});

test('a wall that moves by less than 50 ms is not followed, one that jumps is', () => {
  const before = freshAnchor();
  moveWall(20);
  expect(freshAnchor()).toBe(before);
  moveWall(60_000);
  const after = freshAnchor();
  moveWall(-3_600_000);
  const back = freshAnchor();
  vi.useRealTimers();

  const at = ticks();
  expect(Number(nanosOf(timeOf(at, after)) - nanosOf(timeOf(at, before))) / 1e6).toBeCloseTo(60_020, -2);
  expect(Number(nanosOf(timeOf(at, back)) - nanosOf(timeOf(at, after))) / 1e6).toBeCloseTo(-3_600_000, -2);
});

describe('when the wall jumps while a task runs', () => {
  test('its spans and events stay in their order, and what comes after it has the new time', () => {
    const host = openHost();
    const started = Date.now();

    host.agent().task('t1', (task) => {
      task.retry('before');
      moveWall(-86_400_000);
      task.retry('after');
      task.trackContext('tool', () => host.agent().llmCall('turn', { model: 'm' }));
    });
    host.agent().task('t2', () => undefined);

    const [task, next] = host.spans.filter(({ name }) => name === 'invoke_agent lead-qualifier');
    const inOrder = [
      task?.startTime,
      ...(task?.events.map(({ time }) => time) ?? []),
      host.span('execute_tool tool').startTime,
      host.span('chat m').startTime,
      host.span('chat m').endTime,
      host.span('execute_tool tool').endTime,
      task?.endTime,
    ].map((time) => nanosOf(time ?? [0, 0]));
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(Math.abs((next?.startTime[0] ?? 0) * 1000 - (started - 86_400_000))).toBeLessThan(2000);
  });

  test('a record made outside a task has the new time', () => {
    const host = openHost();
    moveWall(3_600_000);

    host.agent().reportIssue({ summary: 's', severity: 'low', issueId: 'i' });

    expect(Math.abs(host.log(semconv.EVENT_ISSUE_REPORTED).hrTime[0] * 1000 - Date.now())).toBeLessThan(2000);
  });
});

test('all that a task tells has another instant, and lies inside its span', () => {
  const host = openHost();
  host.agent().task('t1', (task) => {
    for (let index = 0; index < 20; index += 1) {
      task.retry('again');
      task.trackContext('tool', () => task.escalate('over'));
    }
  });

  const task = host.span('invoke_agent lead-qualifier');
  const times = [
    ...task.events.map(({ time }) => time),
    ...host.spans.flatMap((span) => [span.startTime, span.endTime]),
  ].map(nanosOf);
  expect(new Set(times).size).toBe(times.length);
  for (const time of times) {
    expect(time >= nanosOf(task.startTime) && time <= nanosOf(task.endTime)).toBe(true);
  }
  for (const record of host.logs) expect(record.hrTimeObserved).toEqual(record.hrTime);
});
