/**
 * What the scenario does, counted by hand from service/*.ts: the numbers that screens must show. `e2e` is its environment,
 * so that the demo beside it does not count.
 */
import { AGENTS } from './service/names.ts';

interface AgentFigures {
  readonly tasks: number;
  readonly failures: number;
  readonly retries: number;
  /** Seconds. */
  readonly lost: number;
  /** USD. */
  readonly cost: number;
  readonly tokens: number;
  readonly openIssues: number;
  readonly occurrences: number;
}

export const FIGURES = {
  /** Both replicas: tasks 1 to 7 and 9, 10; task 8 runs on. */
  [AGENTS.orders]: {
    tasks: 9,
    failures: 1,
    retries: 4,
    lost: 2.6,
    cost: 0.0125,
    tokens: 2950,
    openIssues: 3,
    // crm 3, supplier 7 as one replica says, payment 2, flaky 2, the one without id 1
    occurrences: 15,
  },
  [AGENTS.biller]: {
    tasks: 6,
    failures: 5,
    retries: 24,
    lost: 2.4,
    cost: 12.5,
    tokens: 120_000,
    openIssues: 1,
    occurrences: 1,
  },
} as const satisfies Readonly<Record<string, AgentFigures>>;

/** The whole environment: these two, `clerk` (one task, an issue that is resolved), `watcher` (a task that runs, an issue) and `legacy-agent` (an issue). */
export const TOTAL = {
  agents: 4,
  tasks: 16,
  failures: 6,
  running: 2,
  retries: 28,
  lost: 5,
  escalations: 1,
  approvalsAnswered: 2,
  approvalsPending: 1,
  cost: 12.5125,
  tokens: 122_950,
  openIssues: 6,
  bySeverity: { critical: 2, high: 1, medium: 2, low: 1 },
  byCategory: { connectivity: 3, data_quality: 1, configuration: 1, other: 1 },
  transitions: { opened: 9, recurred: 4, severity_changed: 1, resolved: 3, dismissed: 1, reopened: 1 },
  planSteps: { started: 5, completed: 3, failed: 2, skipped: 1 },
  queueDepth: 9,
  queueOldestSeconds: 1000,
} as const;
