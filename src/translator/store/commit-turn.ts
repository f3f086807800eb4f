import { agentOf, type AddressedEvent, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { compareEvents, type ReportEvent } from '../../lifecycle/issue-event.ts';
import { recur, type Recurrences } from '../../lifecycle/recurrence.ts';
import type { IssueTable } from './issue-table.ts';
import { JournalWriter, type JournalRow } from './journal.ts';
import { type LiveIssue, takeAll } from './live-issue.ts';
import {
  type CommitRequest,
  type Counters,
  type Decide,
  type Outgoing,
  type RequestIssues,
  WINDOW_NANOS,
} from './store.ts';
import { hashAgent, hashText, UID_HASH_WORDS, type UidHash } from './uid-hash.ts';
import type { UidIndex } from './uid-index.ts';
import { UidSet } from './uid-set.ts';

/** An issue as a turn finds it and leaves it. */
interface Staged {
  readonly issue: LiveIssue | undefined;
  /** What only recurred, and what became of the issue's recurrences by that. */
  readonly events: ReportEvent[];
  recurrences: Recurrences | undefined;
  /** Once more happened than that: the issue with all of it. */
  record: IssueRecord | undefined;
}

/**
 * The requests of one turn of the event loop, applied one after the other and committed together. Until the commit
 * nothing outside it changes, so that one that fails leaves no trace.
 */
export class CommitTurn implements RequestIssues {
  readonly outgoing: Outgoing[] = [];
  readonly #issues: IssueTable;
  readonly #uids: UidIndex;
  readonly #seeds: AgentSeeds;
  readonly #staged = new Map<string, Staged>();
  #taken = new UidSet();
  readonly #counted = new Map<string, number>();
  readonly #journal = new JournalWriter();
  /** Of the request that is being applied: its keys, and how to take back what recurred. */
  #keys: readonly string[] = [];
  #undo: (() => void)[] = [];
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
    this.#keys = request.keys;
    this.#undo = [];
    try {
      this.#stage(request, decide, uids);
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      this.#forget(uids);
      throw error;
    }
  }

  get(key: string): IssueRecord | undefined {
    const { issue, events, recurrences, record } = this.#stagedOf(key);
    if (record !== undefined || issue === undefined) return record;
    return recurrences === undefined ? issue.record : takeAll(issue.record, events, recurrences.after.windowNanos);
  }

  values(): Iterable<IssueRecord> {
    return this.#keys.flatMap((key) => this.get(key) ?? []);
  }

  recur(addressed: AddressedEvent, windowNanos: bigint): Recurrences | undefined {
    const { event } = addressed;
    const staged = this.#stagedOf(keyOf(addressed));
    const { issue, events, recurrences: before } = staged;
    if (event.kind !== 'report' || staged.record !== undefined) return undefined;
    const known = before ?? issue?.recurrences(windowNanos);
    const recurrences = known && recur(known, event, windowNanos);
    if (recurrences === undefined) return undefined;
    const { length } = events;
    this.#undo.push(() => {
      staged.recurrences = before;
      events.length = length;
    });
    staged.recurrences = recurrences;
    events.push(event);
    return recurrences;
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
    const decision = decide(fresh, this);
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
    for (const { issue, events, recurrences, record } of this.#staged.values()) {
      if (record !== undefined) this.#issues.put(issue?.record, record);
      else if (issue !== undefined && recurrences !== undefined) this.#issues.recur(issue, recurrences, events);
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

  #stagedOf(key: string): Staged {
    const known = this.#staged.get(key);
    if (known !== undefined) return known;
    const staged: Staged = { issue: this.#issues.live(key), events: [], recurrences: undefined, record: undefined };
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
