import { agentOf, type AddressedEvent, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { compareEvents } from '../../lifecycle/issue-event.ts';
import type { IssueTable } from './issue-table.ts';
import { JournalWriter, type JournalRow } from './journal.ts';
import { type CommitRequest, type Counters, type Decide, type Outgoing, WINDOW_NANOS } from './store.ts';
import { hashAgent, hashText, UID_HASH_WORDS, type UidHash } from './uid-hash.ts';
import type { UidIndex } from './uid-index.ts';
import { UidSet } from './uid-set.ts';

/** An issue as a turn finds it and leaves it. */
interface Staged {
  readonly before: IssueRecord | undefined;
  record: IssueRecord | undefined;
}

/**
 * The requests of one turn of the event loop, applied one after the other and committed together. Until the commit
 * nothing outside it changes, so that one that fails leaves no trace.
 */
export class CommitTurn {
  readonly outgoing: Outgoing[] = [];
  readonly #issues: IssueTable;
  readonly #uids: UidIndex;
  readonly #seeds: AgentSeeds;
  readonly #staged = new Map<string, Staged>();
  #taken = new UidSet();
  readonly #counted = new Map<string, number>();
  readonly #journal = new JournalWriter();
  /** Of one uid at a time. */
  readonly #hash: UidHash = new Uint32Array(UID_HASH_WORDS);
  #events = 0;
  #isEmpty = true;
  #newestEventTime = 0n;
  #newestTaken = 0n;

  constructor(issues: IssueTable, uids: UidIndex, seeds: AgentSeeds) {
    this.#issues = issues;
    this.#uids = uids;
    this.#seeds = seeds;
  }

  get events(): number {
    return this.#events;
  }

  get newestEventTime(): bigint {
    return this.#newestEventTime;
  }

  get counted(): Counters {
    return this.#counted;
  }

  /** True for an issue that a request of this turn changes. */
  holds(key: string): boolean {
    return this.#staged.has(key);
  }

  count(name: string, by: number): void {
    this.#counted.set(name, (this.#counted.get(name) ?? 0) + by);
  }

  /** Applies a request; when it throws, the request has changed nothing here. */
  stage(request: CommitRequest, decide: Decide): void {
    const uids = new Uint32Array(request.events.length * UID_HASH_WORDS);
    try {
      this.#stage(request, decide, uids);
    } catch (error) {
      this.#forget(uids);
      throw error;
    }
  }

  /** @param uids takes the hashes that are added to those taken */
  #stage(request: CommitRequest, decide: Decide, uids: Uint32Array): void {
    const { keys, windowNanos = WINDOW_NANOS, wire } = request;
    const fresh: AddressedEvent[] = [];
    const duplicates: number[] = [];
    request.events.forEach((addressed, place) => {
      const hash = hashText(addressed.event.uid, this.#seeds.of(addressed), this.#hash);
      if (this.#uids.has(hash) || !this.#taken.add(hash)) duplicates.push(place);
      else {
        uids.set(hash, fresh.length * UID_HASH_WORDS);
        fresh.push(addressed);
      }
    });
    fresh.sort((a, b) => compareEvents(a.event, b.event));
    const loaded = new Map<string, IssueRecord>();
    for (const addressed of fresh) this.#load(keyOf(addressed), loaded);
    for (const key of keys) this.#load(key, loaded);
    const decision = decide(fresh, loaded);
    for (const [name, count] of decision.counted) {
      if (!Number.isSafeInteger(count) || count < 0) throw new Error(`counter ${name} cannot grow by ${count}`);
    }
    // Found before anything is kept, since to read an issue may fail.
    const changed = decision.records.map((record) => ({ staged: this.#stagedOf(record.key), record }));
    if (fresh.length > 0 || keys.length > 0) {
      const now = request.now ?? newest(fresh, ({ takenAt }) => takenAt);
      this.#journal.add({ events: fresh, keys, now, windowNanos, wire: wire && { request: wire, duplicates } });
      this.#isEmpty = false;
    }
    for (const { staged, record } of changed) staged.record = record;
    for (const [name, count] of decision.counted) this.count(name, count);
    for (const item of decision.outgoing) this.outgoing.push(item);
    this.#events += fresh.length;
    const newestTime = newest(fresh, ({ effectiveTime }) => effectiveTime);
    if (newestTime > this.#newestEventTime) this.#newestEventTime = newestTime;
    const newestTaken = newest(fresh, ({ takenAt }) => takenAt);
    if (newestTaken > this.#newestTaken) this.#newestTaken = newestTaken;
  }

  /** Undefined when nothing is to be kept. */
  journalRow(sequence: number, counted: readonly (readonly [id: number, count: number])[]): JournalRow | undefined {
    return this.#isEmpty && counted.length === 0 ? undefined : this.#journal.row(sequence, counted);
  }

  /** Once the commit is on disk: what was staged is what everybody sees. */
  publish(): void {
    for (const { before, record } of this.#staged.values()) {
      if (record !== undefined) this.#issues.put(before, record);
    }
    if (this.#taken.size > 0) this.#uids.add(this.#taken.hashes(), this.#newestTaken);
  }

  /** Takes back what a request that failed has added. */
  #forget(uids: Uint32Array): void {
    const failed = new UidSet();
    for (let at = 0; at < uids.length; at += UID_HASH_WORDS) failed.add(uids, at);
    const all = this.#taken.hashes();
    this.#taken = new UidSet();
    for (let at = 0; at < all.length; at += UID_HASH_WORDS) {
      if (!failed.has(all.subarray(at, at + UID_HASH_WORDS))) this.#taken.add(all, at);
    }
  }

  #load(key: string, loaded: Map<string, IssueRecord>): void {
    if (loaded.has(key)) return;
    const staged = this.#staged.get(key);
    const record = staged === undefined ? this.#issues.get(key) : (staged.record ?? staged.before);
    if (record !== undefined) loaded.set(key, record);
  }

  #stagedOf(key: string): Staged {
    const known = this.#staged.get(key);
    if (known !== undefined) return known;
    const staged: Staged = { before: this.#issues.get(key), record: undefined };
    this.#staged.set(key, staged);
    return staged;
  }
}

const AGENTS_MAX = 10_000;

/** Hash seeds of the agents seen lately. */
export class AgentSeeds {
  readonly #seeds = new Map<string, UidHash>();

  of(addressed: AddressedEvent): UidHash {
    const agent = agentOf(addressed);
    const known = this.#seeds.get(agent);
    if (known !== undefined) return known;
    if (this.#seeds.size >= AGENTS_MAX) this.#seeds.clear();
    const seed = hashAgent(agent);
    this.#seeds.set(agent, seed);
    return seed;
  }
}

function newest(events: readonly AddressedEvent[], time: (event: AddressedEvent['event']) => bigint): bigint {
  return events.reduce((latest, { event }) => (time(event) > latest ? time(event) : latest), 0n);
}
