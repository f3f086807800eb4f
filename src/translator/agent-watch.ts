import { type AgentIdentity, agentKey } from '../lifecycle/identity.ts';
import { type AgentBeats, type AgentSign, isSilent, takeSign } from '../lifecycle/silence.ts';
import { isAnySince } from './intake/encoded-events.ts';
import type { AgentBeatsChange, EventList } from './store/store.ts';

/** Agents whose heartbeats are known, at most; beyond it the one that was not heard of for the longest is forgotten. */
const AGENTS_MAX = 10_000;
/** Input counts as fresh when it is no older than this as it arrives, and until this long after: four heartbeats by default. */
const FRESH_NANOS = 120_000_000_000n;

/**
 * Which agents have fallen silent. Only what comes with a time that is read, issue events and heartbeats, shows that
 * input is fresh: a backlog that drains after an outage is none, and an agent that is the only one to send anything
 * is never called silent, since that cannot be told from a way that is broken.
 */
export class AgentWatch {
  /** Last heard of, last in the map. */
  readonly #agents = new Map<string, AgentBeats>();
  readonly #unsaved = new Set<string>();
  readonly #unsavedDrops = new Map<string, AgentIdentity>();
  /** What the store holds: only of these a drop has to be saved, so that a store that is away costs no memory. */
  readonly #stored = new Set<string>();
  #newestSignAt = 0n;
  #freshSince = 0n;
  #freshAt: bigint | undefined;

  /** @param saved what is known from before; of input since then it knows nothing */
  constructor(saved: readonly AgentBeats[], now: bigint) {
    const byTime = [...saved].sort((a, b) => (lastSignAt(a) < lastSignAt(b) ? -1 : 1));
    for (const beats of byTime) {
      this.#agents.set(agentKey(beats.agent), beats);
      this.#stored.add(agentKey(beats.agent));
      this.#noteTime(lastSignAt(beats), now);
    }
  }

  /** Effective time of the newest heartbeat or stop, unix ns, and no later than it came; 0n before the first. */
  get newestSignAt(): bigint {
    return this.#newestSignAt;
  }

  /** @param events what else came along */
  take(signs: readonly AgentSign[], events: EventList, arrival: bigint): void {
    for (const sign of signs) {
      this.#takeSign(sign);
      this.#noteTime(sign.at, arrival);
    }
    const freshFrom = arrival - FRESH_NANOS;
    if (!signs.some(({ at }) => at >= freshFrom) && !isAnySince(events, freshFrom)) return;
    if (!this.#isInputFresh(arrival)) this.#freshSince = arrival;
    this.#freshAt = arrival;
  }

  isSilent(agent: AgentIdentity, now: bigint): boolean {
    const beats = this.#agents.get(agentKey(agent));
    return beats !== undefined && isSilent(beats, now, this.#isInputFresh(now) ? this.#freshSince : undefined);
  }

  /** Has what is not in the store yet written; what could not be is written the next time. */
  async save(write: (change: AgentBeatsChange) => Promise<void>): Promise<void> {
    const known = [...this.#unsaved].flatMap((key) => this.#agents.get(key) ?? []);
    const change = { known, forgotten: [...this.#unsavedDrops.values()] };
    if (known.length === 0 && change.forgotten.length === 0) return;
    this.#unsaved.clear();
    this.#unsavedDrops.clear();
    try {
      await write(change);
    } catch (error) {
      for (const { agent } of known) if (this.#agents.has(agentKey(agent))) this.#unsaved.add(agentKey(agent));
      for (const agent of change.forgotten) this.#dropIfGone(agent);
      throw error;
    }
    for (const agent of change.forgotten) this.#stored.delete(agentKey(agent));
    for (const { agent } of known) {
      this.#stored.add(agentKey(agent));
      this.#dropIfGone(agent);
    }
  }

  #takeSign(sign: AgentSign): void {
    const key = agentKey(sign.agent);
    const beats = takeSign(this.#agents.get(key), sign);
    this.#agents.delete(key);
    this.#agents.set(key, beats);
    this.#unsaved.add(key);
    this.#unsavedDrops.delete(key);
    if (this.#agents.size > AGENTS_MAX) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#agents;
    if (oldest === undefined) return;
    const [key, { agent }] = oldest;
    this.#agents.delete(key);
    this.#unsaved.delete(key);
    this.#dropIfGone(agent);
  }

  /** An agent that was forgotten while it was being saved, or whose forgetting could not be, is still in the store. */
  #dropIfGone(agent: AgentIdentity): void {
    const key = agentKey(agent);
    if (this.#stored.has(key) && !this.#agents.has(key)) this.#unsavedDrops.set(key, agent);
  }

  /** A clock that is ahead must not make old news look new. */
  #noteTime(at: bigint, now: bigint): void {
    const time = at < now ? at : now;
    if (time > this.#newestSignAt) this.#newestSignAt = time;
  }

  #isInputFresh(now: bigint): boolean {
    return this.#freshAt !== undefined && now - this.#freshAt <= FRESH_NANOS;
  }
}

function lastSignAt({ newestBeatAt, newestStopAt }: AgentBeats): bigint {
  return newestBeatAt > newestStopAt ? newestBeatAt : newestStopAt;
}
