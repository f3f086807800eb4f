import { currentTask } from 'hiveloop-otel';
import pRetry, { AbortError } from 'p-retry';
import { ForbiddenError } from './clients.ts';
import { paced } from './pace.ts';

const RETRIES = 2;
const FIRST_BACKOFF_MILLIS = 600;

/**
 * Tries up to three times, with a wait that doubles, and tells each retry. `currentTask()` finds the task that it runs
 * below, so no task is passed down; outside of any task the call does nothing.
 * @throws what the last attempt threw; at once when trying again cannot help (403)
 * @see HiveLoop manual, part 7, section 7.4
 */
export function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
  return pRetry(() => attempt().catch(giveUpIfForbidden), {
    retries: RETRIES,
    factor: 2,
    minTimeout: paced(FIRST_BACKOFF_MILLIS),
    onFailedAttempt: ({ error, attemptNumber, retriesLeft, retryDelay }) => {
      if (retriesLeft === 0) return; // the last attempt has failed: no retry follows
      currentTask().retry(error.message, { attempt: attemptNumber, backoffSeconds: retryDelay / 1000 });
    },
  });
}

function giveUpIfForbidden(error: unknown): never {
  if (error instanceof ForbiddenError) throw new AbortError(error);
  throw error;
}
