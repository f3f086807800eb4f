/** Who plays in the scenario. The services and the tests read the same names. */
export const ENVIRONMENT = 'e2e';
export const NAMESPACE = 'shop';

export const AGENTS = {
  /** Two replicas of it run, in two processes of one service. */
  orders: 'order-agent',
  /** Nearly all that it does fails. */
  biller: 'biller',
  /** It is stopped on purpose. */
  clerk: 'clerk',
  /** Its process is killed: it falls silent. */
  watcher: 'watcher',
  /** Reports without this package, as a program in another language would. */
  legacy: 'legacy-agent',
} as const;

export const SERVICES = { desk: 'order-desk', billing: 'billing', watch: 'watch', legacy: 'legacy' } as const;

export const MODELS = { large: 'demo-large', small: 'demo-small' } as const;

/** Issue ids, each with a life of its own. */
export const ISSUES = {
  /** Reported three times in the task `order-1`, then resolved. */
  crm: 'crm-403',
  /** Reported by both replicas, by one as its 7th occurrence; stays open. */
  supplier: 'slow-supplier',
  /** Critical; in the second act it is resolved, comes back and stays. */
  payment: 'pay-down',
  /** Low, then high, then a person dismisses it. */
  flaky: 'flaky-label-printer',
  /** Critical; stays open. */
  bank: 'bank-down',
  /** Resolved in the second act. */
  archive: 'archive-full',
  /** Of the agent that falls silent. */
  feed: 'feed-lost',
  /** Two days old. */
  disk: 'old-disk',
} as const;

/** Of an issue that has no id. */
export const STOCK_SUMMARY = 'Stock file cannot be read';

/** The processes, by `service.instance.id`. */
export const PROCESSES = {
  'desk-1': SERVICES.desk,
  'desk-2': SERVICES.desk,
  'billing-1': SERVICES.billing,
  'watch-1': SERVICES.watch,
} as const;
export type ProcessName = keyof typeof PROCESSES;

/** Variable that tells a process which of these it is. */
export const PROCESS_VARIABLE = 'SCENARIO_PROCESS';
