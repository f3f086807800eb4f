import { sayOnce } from '../otel/diag.ts';
import { attempt, sayProblem } from '../otel/guard.ts';
import type { Providers } from '../otel/providers.ts';

/** Timers take no more, and fire at once when they are given more. */
const MAX_TIMEOUT_MILLIS = 2 ** 31 - 1;

interface Flushable {
  forceFlush?: () => unknown;
}

/** Force-flushes the host's providers within the deadline; shuts none of them down, and never rejects. */
export async function flushProviders(providers: Providers, timeoutMillis: number): Promise<void> {
  providers.look();
  const targets: readonly (Flushable | undefined)[] = [
    attempt('flush', () => providers.tracerProvider(), undefined) as Flushable | undefined,
    attempt('flush', () => providers.loggerProvider(), undefined) as Flushable | undefined,
    attempt('flush', () => providers.meterProvider(), undefined) as Flushable | undefined,
  ];
  const flushed = Promise.all(targets.map(flushOne)).then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Not unref'ed: a caller that awaits us at the end of its process would otherwise never come back.
  const deadline = new Promise<false>(
    (resolve) => (timer = setTimeout(() => resolve(false), Math.min(timeoutMillis, MAX_TIMEOUT_MILLIS))),
  );
  const isDone = await Promise.race([flushed, deadline]);
  clearTimeout(timer);
  if (!isDone)
    sayOnce('flush too slow', `flush() did not finish within ${timeoutMillis} ms: what is left goes out later`);
}

async function flushOne(target: Flushable | undefined): Promise<void> {
  try {
    if (typeof target?.forceFlush === 'function') await target.forceFlush();
  } catch (error) {
    sayProblem('flush', error);
  }
}
