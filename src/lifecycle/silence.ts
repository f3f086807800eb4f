import type { AgentIdentity } from './identity.ts';

/** A heartbeat of an agent (`beat`), or that it was stopped on purpose (`stop`). */
export type AgentSign =
  | { readonly kind: 'beat'; readonly agent: AgentIdentity; readonly at: bigint; readonly thresholdSeconds: number }
  | { readonly kind: 'stop'; readonly agent: AgentIdentity; readonly at: bigint };

/** What is known of an agent's heartbeats. Times are effective times, unix ns; 0n for never. */
export interface AgentBeats {
  readonly agent: AgentIdentity;
  readonly newestBeatAt: bigint;
  /** What the newest heartbeat said: silence longer than this is a sign of trouble. */
  readonly thresholdSeconds: number;
  readonly newestStopAt: bigint;
}

/** Where an agent does not say its own. */
export const STUCK_THRESHOLD_SECONDS = 300;

/** Takes a sign; any order and any duplicates end in the same. */
export function takeSign(known: AgentBeats | undefined, sign: AgentSign): AgentBeats {
  const { newestBeatAt, newestStopAt, ...beats } = known ?? noBeats(sign.agent);
  const { at } = sign;
  if (sign.kind === 'stop') return { ...beats, newestBeatAt, newestStopAt: at > newestStopAt ? at : newestStopAt };
  if (at < newestBeatAt) return { ...beats, newestBeatAt, newestStopAt };
  // Replicas may beat in the same nanosecond with thresholds of their own: the more patient one counts, whoever came first.
  const { thresholdSeconds: said } = sign;
  const thresholdSeconds = at === newestBeatAt ? Math.max(said, beats.thresholdSeconds) : said;
  return { ...beats, thresholdSeconds, newestBeatAt: at, newestStopAt };
}

function noBeats(agent: AgentIdentity): AgentBeats {
  return { agent, newestBeatAt: 0n, thresholdSeconds: 0, newestStopAt: 0n };
}

/**
 * True for an agent that sent heartbeats, was not stopped on purpose since, and whose newest is older than its own
 * threshold; but only once the translator has had fresh input for as long: until then silence says nothing of the agent.
 * @param inputFreshSince unix ns; undefined while there is no fresh input
 */
export function isSilent(beats: AgentBeats, now: bigint, inputFreshSince: bigint | undefined): boolean {
  const { newestBeatAt, newestStopAt, thresholdSeconds } = beats;
  const hasStopped = newestStopAt >= newestBeatAt;
  if (newestBeatAt === 0n || hasStopped || inputFreshSince === undefined) return false;
  return secondsFrom(newestBeatAt, now) > thresholdSeconds && secondsFrom(inputFreshSince, now) >= thresholdSeconds;
}

function secondsFrom(from: bigint, to: bigint): number {
  return Number(to - from) / 1e9;
}
