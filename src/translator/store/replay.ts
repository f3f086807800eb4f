import { type IssueRecord, passTime, takeEvent } from '../../lifecycle/issue.ts';
import type { CounterTable } from './counter-table.ts';
import type { FreshEvents } from './fresh-events.ts';
import type { IssueTable } from './issue-table.ts';
import { type JournalRequest, readJournalRow } from './journal.ts';
import { LiveIssue } from './live-issue.ts';
import { bytes, number, type Row } from './row.ts';
import type { UidHasher } from './uid-hasher.ts';
import type { UidIndex } from './uid-index.ts';

export interface ReplayTarget {
  readonly issues: IssueTable;
  readonly counters: CounterTable;
  readonly uids: UidIndex;
  readonly hasher: UidHasher;
}

export interface Replayed {
  /** Of the journal's first row; of the next row when it is empty. */
  readonly firstSequence: number;
  /** Of its last row. */
  readonly sequence: number;
  readonly events: number;
  readonly newestEventTime: bigint;
}

/**
 * Applies the journal to what was written behind it. A row whose effect an issue has already, by the sequence in the
 * issue's row, is passed over for that issue: so a crash in the middle of a checkpoint is one as any other.
 */
export function replayJournal(
  rows: Iterable<Row>,
  saved: { readonly covered: number; readonly newestEventTime: bigint },
  target: ReplayTarget,
): Replayed {
  const replay = new Replay(target);
  let { newestEventTime } = saved;
  let firstSequence: number | undefined;
  let sequence = saved.covered;
  let events = 0;
  for (const row of rows) {
    const at = number(row, 'sequence');
    firstSequence ??= at;
    sequence = Math.max(sequence, at);
    const { requests, counted } = readJournalRow({ sequence: at, crc: number(row, 'crc'), entry: bytes(row, 'entry') });
    for (const request of requests) {
      replay.apply(request, at);
      events += request.events.length;
      const { newestTime } = request.events;
      if (newestTime > newestEventTime) newestEventTime = newestTime;
    }
    if (at > saved.covered) target.counters.add(counted);
  }
  replay.finish();
  return { firstSequence: firstSequence ?? sequence + 1, sequence, events, newestEventTime };
}

/** An issue on its way through the journal. */
interface Replaying {
  readonly before: IssueRecord | undefined;
  readonly sequence: number;
  issue: LiveIssue | undefined;
}

class Replay {
  readonly #target: ReplayTarget;
  readonly #issues = new Map<string, Replaying>();

  constructor(target: ReplayTarget) {
    this.#target = target;
  }

  apply({ events, keys, now, windowNanos }: JournalRequest, sequence: number): void {
    const { uids, hasher } = this.#target;
    for (let place = 0; place < events.length; place++) {
      uids.take(events.hashUid(place, hasher));
      uids.confirm(events.peek(place).takenAt);
      const issue = this.#issueOf(events.names(place).key);
      if (sequence > issue.sequence) take(issue, events, place, windowNanos);
    }
    for (const key of keys) {
      const issue = this.#issueOf(key);
      if (sequence <= issue.sequence || issue.issue === undefined) continue;
      issue.issue = liveOf(passTime(issue.issue.record, now).record);
    }
  }

  finish(): void {
    for (const { before, issue } of this.#issues.values()) {
      const record = issue?.record;
      if (record !== undefined && record !== before) this.#target.issues.put(before && new LiveIssue(before), record);
    }
  }

  #issueOf(key: string): Replaying {
    const known = this.#issues.get(key);
    if (known !== undefined) return known;
    const loaded = this.#target.issues.load(key);
    const issue: Replaying = {
      before: loaded?.record,
      sequence: loaded?.sequence ?? 0,
      issue: liveOf(loaded?.record),
    };
    this.#issues.set(key, issue);
    return issue;
  }
}

function take(replaying: Replaying, events: FreshEvents, place: number, windowNanos: bigint): void {
  const { issue } = replaying;
  if (issue?.recur(events.peek(place), windowNanos) !== undefined) return;
  const addressed = events.at(place);
  if (addressed !== undefined) replaying.issue = liveOf(takeEvent(issue?.record, addressed, windowNanos).record);
}

function liveOf(record: IssueRecord | undefined): LiveIssue | undefined {
  return record && new LiveIssue(record);
}
