import { type Checkpoint, nextCheckpointAt, tellCheckpoint } from './checkpoint.ts';
import { allOccurrences } from './fold.ts';
import { insertEvent, isStraggler, NO_HISTORY, settleHistory, type IssueHistory } from './history.ts';
import { type AgentIdentity, agentKey, type IssueIdentity, issueKey } from './identity.ts';
import type { IssueEvent } from './issue-event.ts';
import { NOTHING_TOLD, rememberTold, settleWaiting, type Story, tellEvent, type Told, tellUnmatched } from './story.ts';

/** The service that an issue is found under in every backend. */
export interface Reporter {
  /** `service.name`, empty when it does not say. */
  readonly serviceName: string;
  /** `hiveloop.agent.type`, empty when it does not say. */
  readonly agentType: string;
}

/** An event and whose it is. */
export interface AddressedEvent {
  readonly identity: IssueIdentity;
  readonly reporter: Reporter;
  readonly event: IssueEvent;
  /** What its identity is called, where that is known already. */
  readonly names?: IssueNames;
}

/** All that is kept of one issue. */
export interface IssueRecord {
  readonly key: string;
  readonly identity: IssueIdentity;
  /** Of the first report taken; until then of the first closer. */
  readonly reporter: Reporter;
  readonly history: IssueHistory;
  readonly story: Story;
  /** Reports that came too late for the history. */
  readonly stragglerReports: number;
}

/** What taking an event, or the passing of time, did to an issue. */
export interface IssueUpdate {
  /** Undefined when the only event ever seen of the issue was a straggler. */
  readonly record: IssueRecord | undefined;
  readonly result: 'applied' | 'straggler';
  /** To be sent, in this order. */
  readonly told: readonly Told[];
  /** To be sent as a span only, after what was told. */
  readonly checkpoint?: Checkpoint;
  readonly untoldRecurrences: number;
  /** What the sum of occurrences over all episodes grew by. */
  readonly addedOccurrences: number;
  /** Events that left the tail before the window, because it was full. */
  readonly shortened: number;
}

/** The key under which the event's issue is kept. */
export function keyOf({ identity, names }: AddressedEvent): string {
  return (names ?? namesOf(identity)).key;
}

/** The agent of the event, as one string: uids are unique within it. */
export function agentOf({ identity, names }: AddressedEvent): string {
  return (names ?? namesOf(identity)).agent;
}

export interface IssueNames {
  readonly key: string;
  readonly agent: string;
  /** Who keeps the issue, and where, so that it is looked for once; for the keeper alone. */
  keeper?: object | undefined;
  slot?: number | undefined;
  /** For whoever hashes uids, with the agent that they are unique within. */
  agentHash?: Uint32Array | undefined;
}

/** What an identity is called; to find it costs more than all else that a report does. */
export function namesOf(identity: IssueIdentity): IssueNames {
  const agent: AgentIdentity = identity;
  return { key: issueKey(identity), agent: agentKey(agent) };
}

/** Takes one event whose uid is new into its issue; undefined stands for an issue not yet known. */
export function takeEvent(known: IssueRecord | undefined, addressed: AddressedEvent, windowNanos: bigint): IssueUpdate {
  const { event, reporter } = addressed;
  const record = known ?? newRecord(addressed);
  if (isStraggler(record.history, event)) return { ...unchanged(countStraggler(known, event)), result: 'straggler' };

  const before = record.history.head;
  const { history, newest } = insertEvent(record.history, event);
  const telling = tellEvent(record.story, { key: record.key, event, before, after: history, newest }, windowNanos);
  const settled = settleHistory(history, event.takenAt, windowNanos);
  const final = settleWaiting(telling.story, record.key, settled.steps);
  const told = final.told.length === 0 ? telling.told : [...telling.told, ...final.told];
  const isFirstReport = event.kind === 'report' && before.status === 'unseen';
  return {
    record: {
      key: record.key,
      identity: record.identity,
      reporter: isFirstReport ? reporter : record.reporter,
      history: settled.history,
      story: rememberTold(final.story, told),
      stragglerReports: record.stragglerReports,
    },
    result: 'applied',
    told,
    untoldRecurrences: telling.untoldRecurrences,
    addedOccurrences: allOccurrences(history.head) - allOccurrences(before),
    shortened: settled.shortened,
  };
}

/** When {@link passTime} next has something to say of this issue, unix ns; undefined for never. */
export function dueAt({ story, history }: IssueRecord): bigint | undefined {
  // Not always the first one: after the clock went back, a closer taken later is due earlier.
  const dues = story.waiting.map(({ dueAt: unmatchedAt }) => unmatchedAt);
  const checkpoint = nextCheckpointAt(story, history.head);
  if (checkpoint !== undefined) dues.push(checkpoint);
  const [first, ...others] = dues;
  return others.reduce((earliest, due) => (earliest === undefined || due < earliest ? due : earliest), first);
}

/** What the passing of time alone makes known: closers that closed nothing for a whole window, issues that are open for another day. */
export function passTime(record: IssueRecord, now: bigint): IssueUpdate {
  const { key, history } = record;
  const { story: after, told } = tellUnmatched(record.story, key, history, now);
  const story = rememberTold(after, told);
  const checked = tellCheckpoint(story, key, history.head, now);
  if (checked === undefined) return { ...unchanged(record), record: { ...record, story }, told };
  const [next, checkpoint] = checked;
  return { ...unchanged(record), record: { ...record, story: next }, told, checkpoint };
}

function newRecord(addressed: AddressedEvent): IssueRecord {
  const { identity, reporter } = addressed;
  return {
    key: keyOf(addressed),
    identity,
    reporter,
    history: NO_HISTORY,
    story: NOTHING_TOLD,
    stragglerReports: 0,
  };
}

function countStraggler(record: IssueRecord | undefined, event: IssueEvent): IssueRecord | undefined {
  if (record === undefined || event.kind !== 'report') return record;
  return { ...record, stragglerReports: record.stragglerReports + 1 };
}

function unchanged(record: IssueRecord | undefined): IssueUpdate {
  return { record, result: 'applied', told: [], untoldRecurrences: 0, addedOccurrences: 0, shortened: 0 };
}
