import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { decideDue, decideRequest } from '../../../src/translator/emit/decide.ts';
import { viewIssue, type IssueView } from '../../../src/translator/issue-view.ts';
import { readAccounting, type Accounting } from '../../../src/translator/accounting.ts';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { openSqliteStore } from '../../../src/translator/store/sqlite.ts';
import type { Store } from '../../../src/translator/store/store.ts';
import { START, WINDOW } from './message.ts';
import type { SentRequest } from './sent.ts';
import { type Heard, readHeard } from './told-sink.ts';

const ALL = 1_000_000;

/** A store in a SQLite file that crashes, restarts and fails on demand. */
export class CrashingStore {
  #path: string;
  readonly #checkpointEvents: number;
  #store: Store;
  #crashes = 0;

  constructor(path: string, checkpointEvents: number) {
    this.#path = path;
    this.#checkpointEvents = checkpointEvents;
    this.#store = this.#open();
  }

  get path(): string {
    return this.#path;
  }

  /** The requests of one turn. */
  async commit(requests: readonly SentRequest[], now: bigint): Promise<readonly PromiseSettledResult<void>[]> {
    return Promise.allSettled(
      requests.map(({ request, rejected }) => {
        const received = request.events.length + rejected;
        const counted = new Map([['received', received] as const, ['rejected', rejected] as const]);
        const decide = decideRequest(request, { windowNanos: WINDOW, now, hasSink: true, counted });
        return this.#store.commit(request, decide);
      }),
    );
  }

  /** A request that throws after all of it was decided, in the turn of whatever else is committed. */
  async commitFaulty({ request }: SentRequest, now: bigint): Promise<void> {
    const decide = decideRequest(request, { windowNanos: WINDOW, now, hasSink: true, counted: new Map() });
    await this.#store
      .commit(request, (fresh, issues) => {
        decide(fresh, issues);
        throw new Error('a bug');
      })
      .then(
        () => Promise.reject(new Error('a request that failed was taken')),
        () => undefined,
      );
  }

  async passTime(now: bigint): Promise<void> {
    const keys = await this.#store.dueIssues(now, ALL);
    if (keys.length === 0) return;
    const options = { windowNanos: WINDOW, now, hasSink: true, counted: new Map<string, number>() };
    await this.#store.commit({ events: [], keys, now, windowNanos: WINDOW }, decideDue(options));
  }

  /** The disk takes nothing until {@link mend}. */
  break(): void {
    this.#execute(`create trigger full before insert on journal begin select raise(abort, 'full'); end`);
  }

  mend(): void {
    this.#execute('drop trigger full');
  }

  async restart(): Promise<void> {
    await this.#store.close();
    this.#store = this.#open();
  }

  /** Goes on from the files as they are at this moment. */
  async crash(): Promise<void> {
    const copy = `${this.#path}.${String(++this.#crashes)}`;
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.#path + suffix)) copyFileSync(this.#path + suffix, copy + suffix);
    }
    await this.#store.close();
    this.#path = copy;
    this.#store = this.#open();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async issues(): Promise<readonly IssueView[]> {
    const records = await this.#store.issues('', ALL);
    return records.flatMap((record) => viewIssue(record) ?? []);
  }

  async accounting(): Promise<Accounting> {
    return readAccounting(await this.#store.counters());
  }

  /** Occurrences as the metric counts them. */
  async occurrences(): Promise<number> {
    const counters = [...(await this.#store.counters())].filter(([name]) => name.includes('"occurrences"'));
    return counters.reduce((sum, [, count]) => sum + count, 0);
  }

  async heard(): Promise<readonly Heard[]> {
    const rows = await this.#store.nextOutgoing('logs', ALL);
    const batches = rows.flatMap(({ outgoing }) => decodeLogs(outgoing.body, 'protobuf'));
    return batches.flatMap(({ logRecords }) => logRecords.map(readHeard));
  }

  #open(): Store {
    // Memory for an issue or two: the others are read again and again.
    return openSqliteStore(this.#path, START, { checkpointEvents: this.#checkpointEvents, cacheBytes: 10_000 });
  }

  #execute(sql: string): void {
    const database = new DatabaseSync(this.#path);
    database.exec(sql);
    database.close();
  }
}
