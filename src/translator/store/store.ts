import type { AgentIdentity, IssueIdentity } from '../../lifecycle/identity.ts';
import type { AddressedEvent, IssueRecord, Reporter } from '../../lifecycle/issue.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import type { Recurrences } from '../../lifecycle/recurrence.ts';
import type { AgentBeats } from '../../lifecycle/silence.ts';
import type { Encoding } from '../otlp/model.ts';

/**
 * What must survive a crash. Each method is one transaction: whole and on disk when it resolves, or it rejects and
 * nothing happened. Nothing here tells which engine is behind it.
 */
export interface Store {
  readonly identity: StoreIdentity;
  /**
   * Takes events whose uid is new for their agent, gives them, in the order of their histories, with the records of
   * their issues (loaded, and locked until the end) to `decide`, and keeps what it answers.
   */
  commit(request: CommitRequest, decide: Decide): Promise<void>;
  /** Keys of issues whose `dueAt` is not after `now`, earliest first. */
  dueIssues(now: bigint, limit: number): Promise<readonly string[]>;
  issue(key: string): Promise<IssueRecord | undefined>;
  /** Issues in the order of their keys, from the one after `afterKey` (`''`: from the first). */
  issues(afterKey: string, limit: number): Promise<readonly IssueRecord[]>;
  /** Open issues counted by all that labels a metric; a group whose issues are all closed counts 0. */
  activeIssues(): Promise<readonly ActiveIssues[]>;
  /** Open issues, the most severe first, among equals the longest open. */
  worstIssues(limit: number): Promise<readonly IssueRecord[]>;
  /** The same, told by what does not change as they recur, so that it can be asked every second: it costs no walk and mostly no reading. */
  worstOpenIssues(limit: number): Promise<readonly OpenIssue[]>;
  counters(): Promise<Counters>;
  /** Forgets these counters, unless one has another value than the one given: then it counts again. */
  forgetCounters(counters: Counters): Promise<void>;
  /** Telemetry that waits to be sent, oldest first; it stays until acknowledged, parked or aged out. */
  nextOutgoing(signal: OutgoingSignal, limit: number): Promise<readonly OutgoingRow[]>;
  acknowledge(rows: readonly OutgoingRow[]): Promise<void>;
  /**
   * Sets aside what the receiver will never take, and counts it (`outboxCounter('parked', signal)`); the newest
   * {@link PARKED_ROWS_MAX} are kept for people to look at.
   */
  park(row: OutgoingRow, reason: string): Promise<void>;
  /**
   * Drops the oldest telemetry of a signal that waits since before `queuedBefore` or that is more than `maxRows`, at
   * most {@link AGED_ROWS_PER_COMMIT} at a time, and counts it (`outboxCounter('agedOut', signal)`). Answers how many.
   */
  ageOut(signal: OutgoingSignal, limits: OutboxLimits): Promise<number>;
  outboxDepth(): Promise<OutboxDepth>;
  /** Adds to counters, in a transaction of its own. */
  count(counted: Counters): Promise<void>;
  /** Metric series that were sent and have not ended, by name, so that they end also when their issues go while nothing runs. */
  emittedSeries(): Promise<readonly string[]>;
  saveEmittedSeries(change: EmittedSeriesChange): Promise<void>;
  /** What was known of agents' heartbeats when it was last saved, in any order. */
  agentBeats(): Promise<readonly AgentBeats[]>;
  saveAgentBeats(change: AgentBeatsChange): Promise<void>;
  /** Forgets uids of events taken before this, unix ns; an engine that keeps them by the day may keep some for longer. */
  forgetUids(takenBefore: bigint): Promise<void>;
  /** Forgets issues that nobody has heard of for so long. Answers how many; fewer than the limit when that was all. */
  forgetIssues(limits: ForgetLimits): Promise<number>;
  /** Effective time of the newest event taken, unix ns; 0n before the first. */
  newestEventTime(): bigint;
  /** Rejects when nothing can be written now, or when what is written in the background fails; the error says why. */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

/** Given once, when the store is made, and kept with it over restarts and moves. */
export interface StoreIdentity {
  /** A UUID: the `service.instance.id` of what is derived from this store. */
  readonly id: string;
  /** Unix ns: where the cumulative counters begin. */
  readonly createdAt: bigint;
}

/** Events in some order, as an array is one. Another may build them only when they are asked for. */
export interface EventList extends Iterable<AddressedEvent> {
  readonly length: number;
  at(place: number): AddressedEvent | undefined;
}

export interface CommitRequest {
  readonly events: EventList;
  /** Issues to load besides those of the events. */
  readonly keys: readonly string[];
  /** The clock that `decide` goes by, unix ns. Default: when the newest of the events was taken. */
  readonly now?: bigint;
  /** The window that `decide` goes by. Default: {@link WINDOW_NANOS}. A restart may decide the request again. */
  readonly windowNanos?: bigint;
  /** What the events were read from, for an engine to keep in their place. Default: the events themselves are kept. */
  readonly wire?: WireRequest;
}

/** An export request as it was sent. `readWire` finds its events again, in their order. */
export interface WireRequest {
  readonly signal: OutgoingSignal;
  readonly encoding: Encoding;
  readonly isGzip: boolean;
  readonly bytes: Uint8Array;
  /** Length of `bytes` once unpacked. */
  readonly unpackedBytes: number;
  /** By which the times of its events were judged, unix ns. */
  readonly arrival: bigint;
}

/**
 * Pure: it may be called again when a transaction has to be repeated. What becomes of the records follows from the
 * request alone, by `takeEvent` for each event in order and `passTime` for each of `keys`: so an engine may keep the
 * request and find the records again.
 */
export type Decide = (fresh: EventList, issues: RequestIssues) => Decision;

/** The issues of a request. */
export interface RequestIssues {
  /** An issue of the request's events or keys, with all that {@link recur} took into it. */
  get(key: string): IssueRecord | undefined;
  /** Those of the request's keys, at least. */
  values(): Iterable<IssueRecord>;
  /**
   * Takes the fresh event at this place into its issue if it is a mere recurrence, and keeps it, as soon as the request
   * is on disk: the issue is then not to be among the records of the decision for its sake. Undefined for any other
   * event, which is not taken, and for all of its issue that come after it in the request. Default: none is.
   */
  recur?(place: number, windowNanos: bigint): Recurrences | undefined;
}

/** What becomes of a request. */
export interface Decision {
  readonly records: readonly IssueRecord[];
  readonly outgoing: readonly Outgoing[];
  /** Added to the counters of the same name. */
  readonly counted: Counters;
}

/** Whole numbers that never go down, by name. One that would be too large to be exact stays at the largest that is. */
export type Counters = ReadonlyMap<string, number>;

export function addCounts(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

export type OutgoingSignal = 'logs' | 'traces';

/** One piece of derived telemetry on its way out. */
export interface Outgoing {
  readonly signal: OutgoingSignal;
  /** A whole export request in protobuf. These bytes are what is sent, at the first attempt and at the last. */
  readonly body: Uint8Array;
  /** When it was queued, unix ns. */
  readonly queuedAt: bigint;
}

export interface OutgoingRow {
  /** Place in the order of sending. */
  readonly sequence: number;
  readonly outgoing: Outgoing;
}

export interface ActiveIssues {
  readonly agent: AgentIdentity;
  readonly reporter: Reporter;
  readonly severity: Severity;
  readonly category: string;
  readonly open: number;
  /** Start of the episode that is open the longest, unix ns; 0n when none is open. */
  readonly oldestOpenedAt: bigint;
}

/** What is said of an open issue that does not change as it recurs. */
export interface OpenIssue {
  readonly key: string;
  readonly identity: IssueIdentity;
  readonly reporter: Reporter;
  readonly severity: Severity;
  /** Start of the episode, unix ns. */
  readonly openedAt: bigint;
}

/** Unix ns; an issue is as old as its newest event, by the later of its own time and ours. */
export interface ForgetLimits {
  /** For issues that are closed. */
  readonly closedBefore: bigint;
  /** For those that have only closers. */
  readonly unseenBefore: bigint;
  /** Issues in one transaction, at most. */
  readonly limit: number;
}

export interface OutboxLimits {
  readonly maxRows: number;
  /** Unix ns. */
  readonly queuedBefore: bigint;
}

export type OutboxDepth = Readonly<Record<OutgoingSignal, WaitingRows>>;

export interface WaitingRows {
  readonly rows: number;
  /** When the oldest was queued, unix ns; 0n when none waits. */
  readonly oldestQueuedAt: bigint;
}

export interface EmittedSeriesChange {
  readonly started: readonly string[];
  readonly ended: readonly string[];
}

export interface AgentBeatsChange {
  readonly known: readonly AgentBeats[];
  /** None of them in `known`. */
  readonly forgotten: readonly AgentIdentity[];
}

/** Name of the counter of what became of outgoing telemetry, besides its arrival. */
export function outboxCounter(what: 'parked' | 'agedOut' | 'rejected', signal: OutgoingSignal): string {
  return `outbox.${what}.${signal}`;
}

/** How late an event may come and still find its place: 15 min. */
export const WINDOW_NANOS = 900_000_000_000n;
export const PARKED_ROWS_MAX = 1000;
export const AGED_ROWS_PER_COMMIT = 10_000;
