import { DEDUP_HORIZON_NANOS } from '../lifecycle/history.ts';
import type { AgentBeats } from '../lifecycle/silence.ts';
import { type Accounting, type AccountingField, readAccounting } from './accounting.ts';
import { AgentWatch } from './agent-watch.ts';
import { findIssue, type IssueDetails } from './api/find-issue.ts';
import { freshnessAt, type Moment } from './api/freshness.ts';
import type { IssueQuery } from './api/issue-query.ts';
import { type IssuePage, listIssues } from './api/list-issues.ts';
import { dismissalOf, type DismissalOutcome, type DismissalReason, IssueMovedOn, onlyIfUnmoved } from './dismissal.ts';
import { decideDue, type DecideOptions, decideRequest } from './emit/decide.ts';
import { answerCounter } from './emit/answer-points.ts';
import { type MetricEmitter, openMetricEmitter } from './emit/metric-emitter.ts';
import { folderOf } from './free-space.ts';
import type { Answer } from './http/answer.ts';
import type { Health } from './http/health-routes.ts';
import { ACCEPTED, type Receipt, type Receiver, type SentBody } from './http/receiver.ts';
import { takeLogs, takeMetrics, takeSpans } from './intake/intake.ts';
import type { Intake } from './intake/sorter.ts';
import { takeEncodedLogs } from './intake/take-encoded-logs.ts';
import { type IssueView, viewIssue } from './issue-view.ts';
import type { DerivedSink } from './outbox/derived-sink.ts';
import { openOtlpSink, type OtlpSinkOptions } from './outbox/otlp-sink.ts';
import type { MetricData } from './otlp/model.ts';
import { openOutbox, type Outbox, type OutboxLimits } from './outbox/outbox.ts';
import { startTimer, type Timer } from './outbox/timer.ts';
import { checkReadiness } from './readiness.ts';
import { openStore, type StoreUrl } from './store/open-store.ts';
import type { CommitRequest, Counters, Decide, OutgoingSignal, Store, WireRequest } from './store/store.ts';
import { sum, UnsavedCounts } from './unsaved-counts.ts';

export interface TranslatorOptions {
  /** Where it keeps what it knows. `memory:` forgets with the process. */
  readonly store: StoreUrl;
  /** Where derived telemetry goes: an OTLP/HTTP receiver's base address, or code of yours. Default: nowhere. */
  readonly sink?: DerivedSink | OtlpSinkOptions;
  /** How late an event may come and still find its place in its issue's history, in milliseconds. Default: 900 000 (15 min). */
  readonly reorderWindowMillis?: number;
  /** Longest time between two sends of the derived metrics, in milliseconds. Default: 30 000, at most 60 000. */
  readonly snapshotIntervalMillis?: number;
  /** What may wait for a sink that is away; beyond it the oldest gives way. Default: a million rows of a signal, 7 days. */
  readonly outbox?: OutboxLimits;
  /** How long a closed issue is remembered, in milliseconds. Default: 7 776 000 000 (90 days), at least 7 days and the window. */
  readonly retentionMillis?: number;
  /** The clock: unix ns. Default: the wall clock. */
  readonly now?: () => bigint;
  /** Hears of trouble that it deals with by itself: a send that is tried again, a store that cannot be written. Default: nobody. */
  readonly onError?: (error: Error) => void;
}

/** Takes OTLP in, keeps the life of each issue, and sends what it derives. */
export interface Translator {
  /** What an OTLP server hands its requests to. It resolves once they are durable. */
  readonly receiver: Required<Receiver>;
  /** All issues, open and closed, in the order of their keys. */
  issues(): Promise<readonly IssueView[]>;
  /** A page of the issues that the query asks for, in the order of their keys. */
  listIssues(query: IssueQuery): Promise<IssuePage>;
  /** The issue whose key begins so, with its history; `ambiguous` when several do. @param keyPrefix 4 to 32 hex digits */
  findIssue(keyPrefix: string): Promise<IssueDetails | 'ambiguous' | undefined>;
  counters(): Promise<Accounting>;
  /** Counts a request that was answered, for `hiveloop.translator.requests`: the HTTP server is not its own. */
  countAnswer(answer: Answer): void;
  /**
   * Closes an issue by a person's decision. The dismissal is an issue event as any other: counted, durable when this
   * resolves, told.
   * @throws when the store cannot be written
   */
  dismiss(key: string, reason: DismissalReason): Promise<DismissalOutcome>;
  /** Whether it can do its work: write its store, and send what it derives. */
  health(): Promise<Health>;
  /** Time of the newest issue event or heartbeat taken, unix ns; 0n before the first. */
  asOf(): bigint;
  /** All metrics as they stand now, those of issues and its own; see `prometheusText`. */
  metrics(): Promise<readonly MetricData[]>;
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
const RETENTION_MILLIS = 7_776_000_000;
const ISSUES_FORGOTTEN_PER_COMMIT = 500;
const CLEANUP_NANOS = 3_600_000_000_000n;
const AGENT_BEATS_NANOS = 5_000_000_000n;
const ISSUES_PER_PAGE = 500;
const RETRY_AFTER_SECONDS = 5;

/** @throws when the store cannot be opened or the sink's address is none */
export async function createTranslator(options: TranslatorOptions): Promise<Translator> {
  const { sink, now = wallClock } = options;
  const derived = sink === undefined || 'logs' in sink ? sink : openOtlpSink(sink);
  const store = openStore(options.store, now());
  try {
    return new StoredTranslator({ store, sink: derived, agentBeats: await store.agentBeats() }, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Parts {
  readonly store: Store;
  readonly sink: DerivedSink | undefined;
  readonly agentBeats: readonly AgentBeats[];
}

function wallClock(): bigint {
  return BigInt(Date.now()) * MILLISECOND_NANOS;
}

class StoredTranslator implements Translator {
  readonly receiver: Required<Receiver>;
  readonly #store: Store;
  readonly #storeFolder: string | undefined;
  readonly #now: () => bigint;
  readonly #windowNanos: bigint;
  readonly #retentionNanos: bigint;
  readonly #onError: (error: Error) => void;
  readonly #outbox: Outbox | undefined;
  readonly #metrics: MetricEmitter;
  readonly #agents: AgentWatch;
  readonly #unsaved = new UnsavedCounts();
  #cleanedUpAt = 0n;
  #agentBeatsSavedAt = 0n;
  #timer: Timer | undefined;
  #timePassing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor({ store, sink, agentBeats }: Parts, options: TranslatorOptions) {
    this.#store = store;
    this.#storeFolder = folderOf(options.store);
    this.#now = options.now ?? wallClock;
    this.#agents = new AgentWatch(agentBeats, this.#now());
    this.#windowNanos = BigInt(Math.round(options.reorderWindowMillis ?? WINDOW_MILLIS)) * MILLISECOND_NANOS;
    const retentionNanos = BigInt(Math.round(options.retentionMillis ?? RETENTION_MILLIS)) * MILLISECOND_NANOS;
    const horizonNanos = DEDUP_HORIZON_NANOS + this.#windowNanos;
    // Sooner forgotten, a late event would open the issue again.
    this.#retentionNanos = retentionNanos > horizonNanos ? retentionNanos : horizonNanos;
    this.#onError = options.onError ?? (() => undefined);
    const { snapshotIntervalMillis: intervalMillis = SNAPSHOT_INTERVAL_MILLIS, outbox: limits = {} } = options;
    const common = { store, now: this.#now, onError: this.#onError };
    const counters = (): Promise<Counters> => this.#unsaved.readWith(store);
    this.#metrics = openMetricEmitter({ ...common, sink, intervalMillis, counters });
    if (sink !== undefined) this.#outbox = openOutbox({ ...common, sink, limits });
    this.#outbox?.wake();
    const arrival = (): { arrival: bigint; windowNanos: bigint } => ({
      arrival: this.#now(),
      windowNanos: this.#windowNanos,
    });
    this.receiver = {
      logs: async (batch, sent) => {
        const clock = arrival();
        return this.#receive(takeLogs(batch, clock), wireOf('logs', sent, clock.arrival));
      },
      encodedLogs: async (body, sent) => {
        const clock = arrival();
        return this.#receive(takeEncodedLogs(body, clock), wireOf('logs', sent, clock.arrival));
      },
      traces: async (batch, sent) => {
        const clock = arrival();
        return this.#receive(takeSpans(batch, clock), wireOf('traces', sent, clock.arrival));
      },
      metrics: async (batch) => this.#receive(takeMetrics(batch)),
    };
    this.#schedulePassTime();
  }

  async issues(): Promise<readonly IssueView[]> {
    const views: IssueView[] = [];
    const { isSilent } = this.#moment();
    for (let afterKey: string | undefined = ''; afterKey !== undefined;) {
      const page = await this.#store.issues(afterKey, ISSUES_PER_PAGE);
      views.push(...page.flatMap((record) => viewIssue(record, isSilent(record.identity)) ?? []));
      afterKey = page.at(-1)?.key;
    }
    return views;
  }

  listIssues(query: IssueQuery): Promise<IssuePage> {
    return listIssues(this.#store, query, this.#moment());
  }

  findIssue(keyPrefix: string): Promise<IssueDetails | 'ambiguous' | undefined> {
    return findIssue(this.#store, keyPrefix, this.#moment());
  }

  async counters(): Promise<Accounting> {
    return readAccounting(await this.#unsaved.readWith(this.#store));
  }

  countAnswer(answer: Answer): void {
    this.#unsaved.add(new Map([[answerCounter(answer), 1]]));
  }

  async dismiss(key: string, reason: DismissalReason): Promise<DismissalOutcome> {
    for (;;) {
      const record = await this.#store.issue(key);
      const status = record?.history.head.status ?? 'unseen';
      if (record === undefined || status === 'unseen') return 'unknown';
      if (status !== 'open') return 'not_open';
      const request = { events: [dismissalOf(record, reason, this.#now())], keys: [] };
      try {
        await this.#commit(request, counts({ received: 1 }), (options) =>
          onlyIfUnmoved(record, request, decideRequest(request, options)),
        );
        return 'dismissed';
      } catch (error) {
        if (!(error instanceof IssueMovedOn)) throw error;
      }
    }
  }

  health(): Promise<Health> {
    return checkReadiness(this.#store, {
      now: this.#now(),
      hasSink: this.#outbox !== undefined,
      folder: this.#storeFolder,
    });
  }

  asOf(): bigint {
    const [event, sign] = [this.#store.newestEventTime(), this.#agents.newestSignAt];
    return event > sign ? event : sign;
  }

  metrics(): Promise<readonly MetricData[]> {
    return this.#metrics.read();
  }

  async flush(): Promise<void> {
    await this.#passTime();
    // The metrics tell how much waits: they go last.
    await this.#outbox?.flush();
    await this.#metrics.emit();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    try {
      await this.#timePassing;
      // On a full disk neither can be kept; what was acknowledged is, and what can be sent is sent all the same.
      await this.#saveCounts().catch((error: unknown) =>
        this.#report('records that were only counted are lost', error),
      );
      await this.#saveAgentBeats().catch((error: unknown) => this.#report('the newest heartbeats are lost', error));
      await this.flush();
      await Promise.all([this.#outbox?.close(), this.#metrics.close()]);
    } finally {
      await this.#store.close();
    }
  }

  async #receive(intake: Intake, wire?: WireRequest): Promise<Receipt> {
    const { events, rejections, other, foreign, ownInput } = intake;
    const bystanders = { other, foreign, ownInput };
    if (events.length === 0 && rejections.length === 0) {
      this.#unsaved.add(counts(bystanders));
      this.#watchAgents(intake);
      return ACCEPTED;
    }
    const received = events.length + rejections.length;
    try {
      const request = { events, keys: [], ...(wire !== undefined && { wire }) };
      await this.#commit(request, counts({ ...bystanders, received, rejected: rejections.length }), (decision) =>
        decideRequest(request, decision),
      );
    } catch (error) {
      this.#report('the store took nothing of a request, which the sender is asked to repeat', error);
      return { kind: 'retryable', message: 'the store cannot be written', retryAfterSeconds: RETRY_AFTER_SECONDS };
    }
    this.#watchAgents(intake);
    return { kind: 'accepted', rejected: rejections.length, message: summarise(rejections) };
  }

  #watchAgents({ signs, events }: Intake): void {
    if (signs.length === 0 && events.length === 0) return;
    this.#agents.take(signs, events, this.#now());
  }

  #moment(): Moment {
    const now = this.#now();
    return { freshness: freshnessAt(this.asOf(), now), isSilent: (agent) => this.#agents.isSilent(agent, now) };
  }

  /** Commits, and takes along what was counted in memory since the last commit. */
  async #commit(request: CommitRequest, counted: Counters, decide: (options: DecideOptions) => Decide): Promise<void> {
    const now = this.#now();
    const hasSink = this.#outbox !== undefined;
    const { exemplars } = this.#metrics;
    await this.#unsaved.takeAlong((unsaved) => {
      const options = { windowNanos: this.#windowNanos, now, hasSink, counted: sum(unsaved, counted), exemplars };
      return this.#store.commit({ ...request, now, windowNanos: this.#windowNanos }, decide(options));
    });
    this.#outbox?.wake();
    this.#metrics.touch();
  }

  #saveCounts(): Promise<void> {
    return this.#unsaved.save((counts) => this.#store.count(counts));
  }

  /** Behind what is acknowledged: a few heartbeats lost in a crash only put off the mark. */
  #saveAgentBeats(): Promise<void> {
    return this.#agents.save((change) => this.#store.saveAgentBeats(change));
  }

  /** Tells what only the passing of time makes known, and forgets what is past the horizon and the retention. */
  async #passTime(): Promise<void> {
    const now = this.#now();
    try {
      let keys: readonly string[];
      do {
        keys = await this.#store.dueIssues(now, DUE_ISSUES_PER_COMMIT);
        if (keys.length > 0) await this.#commit({ events: [], keys }, new Map(), decideDue);
      } while (keys.length === DUE_ISSUES_PER_COMMIT);
      await this.#saveCounts();
      if (now - this.#agentBeatsSavedAt >= AGENT_BEATS_NANOS) {
        await this.#saveAgentBeats();
        this.#agentBeatsSavedAt = now;
      }
      if (now - this.#cleanedUpAt < CLEANUP_NANOS) return;
      await this.#forget(now);
      this.#cleanedUpAt = now;
    } catch (error) {
      this.#report('the store could not be brought up to date; it is tried again', error);
    }
  }

  async #forget(now: bigint): Promise<void> {
    const horizon = now - DEDUP_HORIZON_NANOS - this.#windowNanos;
    await this.#store.forgetUids(horizon);
    const limit = ISSUES_FORGOTTEN_PER_COMMIT;
    const limits = { closedBefore: now - this.#retentionNanos, unseenBefore: horizon, limit };
    while ((await this.#store.forgetIssues(limits)) === limit);
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

function wireOf(signal: OutgoingSignal, sent: SentBody | undefined, arrival: bigint): WireRequest | undefined {
  return sent && { signal, ...sent, arrival };
}

function counts(fields: Partial<Record<AccountingField, number>>): Counters {
  return new Map(Object.entries(fields).filter(([, count]) => count > 0));
}

/** The reasons, each once with its number: what partial success tells the sender. */
function summarise(rejections: readonly string[]): string {
  const byReason = new Map<string, number>();
  for (const reason of rejections) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  return [...byReason].map(([reason, count]) => `${count} issue event(s) rejected: ${reason}`).join('; ');
}
