import type { AgentIdentity } from '../../lifecycle/identity.ts';
import { formatTime } from '../issue-view.ts';

/** How old the news is. */
export interface Freshness {
  /** Time of the newest issue event or heartbeat taken, RFC 3339; null before the first. */
  readonly asOf: string | null;
  /** How long ago that is by the translator's clock; null before the first. */
  readonly lagSeconds: number | null;
}

/** What is known, when somebody asks, besides the issues. */
export interface Moment {
  readonly freshness: Freshness;
  readonly isSilent: (agent: AgentIdentity) => boolean;
}

/** @param asOf unix ns, 0n for never */
export function freshnessAt(asOf: bigint, now: bigint): Freshness {
  if (asOf === 0n) return { asOf: null, lagSeconds: null };
  return { asOf: formatTime(asOf), lagSeconds: Math.max(0, Number(now - asOf) / 1e9) };
}
