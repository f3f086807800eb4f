import type { AgentIdentity } from '../../lifecycle/identity.ts';
import type { AddressedEvent, IssueRecord, Reporter } from '../../lifecycle/issue.ts';
import type { Severity } from '../../lifecycle/issue-event.ts';
import type { ScopeLogs, ScopeSpans } from '../otlp/model.ts';

/**
 * What must survive a crash. Each method is one transaction: whole and on disk when it resolves, or it rejects and
 * nothing happened. Nothing here tells which engine is behind it.
 */
export interface Store {
  readonly identity: StoreIdentity;
  /**
   * Takes events whose uid is new for their agent, gives them with the records of their issues (loaded, and locked
   * until the end) to `decide`, and keeps what it answers.
   */
  commit(request: CommitRequest, decide: Decide): Promise<void>;
  /** Keys of issues whose `dueAt` is not after `now`, earliest first. */
  dueIssues(now: bigint, limit: number): Promise<readonly string[]>;
  /** Issues in the order of their keys, from the one after `afterKey` (`''`: from the first). */
  issues(afterKey: string, limit: number): Promise<readonly IssueRecord[]>;
  /** Open issues counted by all that labels a metric; a group whose issues are all closed counts 0. */
  activeIssues(): Promise<readonly ActiveIssues[]>;
  counters(): Promise<Counters>;
  /** Telemetry that waits to be sent, oldest first; it stays until acknowledged or parked. */
  nextOutgoing(signal: OutgoingSignal, limit: number): Promise<readonly OutgoingRow[]>;
  acknowledge(rows: readonly OutgoingRow[]): Promise<void>;
  /** Sets aside what the receiver will never take; the newest {@link PARKED_ROWS_MAX} are kept for people to look at. */
  park(row: OutgoingRow, reason: string): Promise<void>;
  /** Forgets uids of events taken before this, unix ns. */
  forgetUids(takenBefore: bigint): Promise<void>;
  close(): Promise<void>;
}

/** Given once, when the store is made, and kept with it over restarts and moves. */
export interface StoreIdentity {
  /** A UUID: the `service.instance.id` of what is derived from this store. */
  readonly id: string;
  /** Unix ns: where the cumulative counters begin. */
  readonly createdAt: bigint;
}

export interface CommitRequest {
  readonly events: readonly AddressedEvent[];
  /** Issues to load besides those of the events. */
  readonly keys: readonly string[];
}

/** Pure: it may be called again when a transaction has to be repeated. */
export type Decide = (fresh: readonly AddressedEvent[], records: ReadonlyMap<string, IssueRecord>) => Decision;

/** What becomes of a request. */
export interface Decision {
  readonly records: readonly IssueRecord[];
  readonly outgoing: readonly Outgoing[];
  /** Added to the counters of the same name. */
  readonly counted: Counters;
}

/** Whole numbers that never go down, by name. */
export type Counters = ReadonlyMap<string, number>;

export type OutgoingSignal = Outgoing['signal'];

/** One piece of derived telemetry on its way out. */
export type Outgoing =
  { readonly signal: 'logs'; readonly batch: ScopeLogs } | { readonly signal: 'traces'; readonly batch: ScopeSpans };

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
}

export const PARKED_ROWS_MAX = 1000;
