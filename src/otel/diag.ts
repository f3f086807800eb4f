import { diag } from '@opentelemetry/api';
import { SCOPE_INSTRUMENTATION } from '../semconv.ts';

const logger = diag.createComponentLogger({ namespace: SCOPE_INSTRUMENTATION });
const said = new Set<string>();

/**
 * Says a problem to OpenTelemetry's `diag` logger, as a warning, the first time it comes up in this process.
 * @param key names the problem, not the occurrence: never an id or a value, so that the set stays small
 */
export function sayOnce(key: string, message: string): void {
  if (said.has(key)) return;
  said.add(key);
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
