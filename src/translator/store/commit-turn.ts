import { agentOf, type AddressedEvent, type IssueRecord, keyOf } from '../../lifecycle/issue.ts';
import { compareEvents } from '../../lifecycle/issue-event.ts';
import type { IssueTable } from './issue-table.ts';
import { JournalWriter, type JournalRow } from './journal.ts';
import { type CommitRequest, type Counters, type Decide, type Outgoing, WINDOW_NANOS } from './store.ts';
import { hashAgent, hashKey, hashText, type UidHash } from './uid-hash.ts';
import type { UidIndex } from './uid-index.ts';

/** An issue as a turn finds it and leaves it. */
interface Staged {
  readonly before: IssueRecord | undefined;
  record: IssueRecord | undefined;
  readonly tailTexts: string[];
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
  readonly #taken = new Map<string, bigint>();
  readonly #counted = new Map<string, number>();
  readonly #journal = new JournalWriter();
  #events = 0;
  #isEmpty = true;
  #newestEventTime = 0n;

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

  count(name: string, by: number): void {
    this.#counted.set(name, (this.#counted.get(name) ?? 0) + by);
  }

  /** Applies a request; when it throws, the request has changed nothing here. */
  stage(request: CommitRequest, decide: Decide): void {
    const taken = new Map<string, bigint>();
    const fresh = request.events.filter((addressed) => this.#isNew(addressed, taken));
    fresh.sort((a, b) => compareEvents(a.event, b.event));
    const eventKeys = fresh.map(keyOf);
    const loaded = new Map<string, IssueRecord>();
    for (const key of eventKeys) this.#load(key, loaded);
    for (const key of request.keys) this.#load(key, loaded);
    const decision = decide(fresh, loaded);
    for (const [name, count] of decision.counted) {
      if (!Number.isSafeInteger(count) || count < 0) throw new Error(`counter ${name} cannot grow by ${count}`);
    }

    if (fresh.length > 0 || request.keys.length > 0) {
      const { keys, windowNanos = WINDOW_NANOS } = request;
      const now = request.now ?? newest(fresh, ({ takenAt }) => takenAt);
      const texts = this.#journal.add({ events: fresh, keys, now, windowNanos });
      this.#isEmpty = false;
      fresh.forEach((_, index) => this.#stagedOf(eventKeys[index] ?? '').tailTexts.push(texts[index] ?? ''));
    }
    for (const record of decision.records) this.#stagedOf(record.key).record = record;
    for (const [key, takenAt] of taken) this.#taken.set(key, takenAt);
    for (const [name, count] of decision.counted) this.count(name, count);
    for (const item of decision.outgoing) this.outgoing.push(item);
    this.#events += fresh.length;
    const newestTime = newest(fresh, ({ effectiveTime }) => effectiveTime);
    if (newestTime > this.#newestEventTime) this.#newestEventTime = newestTime;
  }

  /** Undefined when nothing is to be kept. */
  journalRow(sequence: number, counted: readonly (readonly [id: number, count: number])[]): JournalRow | undefined {
    return this.#isEmpty && counted.length === 0 ? undefined : this.#journal.row(sequence, counted);
  }

  /** Once the commit is on disk: what was staged is what everybody sees. */
  publish(): void {
    for (const { before, record, tailTexts } of this.#staged.values()) {
      if (record !== undefined) this.#issues.put(before, record, tailTexts);
    }
    for (const [key, takenAt] of this.#taken) this.#uids.add(key, takenAt);
  }

  #isNew(addressed: AddressedEvent, taken: Map<string, bigint>): boolean {
    const { uid, takenAt } = addressed.event;
    const hash = hashText(uid, this.#seeds.of(addressed));
    const key = hashKey(hash);
    if (taken.has(key) || this.#taken.has(key) || this.#uids.has(key, hash)) return false;
    taken.set(key, takenAt);
    return true;
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
    const staged: Staged = { before: this.#issues.get(key), record: undefined, tailTexts: [] };
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
