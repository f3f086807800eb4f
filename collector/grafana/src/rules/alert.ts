import type { Query } from '../query.ts';

/** `critical` pages a person, `warning` is work for the day. */
export type AlertSeverity = 'critical' | 'warning';

export interface Alert {
  /** Its runbook is the name in kebab-case, without `HiveLoop`. */
  readonly name: string;
  readonly severity: AlertSeverity;
  readonly query: Query;
  /** How long it must be true, such as `5m`. */
  readonly for: string;
  /** How long it goes on after that, such as `15m`: a value that swings around its limit is one alert. */
  readonly keepFiringFor: string;
  /** With Prometheus' templates: names the agent and the issue where there is one. */
  readonly summary: string;
  readonly description: string;
}

/** Page of the alert in docs/runbooks, without the folder. */
export function runbookOf({ name }: Pick<Alert, 'name'>): string {
  const words = name.replace(/^HiveLoop/, '').match(/[A-Z][a-z]+/g) ?? [];
  return `${words.join('-').toLowerCase()}.md`;
}
