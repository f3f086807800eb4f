import { diag } from '@opentelemetry/api';
import { SCOPE_INSTRUMENTATION } from '../semconv.ts';

const logger = diag.createComponentLogger({ namespace: SCOPE_INSTRUMENTATION });
const said = new Map<string, number>();

/**
 * Says a problem once to OpenTelemetry's `diag` logger, as a warning, and from then on only counts it.
 * @param key names the problem, not the occurrence: never an id or a value, so that the set stays small
 */
export function sayOnce(key: string, message: string): void {
  const count = said.get(key) ?? 0;
  said.set(key, count + 1);
  if (count > 0) return;
  try {
    logger.warn(message);
  } catch {
    // The host's diag logger is broken: nobody is left to tell.
  }
}

/** Says a finding each time it is asked for: only for `diagnose()`. */
export function say(message: string): void {
  try {
    logger.info(message);
  } catch {
    // As above.
  }
}

/** How often a problem came up since the process started. */
export function occurrencesOf(key: string): number {
  return said.get(key) ?? 0;
}
