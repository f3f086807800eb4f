import { agentOf, type AddressedEvent, type IssueNames, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
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
class Staged {
  readonly turn: CommitTurn;
  readonly issue: LiveIssue | undefined;
  /** What only recurred, and what became of the issue's recurrences by that. */
  readonly events: ReportEvent[] = [];
  recurrences: Recurrences | undefined;
  /** Once more happened than that: the issue with all of it. */
  record: IssueRecord | undefined;
  /** The last request that took a recurrence into it, and what was there before. */
  request = 0;
  recurrencesBefore: Recurrences | undefined;
  eventsBefore = 0;

  constructor(turn: CommitTurn, issue: LiveIssue | undefined) {
    this.turn = turn;
    this.issue = issue;
  }
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
  readonly #staged: Staged[] = [];
  /** Those of issues that are new. */
  readonly #stagedNew = new Map<string, Staged>();
  #taken: UidSet | undefined;
  readonly #counted = new Map<string, number>();
  readonly #journal = new JournalWriter();
  /** The request that is being applied: its number in the turn, its keys, and where it took recurrences. */
  #request = 0;
  #keys: readonly string[] = [];
  #recurring: Staged[] = [];
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
    const staged = this.#issues.live(key)?.staged;
    return this.#stagedNew.has(key) || (staged instanceof Staged && staged.turn === this);
  }

  count(name: string, by: number): void {
    this.#counted.set(name, (this.#counted.get(name) ?? 0) + by);
  }

  /** Applies a request; when it throws, the request has changed nothing here. */
  stage(request: CommitRequest, decide: Decide): void {
    const uids = new Uint32Array(request.events.length * UID_HASH_WORDS);
    this.#request++;
    this.#keys = request.keys;
    this.#recurring = [];
    try {
      this.#stage(request, decide, uids);
    } catch (error) {
      for (const staged of this.#recurring) {
        staged.recurrences = staged.recurrencesBefore;
        staged.events.length = staged.eventsBefore;
      }
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
    const { event, names } = addressed;
    const staged = names === undefined ? this.#stagedOf(keyOf(addressed)) : this.#stagedBy(names);
    if (event.kind !== 'report' || staged.record !== undefined) return undefined;
    const known = staged.recurrences ?? staged.issue?.recurrences(windowNanos);
    const recurrences = known && recur(known, event, windowNanos);
    if (recurrences === undefined) return undefined;
    if (staged.request !== this.#request) {
      staged.request = this.#request;
      staged.recurrencesBefore = staged.recurrences;
      staged.eventsBefore = staged.events.length;
      this.#recurring.push(staged);
    }
    staged.recurrences = recurrences;
    staged.events.push(event);
    return recurrences;
  }

  /** @param uids takes the hashes that are added to those taken */
  #stage(request: CommitRequest, decide: Decide, uids: Uint32Array): void {
    const { keys, windowNanos = WINDOW_NANOS, wire } = request;
    const fresh: AddressedEvent[] = [];
    const duplicates: number[] = [];
    this.#taken ??= new UidSet(request.events.length);
    const taken = this.#taken;
    request.events.forEach((addressed, place) => {
      const hash = hashText(addressed.event.uid, this.#seeds.of(addressed), this.#hash);
      if (this.#uids.has(hash) || !taken.add(hash)) duplicates.push(place);
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
    for (const { issue, events, recurrences, record } of this.#staged) {
      if (record !== undefined) this.#issues.put(issue, record);
      else if (issue !== undefined && recurrences !== undefined) this.#issues.recur(issue, recurrences, events);
    }
    if (this.#taken !== undefined) this.#uids.add(this.#taken.hashes(), this.#newestTaken);
  }

  /** At its end, however it ended: the issues keep nothing of it. */
  release(): void {
    for (const { issue } of this.#staged) if (issue !== undefined) issue.staged = undefined;
  }

  /** Takes back what a request that failed has added. */
  #forget(uids: Uint32Array): void {
    const failed = new UidSet();
    for (let at = 0; at < uids.length; at += UID_HASH_WORDS) failed.add(uids, at);
    const all = this.#taken?.hashes() ?? new Uint32Array();
    const taken = new UidSet();
    for (let at = 0; at < all.length; at += UID_HASH_WORDS) {
      if (!failed.has(all.subarray(at, at + UID_HASH_WORDS))) taken.add(all, at);
    }
    this.#taken = taken;
  }

  #stagedOf(key: string): Staged {
    return this.#stagedNew.get(key) ?? this.#stageIssue(key, this.#issues.live(key));
  }

  #stagedBy(names: IssueNames): Staged {
    const issue = this.#issues.find(names);
    return issue === undefined ? this.#stagedOf(names.key) : this.#stageIssue(names.key, issue);
  }

  #stageIssue(key: string, issue: LiveIssue | undefined): Staged {
    if (issue?.staged instanceof Staged && issue.staged.turn === this) return issue.staged;
    const staged = new Staged(this, issue);
    if (issue === undefined) this.#stagedNew.set(key, staged);
    else issue.staged = staged;
    this.#staged.push(staged);
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
