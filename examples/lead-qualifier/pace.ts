/**
 * The demo's clock face: all waits of the example (latencies, time-outs, backoff, arrivals) pass through here, so that
 * `DEMO_SPEED=4` makes it run four times as fast. A service of yours has no such file.
 */
const speed = readSpeed(process.env['DEMO_SPEED']);

/** A wait as told, in milliseconds, as it is at the speed of this run. */
export function paced(millis: number): number {
  return Math.max(1, Math.round(millis / speed));
}

/** Resolves after so many milliseconds as told. */
export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, paced(millis)));
}

/** 1 unless the variable holds a number above 0. */
function readSpeed(text: string | undefined): number {
  const value = Number(text);
  return value > 0 ? value : 1;
}
