import type { DatabaseSync } from 'node:sqlite';
import { freeMemory } from '../free-memory.ts';
import { CommitTurn } from './commit-turn.ts';
import { CounterTable } from './counter-table.ts';
import { IssueTable } from './issue-table.ts';
import { migrate } from './migrate.ts';
import { replayJournal } from './replay.ts';
import { integer, type Row, text } from './row.ts';
import { agentBeatsOn } from './sqlite-agent-beats.ts';
import { explain, inTransaction, openDatabase, prepareForWriting } from './sqlite-database.ts';
import { emittedSeriesOn } from './sqlite-emitted-series.ts';
import { lockStore, type StoreLock } from './sqlite-lock.ts';
import { SqliteOutbox } from './sqlite-outbox.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import type { CommitRequest, Counters, Decide, ForgetLimits, Store, StoreIdentity } from './store.ts';
import type { AfterCommit, Work, WriteWork } from './store-work.ts';
import { UidHasher } from './uid-hasher.ts';
import { UidIndex } from './uid-index.ts';

export interface SqliteStoreOptions {
  /** Events in the journal before the issues, counters and uids that they changed are written. Default: 262 144. */
  readonly checkpointEvents?: number;
  /** Uids on disk; beyond it whole days are forgotten early, the oldest first, and counted. Default: 50 000 000. */
  readonly uidsMax?: number;
  /** Memory for issues that have not changed since they were written. Default: 128 MiB. */
  readonly cacheBytes?: number;
  /** Open issues kept in order in memory, the worst of all. Default: 4096. */
  readonly worstIssuesKept?: number;
}

/** What a start after a crash reads again. More of them make an event cheaper, since issues are written less often, and that start longer. */
const CHECKPOINT_EVENTS = 262_144;
/** Changed issues in memory before they are written; a fleet with that many issues at once is short of memory, not of disk. */
const CHECKPOINT_ISSUES = 32_768;
/** While so many wait to be written, or so many times more events than a checkpoint covers, requests wait too. */
const CHANGED_ISSUES_MAX = 65_536;
const JOURNAL_CHECKPOINTS_MAX = 4;
const ISSUES_PER_SLICE = 500;
const UIDS_MAX = 50_000_000;

/**
 * Opens the store in a SQLite file, making it when there is none.
 *
 * A commit is one row in a journal, the outgoing telemetry, and one sync to disk, shared by all requests of a turn of
 * the event loop. Issues, counters and uids change in memory and are written behind it, in slices, once the journal has
 * grown long; then the rows that they cover go. A start reads the rest of the journal and finds the same state.
 * @throws in words for people when the file cannot be opened, is in use, is damaged, or a newer version wrote it
 */
export function openSqliteStore(path: string, now: bigint, options: SqliteStoreOptions = {}): Store {
  const lock = lockStore(path);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(path, { isReadOnly: false });
    prepareForWriting(database);
    migrate(database, path, now);
    return storeOn(new SqliteStore(database, path, lock, options));
  } catch (error) {
    database?.close();
    lock.release();
    throw explain(path, error);
  }
}

function storeOn(engine: SqliteStore): Store {
  const { statements, issues, counters } = engine;
  const transaction = (act: () => void): Promise<void> =>
    engine.write(() => {
      act();
      return undefined;
    });
  return {
    identity: engine.identity,
    commit: (request, decide) => engine.commit(request, decide),
    issue: (key) => engine.read(() => issues.get(key)),
    dueIssues: (now, limit) => engine.read(() => issues.due(now, limit)),
    issues: (afterKey, limit) => engine.read(() => issues.page(afterKey, limit)),
    activeIssues: () => engine.read(() => issues.active()),
    worstIssues: (limit) => engine.read(() => issues.worst(limit)),
    worstOpenIssues: (limit) => engine.read(() => issues.worstOpen(limit)),
    counters: () => engine.read(() => counters.read()),
    forgetCounters: (counts) => engine.forgetCounters(counts),
    count: (counted) =>
      transaction(() => {
        for (const [name, by] of counted) engine.count(name, by);
      }),
    ...engine.outbox.methods,
    ...emittedSeriesOn(statements, transaction),
    ...agentBeatsOn(statements, transaction),
    forgetUids: (takenBefore) => engine.forgetUids(takenBefore),
    forgetIssues: (limits) => engine.forgetIssues(limits),
    newestEventTime: () => engine.newestEventTime,
    checkWritable: () => engine.checkWritable(),
    close: () => engine.close(),
  };
}

class SqliteStore {
  readonly identity: StoreIdentity;
  readonly statements: Statements;
  readonly issues: IssueTable;
  readonly counters: CounterTable;
  readonly outbox: SqliteOutbox;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #lock: StoreLock;
  readonly #uids: UidIndex;
  readonly #hasher = new UidHasher();
  readonly #checkpointEvents: number;
  readonly #uidsMax: number;
  /** The newest journal row whose effect is in memory. */
  #sequence: number;
  /** Rows up to here are gone from the journal. */
  #covered: number;
  #newestEventTime: bigint;
  #journalEvents = 0;
  #queue: Work[] = [];
  #isScheduled = false;
  #turn: CommitTurn | undefined;
  #checkpoint: Promise<void> | undefined;
  #checkpointTrouble: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(database: DatabaseSync, path: string, lock: StoreLock, options: SqliteStoreOptions) {
    this.#database = database;
    this.#path = path;
    this.#lock = lock;
    this.#checkpointEvents = options.checkpointEvents ?? CHECKPOINT_EVENTS;
    this.#uidsMax = options.uidsMax ?? UIDS_MAX;
    this.statements = prepareStatements(database);
    const row: Row = this.statements.store.get() ?? {};
    this.identity = { id: text(row, 'id'), createdAt: BigInt(text(row, 'created_at')) };
    this.issues = new IssueTable(this.statements, options.cacheBytes, options.worstIssuesKept);
    this.counters = new CounterTable(this.statements);
    this.outbox = new SqliteOutbox(
      this.statements,
      (act) => this.write(act),
      (name, by) => this.count(name, by),
    );
    this.#uids = new UidIndex(this.statements);
    const replayed = replayJournal(
      this.statements.journal.iterate(),
      { covered: Number(integer(row, 'covered_sequence')), newestEventTime: integer(row, 'newest_event_time') },
      { issues: this.issues, counters: this.counters, uids: this.#uids, hasher: this.#hasher },
    );
    this.#covered = replayed.firstSequence - 1;
    this.#sequence = replayed.sequence;
    this.#newestEventTime = replayed.newestEventTime;
    this.#journalEvents = replayed.events;
  }

  get newestEventTime(): bigint {
    return this.#newestEventTime;
  }

  commit(request: CommitRequest, decide: Decide): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#add({ kind: 'request', request, decide, waiter: { resolve, reject } }),
    );
  }

  /** Runs `act` in the transaction of this turn; what it returns runs once that is on disk. */
  write(act: () => AfterCommit | undefined, kind: WriteWork['kind'] = 'write'): Promise<void> {
    return new Promise((resolve, reject) => this.#add({ kind, act, waiter: { resolve, reject } }));
  }

  /** The engine is synchronous; the interface is not. What it throws becomes a rejection. */
  read<T>(act: () => T): Promise<T> {
    return new Promise((resolve) => {
      try {
        resolve(act());
      } catch (error) {
        throw explain(this.#path, error);
      }
    });
  }

  /** Adds to a counter, within a {@link write}. */
  count(name: string, by: number): void {
    if (this.#turn === undefined) throw new Error('counted outside a transaction');
    this.#turn.count(name, by);
  }

  forgetCounters(counters: Counters): Promise<void> {
    return this.write(() => {
      const counting = this.#turn?.counted;
      return this.counters.forget(new Map([...counters].filter(([name]) => counting?.has(name) !== true))).done;
    });
  }

  async forgetUids(takenBefore: bigint): Promise<void> {
    await this.checkpoint();
    await this.write(() => {
      const dropped = this.#uids.daysBefore(takenBefore).map((day) => this.#uids.drop(day));
      this.statements.uidsForgotten.run(takenBefore);
      return () => dropped.forEach(({ done }) => done());
    });
  }

  async forgetIssues({ closedBefore, unseenBefore, limit }: ForgetLimits): Promise<number> {
    let count = 0;
    await this.write(() => {
      const quiet = this.issues.quiet({ closedBefore, unseenBefore, covered: this.#covered, limit });
      const keys = quiet.filter((key) => this.#turn?.holds(key) !== true).slice(0, limit);
      count = keys.length;
      return this.issues.forget(keys).done;
    });
    return count;
  }

  async checkWritable(): Promise<void> {
    await this.write(() => {
      this.statements.probe.run(Date.now());
      return undefined;
    });
    if (this.#checkpointTrouble !== undefined) throw this.#checkpointTrouble;
  }

  /** Writes what the journal covers and empties it; commits go on meanwhile. */
  checkpoint(): Promise<void> {
    this.#checkpoint ??= this.#runCheckpoint()
      .then(
        () => (this.#checkpointTrouble = undefined),
        (error: unknown) => {
          this.#checkpointTrouble = explain(this.#path, error);
          throw this.#checkpointTrouble;
        },
      )
      .finally(() => {
        this.#checkpoint = undefined;
        if (this.#queue.length > 0) this.#schedule();
      })
      .then(() => undefined);
    return this.#checkpoint;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#checkpoint?.catch(() => undefined);
      // What cannot be written now is in the journal, and found at the next start.
      await this.checkpoint().catch(() => undefined);
      // Requests that came, or had to wait, meanwhile.
      while (this.#queue.length > 0 && this.#checkpoint === undefined) this.#runTurn();
      await this.#checkpoint?.catch(() => undefined);
    } finally {
      for (const { waiter } of this.#queue.splice(0)) waiter.reject(new Error(`the store ${this.#path} is closed`));
      this.#database.close();
      this.#lock.release();
      this.issues.close();
    }
  }

  #add(work: Work): void {
    if (!this.#database.isOpen) {
      work.waiter.reject(new Error(`the store ${this.#path} is closed`));
      return;
    }
    this.#queue.push(work);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#runTurn();
    });
  }

  #runTurn(): void {
    // The checkpoint under way brings the turn in which they go on.
    const mustWait = this.#checkpoint !== undefined && this.#isBehind();
    const ready = mustWait ? this.#queue.filter(({ kind }) => kind !== 'request') : this.#queue;
    this.#queue = mustWait ? this.#queue.filter(({ kind }) => kind === 'request') : [];
    for (const item of ready) if (item.kind === 'save') this.#runWork([item]);
    this.#runWork(ready.filter(({ kind }) => kind !== 'save'));
    if (this.#journalEvents >= this.#checkpointEvents || this.issues.changedIssues >= CHECKPOINT_ISSUES) {
      this.checkpoint().catch(() => undefined); // told by checkWritable, and tried again by the next turn
    }
  }

  /** What was asked for, in one transaction. */
  #runWork(asked: readonly Work[]): void {
    if (asked.length === 0) return;
    const { turn, work } = this.#stage(asked);
    let afterCommit: readonly AfterCommit[];
    try {
      afterCommit = this.#commitTurn(turn, work);
    } catch (error) {
      const trouble = explain(this.#path, error);
      this.outbox.forgetHeads();
      turn.rollBack();
      for (const { waiter } of work) waiter.reject(trouble);
      return;
    }
    for (const act of afterCommit) act();
    for (const { waiter } of work) waiter.resolve();
  }

  /** True when requests come faster than their effect is written: memory and the next start must not grow with the backlog. */
  #isBehind(): boolean {
    return (
      this.issues.changedIssues >= CHANGED_ISSUES_MAX ||
      this.#journalEvents >= JOURNAL_CHECKPOINTS_MAX * this.#checkpointEvents
    );
  }

  /** A turn with the requests; without those that fail by themselves, whose senders hear of it here. */
  #stage(asked: readonly Work[]): { readonly turn: CommitTurn; readonly work: readonly Work[] } {
    let work = asked;
    for (;;) {
      const turn = new CommitTurn(this.issues, this.#uids, this.#hasher);
      const failed = this.#stageUntilOneFails(turn, work);
      if (failed === undefined) return { turn, work };
      turn.rollBack();
      work = work.filter((item) => item !== failed);
    }
  }

  #stageUntilOneFails(turn: CommitTurn, work: readonly Work[]): Work | undefined {
    return work.find((item) => {
      if (item.kind !== 'request') return false;
      try {
        turn.stage(item.request, item.decide);
        return false;
      } catch (error) {
        item.waiter.reject(explain(this.#path, error));
        return true;
      }
    });
  }

  #commitTurn(turn: CommitTurn, work: readonly Work[]): readonly AfterCommit[] {
    const afterCommit: AfterCommit[] = [];
    this.#turn = turn;
    try {
      inTransaction(this.#database, () => {
        for (const item of work) {
          const after = item.kind === 'request' ? undefined : item.act();
          if (after !== undefined) afterCommit.push(after);
        }
        const { ids, done } = this.counters.name(turn.counted);
        const row = turn.journalRow(this.#sequence + 1, ids);
        if (row !== undefined) {
          this.statements.addJournal.run(row.sequence, row.crc, row.entry);
          freeMemory(row.entry);
        }
        afterCommit.push(this.outbox.enqueue(turn.outgoing), () => {
          done();
          this.counters.add(ids);
          turn.publish();
          if (row !== undefined) this.#sequence = row.sequence;
          this.#journalEvents += turn.events;
          if (turn.newestEventTime > this.#newestEventTime) this.#newestEventTime = turn.newestEventTime;
        });
      });
    } finally {
      this.#turn = undefined;
    }
    return afterCommit;
  }

  async #runCheckpoint(): Promise<void> {
    const covered = this.#sequence;
    const events = this.#journalEvents;
    if (covered === this.#covered) return;
    this.#uids.freeze();
    const keys = this.issues.changedKeys();
    for (let from = 0; from < keys.length; from += ISSUES_PER_SLICE) {
      const slice = keys.slice(from, from + ISSUES_PER_SLICE);
      await this.write(() => this.issues.save(slice, this.#sequence).done, 'save');
    }
    await this.write(() => {
      const uids = this.#uids.save(covered);
      const counters = this.counters.save();
      const tooMany = this.#dropExcessUids();
      this.statements.cover.run(this.#sequence, this.#newestEventTime);
      this.statements.trimJournal.run(covered);
      return () => {
        uids.done();
        counters.done();
        tooMany.forEach(({ done }) => done());
        this.#covered = covered;
        this.#journalEvents -= events;
      };
    });
  }

  /** Whole days, the oldest first, until the cap holds; today's stay. */
  #dropExcessUids(): readonly { readonly done: () => void }[] {
    const [oldest, ...later] = this.#uids.days;
    if (this.#uids.savedUids <= this.#uidsMax || oldest === undefined || later.length === 0) return [];
    this.count('uidDaysDropped', 1);
    return [this.#uids.drop(oldest)];
  }
}
