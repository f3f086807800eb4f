import type { IssueNames, IssueRecord } from '../../lifecycle/issue.ts';
import type { Recurrences } from '../../lifecycle/recurrence.ts';
import { FreshEvents, hashUid } from './fresh-events.ts';
import type { IssueTable } from './issue-table.ts';
import { JournalWriter, type JournalRow } from './journal.ts';
import type { IssueMark, LiveIssue } from './live-issue.ts';
import {
  addCounts,
  type CommitRequest,
  type Counters,
  type Decide,
  type Outgoing,
  type RequestIssues,
  WINDOW_NANOS,
} from './store.ts';
import type { UidHasher } from './uid-hasher.ts';
import type { UidIndex } from './uid-index.ts';

/** An issue as a turn finds it and leaves it. */
class Staged {
  readonly turn: CommitTurn;
  readonly issue: LiveIssue | undefined;
  /** As it was found, and whether it differed from its row then. */
  readonly mark: IssueMark | undefined;
  readonly wasChanged: boolean;
  /** Once more happened than recurrences: the issue with all of it. */
  record: IssueRecord | undefined;
  /** The last request that had more than a recurrence for it. */
  refusedIn = 0;

  constructor(turn: CommitTurn, issue: LiveIssue | undefined) {
    this.turn = turn;
    this.issue = issue;
    this.mark = issue?.mark();
    this.wasChanged = issue?.isChanged === true;
  }
}

/**
 * The requests of one turn of the event loop, applied one after the other and committed together. Uids and recurrences
 * are taken where they stay, once, since to look for them a second time costs as much as to take them; all else changes
 * when the commit is on disk. So a turn ends with {@link publish} or {@link rollBack}, which leaves no trace, before
 * anybody else looks at the issues.
 */
export class CommitTurn implements RequestIssues {
  readonly outgoing: Outgoing[] = [];
  readonly #issues: IssueTable;
  readonly #uids: UidIndex;
  readonly #hasher: UidHasher;
  readonly #staged: Staged[] = [];
  /** Those of issues that are new. */
  readonly #stagedNew = new Map<string, Staged>();
  readonly #counted = new Map<string, number>();
  readonly #journal = new JournalWriter();
  /** The request that is being applied: its number in the turn, its keys, and its new events. */
  #request = 0;
  #keys: readonly string[] = [];
  #fresh = new FreshEvents([], []);
  #events = 0;
  #isEmpty = true;
  #newestEventTime = 0n;
  #newestTaken = 0n;

  constructor(issues: IssueTable, uids: UidIndex, hasher: UidHasher) {
    this.#issues = issues;
    this.#uids = uids;
    this.#hasher = hasher;
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
    this.#counted.set(name, addCounts(this.#counted.get(name) ?? 0, by));
  }

  /** Applies a request. When it throws, the turn must be rolled back, and the other requests staged in another. */
  stage(request: CommitRequest, decide: Decide): void {
    this.#request++;
    this.#keys = request.keys;
    this.#stage(request, decide);
  }

  get(key: string): IssueRecord | undefined {
    const { issue, record } = this.#stagedOf(key);
    return record ?? issue?.record;
  }

  values(): Iterable<IssueRecord> {
    return this.#keys.flatMap((key) => this.get(key) ?? []);
  }

  recur(place: number, windowNanos: bigint): Recurrences | undefined {
    const staged = this.#stagedBy(this.#fresh.names(place));
    if (staged.record !== undefined || staged.refusedIn === this.#request) return undefined;
    const { issue } = staged;
    const recurrences = issue?.recur(this.#fresh.peek(place), windowNanos);
    if (issue === undefined || recurrences === undefined) staged.refusedIn = this.#request;
    else this.#issues.noteChange(issue);
    return recurrences;
  }

  #stage(request: CommitRequest, decide: Decide): void {
    const { events, keys, windowNanos = WINDOW_NANOS, wire } = request;
    const places: number[] = [];
    const duplicates: number[] = [];
    for (let place = 0; place < events.length; place++) {
      const isNew = this.#uids.take(hashUid(events, place, this.#hasher));
      (isNew ? places : duplicates).push(place);
    }
    const fresh = new FreshEvents(events, places);
    this.#fresh = fresh;
    const decision = decide(fresh, this);
    for (const [name, count] of decision.counted) {
      if (!Number.isSafeInteger(count) || count < 0) throw new Error(`counter ${name} cannot grow by ${count}`);
    }
    // Found before anything is kept, since to read an issue may fail.
    const changed = decision.records.map((record) => ({ staged: this.#stagedOf(record.key), record }));
    if (fresh.length > 0 || keys.length > 0) {
      const now = request.now ?? fresh.newestTaken;
      this.#journal.add({ events: fresh, keys, now, windowNanos, wire: wire && { request: wire, duplicates } });
      this.#isEmpty = false;
    }
    for (const { staged, record } of changed) staged.record = record;
    for (const [name, count] of decision.counted) this.count(name, count);
    for (const item of decision.outgoing) this.outgoing.push(item);
    this.#events += fresh.length;
    const { newestTime, newestTaken } = fresh;
    if (newestTime > this.#newestEventTime) this.#newestEventTime = newestTime;
    if (newestTaken > this.#newestTaken) this.#newestTaken = newestTaken;
  }

  /** Undefined when nothing is to be kept. */
  journalRow(sequence: number, counted: readonly (readonly [id: number, count: number])[]): JournalRow | undefined {
    return this.#isEmpty && counted.length === 0 ? undefined : this.#journal.row(sequence, counted);
  }

  /** Once the commit is on disk: what was staged is what everybody sees. */
  publish(): void {
    for (const { issue, record } of this.#staged) if (record !== undefined) this.#issues.put(issue, record);
    this.#uids.confirm(this.#newestTaken);
    this.#release();
  }

  /** Once it has failed: what was taken is given back. */
  rollBack(): void {
    this.#uids.takeBack();
    for (const { issue, mark, wasChanged } of this.#staged) {
      if (issue === undefined || mark === undefined) continue;
      issue.rewind(mark);
      if (!wasChanged) this.#issues.takeBackChange(issue);
    }
    this.#release();
  }

  /** The issues keep nothing of it. */
  #release(): void {
    for (const { issue } of this.#staged) if (issue !== undefined) issue.staged = undefined;
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
