import { DEDUP_HORIZON_NANOS } from '../lifecycle/history.ts';
import { type Accounting, type AccountingField, readAccounting } from './accounting.ts';
import { decideDue, type DecideOptions, decideRequest } from './emit/decide.ts';
import { type MetricEmitter, openMetricEmitter } from './emit/metric-emitter.ts';
import { ACCEPTED, type Receipt, type Receiver } from './http/receiver.ts';
import { type Intake, takeLogs, takeMetrics, takeSpans } from './intake/intake.ts';
import { type IssueView, viewIssue } from './issue-view.ts';
import type { DerivedSink } from './outbox/derived-sink.ts';
import { openOtlpSink } from './outbox/otlp-sink.ts';
import { openOutbox, type Outbox } from './outbox/outbox.ts';
import { startTimer, type Timer } from './outbox/timer.ts';
import { openStore, type StoreUrl } from './store/open-store.ts';
import type { CommitRequest, Counters, Decide, Store } from './store/store.ts';

export interface TranslatorOptions {
  /** Where it keeps what it knows. `memory:` forgets with the process. */
  readonly store: StoreUrl;
  /** Where derived telemetry goes: an OTLP/HTTP receiver's base address, or code of yours. Default: nowhere. */
  readonly sink?: DerivedSink | { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  /** How late an event may come and still find its place in its issue's history, in milliseconds. Default: 900 000 (15 min). */
  readonly reorderWindowMillis?: number;
  /** Longest time between two sends of the derived metrics, in milliseconds. Default: 30 000. */
  readonly snapshotIntervalMillis?: number;
  /** The clock: unix ns. Default: the wall clock. */
  readonly now?: () => bigint;
  /** Hears of trouble that it deals with by itself: a send that is tried again, a store that cannot be written. Default: nobody. */
  readonly onError?: (error: Error) => void;
}

/** Takes OTLP in, keeps the life of each issue, and sends what it derives. */
export interface Translator {
  /** What an OTLP server hands its requests to. It resolves once they are durable. */
  readonly receiver: Receiver;
  /** All issues, open and closed, in the order of their keys. */
  issues(): Promise<readonly IssueView[]>;
  counters(): Promise<Accounting>;
  /** Tells what is due, sends a snapshot of the metrics, and resolves when the outbox is empty or one attempt failed. */
  flush(): Promise<void>;
  /** Sends what it can in one attempt and closes the store. What could not be sent waits in a SQLite store for the next start. */
  close(): Promise<void>;
}

const WINDOW_MILLIS = 900_000;
const SNAPSHOT_INTERVAL_MILLIS = 30_000;
const MILLISECOND_NANOS = 1_000_000n;
const PASS_TIME_MILLIS = 1000;
const DUE_ISSUES_PER_COMMIT = 100;
const UID_CLEANUP_NANOS = 3_600_000_000_000n;
const ISSUES_PER_PAGE = 500;
const RETRY_AFTER_SECONDS = 5;

/** @throws when the store cannot be opened or the sink's address is none */
export function createTranslator(options: TranslatorOptions): Promise<Translator> {
  return new Promise((resolve) => {
    const { sink, now = wallClock } = options;
    const derived = sink === undefined || 'logs' in sink ? sink : openOtlpSink(sink);
    resolve(new StoredTranslator(openStore(options.store, now()), derived, options));
  });
}

function wallClock(): bigint {
  return BigInt(Date.now()) * MILLISECOND_NANOS;
}

class StoredTranslator implements Translator {
  readonly receiver: Receiver;
  readonly #store: Store;
  readonly #now: () => bigint;
  readonly #windowNanos: bigint;
  readonly #onError: (error: Error) => void;
  readonly #outbox: Outbox | undefined;
  readonly #metrics: MetricEmitter | undefined;
  /** Records that are no issue events, counted here until a commit takes them along: they are worth no disk write of their own. */
  #bystanders: Counters = new Map();
  #uidsForgottenAt = 0n;
  #timer: Timer | undefined;
  #timePassing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(store: Store, sink: DerivedSink | undefined, options: TranslatorOptions) {
    this.#store = store;
    this.#now = options.now ?? wallClock;
    this.#windowNanos = BigInt(Math.round(options.reorderWindowMillis ?? WINDOW_MILLIS)) * MILLISECOND_NANOS;
    this.#onError = options.onError ?? (() => undefined);
    if (sink !== undefined) {
      const { snapshotIntervalMillis: intervalMillis = SNAPSHOT_INTERVAL_MILLIS } = options;
      const common = { store, sink, onError: this.#onError };
      this.#outbox = openOutbox(common);
      this.#metrics = openMetricEmitter({ ...common, now: this.#now, intervalMillis });
      this.#outbox.wake();
    }
    const arrival = (): { arrival: bigint; windowNanos: bigint } => ({
      arrival: this.#now(),
      windowNanos: this.#windowNanos,
    });
    this.receiver = {
      logs: async (batch) => this.#receive(takeLogs(batch, arrival())),
      traces: async (batch) => this.#receive(takeSpans(batch, arrival())),
      metrics: async (batch) => this.#receive(takeMetrics(batch)),
    };
    this.#schedulePassTime();
  }

  async issues(): Promise<readonly IssueView[]> {
    const views: IssueView[] = [];
    for (let afterKey: string | undefined = ''; afterKey !== undefined;) {
      const page = await this.#store.issues(afterKey, ISSUES_PER_PAGE);
      views.push(...page.flatMap((record) => viewIssue(record) ?? []));
      afterKey = page.at(-1)?.key;
    }
    return views;
  }

  async counters(): Promise<Accounting> {
    return readAccounting(sum(await this.#store.counters(), this.#bystanders));
  }

  async flush(): Promise<void> {
    await this.#passTime();
    await Promise.all([this.#outbox?.flush(), this.#metrics?.emit()]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    try {
      await this.#timePassing;
      if (this.#bystanders.size > 0) await this.#commit({ events: [], keys: [] }, new Map(), decideDue);
      await this.flush();
      await Promise.all([this.#outbox?.close(), this.#metrics?.close()]);
    } finally {
      await this.#store.close();
    }
  }

  async #receive(intake: Intake): Promise<Receipt> {
    const { events, rejections, other, foreign, ownInput } = intake;
    const bystanders = { other, foreign, ownInput };
    if (events.length === 0 && rejections.length === 0) {
      this.#bystanders = sum(this.#bystanders, counts(bystanders));
      return ACCEPTED;
    }
    const received = events.length + rejections.length;
    try {
      const request = { events, keys: [] };
      await this.#commit(request, counts({ ...bystanders, received, rejected: rejections.length }), (decision) =>
        decideRequest(request, decision),
      );
    } catch (error) {
      this.#report('the store took nothing of a request, which the sender is asked to repeat', error);
      return { kind: 'retryable', message: 'the store cannot be written', retryAfterSeconds: RETRY_AFTER_SECONDS };
    }
    return { kind: 'accepted', rejected: rejections.length, message: summarise(rejections) };
  }

  /** Commits, and takes along what was counted in memory since the last commit. */
  async #commit(request: CommitRequest, counted: Counters, decide: (options: DecideOptions) => Decide): Promise<void> {
    const bystanders = this.#bystanders;
    this.#bystanders = new Map();
    const now = this.#now();
    const hasSink = this.#outbox !== undefined;
    try {
      const options = { windowNanos: this.#windowNanos, now, hasSink, counted: sum(bystanders, counted) };
      await this.#store.commit(request, decide(options));
    } catch (error) {
      this.#bystanders = sum(this.#bystanders, bystanders);
      throw error;
    }
    this.#outbox?.wake();
    this.#metrics?.touch();
  }

  /** Tells what only the passing of time makes known, and forgets uids past the horizon. */
  async #passTime(): Promise<void> {
    const now = this.#now();
    try {
      let keys: readonly string[];
      do {
        keys = await this.#store.dueIssues(now, DUE_ISSUES_PER_COMMIT);
        if (keys.length > 0) await this.#commit({ events: [], keys }, new Map(), decideDue);
      } while (keys.length === DUE_ISSUES_PER_COMMIT);
      if (now - this.#uidsForgottenAt < UID_CLEANUP_NANOS) return;
      await this.#store.forgetUids(now - DEDUP_HORIZON_NANOS - this.#windowNanos);
      this.#uidsForgottenAt = now;
    } catch (error) {
      this.#report('the store could not be brought up to date; it is tried again', error);
    }
  }

  #schedulePassTime(): void {
    this.#timer = startTimer(PASS_TIME_MILLIS, () => {
      this.#timePassing = this.#passTime().then(() => {
        if (this.#closing === undefined) this.#schedulePassTime();
      });
    });
  }

  #report(what: string, cause: unknown): void {
    this.#onError(new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
  }
}

function counts(fields: Partial<Record<AccountingField, number>>): Counters {
  return new Map(Object.entries(fields).filter(([, count]) => count > 0));
}

function sum(a: Counters, b: Counters): Counters {
  const total = new Map(a);
  for (const [name, count] of b) total.set(name, (total.get(name) ?? 0) + count);
  return total;
}

/** The reasons, each once with its number: what partial success tells the sender. */
function summarise(rejections: readonly string[]): string {
  const byReason = new Map<string, number>();
  for (const reason of rejections) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  return [...byReason].map(([reason, count]) => `${count} issue event(s) rejected: ${reason}`).join('; ');
}
