import type { HrTime } from '@opentelemetry/api';

/**
 * One clock for every start, end, event and log time: the monotonic clock of the process, anchored to wall time.
 * Spans that take their stamps from it nest exactly (the SDK's own stamps let a child end after its parent), and no
 * two calls get the same instant, so that events of one millisecond keep their order.
 */
export interface Anchor {
  /** Wall time when the monotonic clock stood at zero: whole seconds since 1970 … */
  readonly seconds: number;
  /** … and nanoseconds of the second. */
  readonly nanos: number;
}

/** The wall may be this far away before the clock is anchored anew: NTP slew stays unseen, a suspended laptop does not. */
const MAX_DRIFT_MILLIS = 50;
const NANOS_PER_MILLI = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;
const MICROS_PER_SECOND = 1_000_000;

let lastTicks = 0;
let current: Anchor = anchorAt(performance.timeOrigin);

/** A point of the monotonic clock, in nanoseconds since it started; each call gives a later one. */
export function ticks(): number {
  const now = Math.round(performance.now() * NANOS_PER_MILLI);
  // A monotonic clock goes back only when it was replaced by another one (fake timers): follow that one.
  if (now > lastTicks || now < lastTicks - NANOS_PER_MILLI) lastTicks = now;
  else lastTicks += 1;
  return lastTicks;
}

/** The anchor as it stands: for what nobody will see the time of. */
export function lastAnchor(): Anchor {
  return current;
}

/** The anchor for new work, set anew when the wall has moved away from the last one. */
export function freshAnchor(): Anchor {
  const monotonicMillis = performance.now();
  const ours = current.seconds * 1000 + current.nanos / NANOS_PER_MILLI + monotonicMillis;
  const wall = Date.now();
  if (Math.abs(wall - ours) > MAX_DRIFT_MILLIS) current = anchorAt(wall - monotonicMillis);
  return current;
}

/** The wall time of a point of the monotonic clock, as `[seconds, nanoseconds]`. */
export function timeOf(at: number, anchor: Anchor): HrTime {
  const whole = Math.floor(at / NANOS_PER_SECOND); // below zero for what began before the process
  const nanos = anchor.nanos + at - whole * NANOS_PER_SECOND;
  const seconds = anchor.seconds + whole;
  return nanos < NANOS_PER_SECOND ? [seconds, nanos] : [seconds + 1, nanos - NANOS_PER_SECOND];
}

/** The point of the monotonic clock at a wall time: the inverse of `timeOf`. */
export function ticksAt([seconds, nanos]: HrTime, anchor: Anchor): number {
  return (seconds - anchor.seconds) * NANOS_PER_SECOND + nanos - anchor.nanos;
}

/** Seconds between two points of the monotonic clock. */
export function secondsBetween(from: number, to: number): number {
  return Math.max(0, to - from) / NANOS_PER_SECOND;
}

/** The sum of durations in seconds, added as whole microseconds: 0.3 and 0.6 are 0.9, not 0.8999999999999999. */
export function addSeconds(sum: number, seconds: number): number {
  const micros = Math.round(sum * MICROS_PER_SECOND) + Math.round(seconds * MICROS_PER_SECOND);
  // Centuries of seconds have no exact microseconds any more; there the plain sum is as good.
  return Number.isSafeInteger(micros) ? micros / MICROS_PER_SECOND : sum + seconds;
}

/** RFC 3339 with milliseconds. */
export function rfc3339(time: HrTime): string {
  return new Date(time[0] * 1000 + time[1] / NANOS_PER_MILLI).toISOString();
}

function anchorAt(wallMillisAtZero: number): Anchor {
  const seconds = Math.floor(wallMillisAtZero / 1000);
  return { seconds, nanos: Math.round((wallMillisAtZero - seconds * 1000) * NANOS_PER_MILLI) };
}
