import { AGENT_QUERIES, AGENT_STATE } from './queries/agent.ts';
import { FLEET, FLEET_ROWS, FLEET_TOTALS } from './queries/fleet.ts';
import { HEALTH } from './queries/health.ts';
import { ISSUES } from './queries/issues.ts';
import { TASK } from './queries/task.ts';
import type { Query } from './query.ts';
import { ALERTS, RECORDING_RULES } from './rules/rule-files.ts';

/** What panels, variables and annotations ask. */
export const DASHBOARD_QUERIES: readonly Query[] = [
  FLEET_TOTALS,
  FLEET_ROWS,
  FLEET,
  AGENT_STATE,
  AGENT_QUERIES,
  TASK,
  ISSUES,
  HEALTH,
].flatMap((queries) => Object.values(queries) as readonly Query[]);

/** What rules ask. */
export const RULE_QUERIES: readonly Query[] = [...RECORDING_RULES, ...ALERTS].map(({ query }) => query);

/** Every expression that this project gives to a backend, with what it must bring. */
export const CATALOGUE: readonly Query[] = [...DASHBOARD_QUERIES, ...RULE_QUERIES];
