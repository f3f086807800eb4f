import { agent } from './agent.ts';

const ISSUE_ID = 'enrichment-api';
/** A failure is an event, three in a row are a problem. */
const REPORT_AFTER_FAILURES = 3;

let consecutiveFailures = 0;

/**
 * Counts failures over all leads, for the problem is the API's and not one lead's. From the third in a row on each is
 * reported, always under the same `issueId`: so it is one issue that recurs, and not one issue per failure.
 * @see HiveLoop manual, part 7, sections 5.5 and 12.1
 */
export function enrichmentFailed(error: Error): void {
  consecutiveFailures += 1;
  if (consecutiveFailures < REPORT_AFTER_FAILURES) return;
  agent.reportIssue({
    summary: 'Enrichment API failing',
    severity: 'high',
    issueId: ISSUE_ID,
    category: 'connectivity',
    context: { api: 'enrichment', error: error.message, consecutive_failures: consecutiveFailures },
    occurrenceCount: consecutiveFailures,
  });
}

/** The first success after a reported problem resolves it. When it comes back, the same issue is reopened. */
export function enrichmentSucceeded(): void {
  if (consecutiveFailures >= REPORT_AFTER_FAILURES) {
    agent.resolveIssue('Enrichment API recovered', { issueId: ISSUE_ID });
  }
  consecutiveFailures = 0;
}
