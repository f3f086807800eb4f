/** What counts as too much, for alerts and for the colours of panels alike. Documented in docs/dashboards.md. */
export const THRESHOLDS = {
  /** Items; the manual's badge turns amber above it. */
  queueDepth: 5,
  queueOldestItemSeconds: 900,
  /** Within 10 min, by agent. */
  retries: 20,
  approvalSeconds: 3600,
  /** USD within an hour, by agent. */
  llmCost: 10,
  taskFailureRatio: 0.5,
  /** Below so many tasks in 15 min a ratio says little. */
  taskFailureMinimum: 5,
  issueOpenSeconds: 86_400,
  /** Snapshots come every 30 s, at the least every 60. */
  snapshotSeconds: 180,
  /** Open issues are known again when their agents have reported them again, which may take a day. */
  storeAgeSeconds: 86_400,
  /** As /readyz has it. */
  outboxSeconds: 300,
  queueFill: 0.7,
} as const;

/** How long a state is remembered when nothing more is heard of it: no page ends because data stopped. */
export const AGENT_MEMORY = '1d';
export const ISSUE_MEMORY = '7d';
