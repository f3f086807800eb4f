import { crc32 } from 'node:zlib';
import { EventTail } from '../../lifecycle/event-tail.ts';
import { isStraggler } from '../../lifecycle/history.ts';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import { unpackEvents } from '../../lifecycle/pack-reader.ts';
import { type EventPack } from '../../lifecycle/packed-events.ts';
import type { Story } from '../../lifecycle/story.ts';
import { type RecentlyTold, ToldList } from '../../lifecycle/told-list.ts';
import { decodeRow, encodeRow } from './encoding.ts';

/** An issue's row: everything but the tail, which lies in rows of its own and so is not rewritten with each event. */
export interface IssueRow {
  /** The record without what was told of it. */
  readonly record: string;
  /** What was told of it, packed; undefined in a row of versions up to 4 of the schema, whose `record` has it. */
  readonly recent: Uint8Array | undefined;
  /** Of the record, and after it what was told. */
  readonly crc: number;
}

export function encodeIssue({ history, story, ...rest }: IssueRecord): IssueRow & { readonly recent: Uint8Array } {
  const { base, head, folded = null } = history;
  const { recent: told, ...tellable } = story;
  const record = encodeRow({ ...rest, history: { base, head, folded }, story: tellable });
  const recent = told.bytes;
  return { record, recent, crc: checksum({ record, recent }) };
}

/** @throws when a row is not what was written */
export function decodeIssue(row: IssueRow, tails: readonly Uint8Array[]): IssueRecord {
  if (checksum(row) !== row.crc) throw new Error('an issue does not match its checksum: the file is damaged');
  const [recordText = '', recentText] = row.record.split('\n');
  const { history, story, ...rest } = decodeRow(recordText) as WrittenRecord;
  const { base, head, folded } = history;
  const withoutTail = { base, head, folded: folded ?? undefined, tail: EventTail.EMPTY };
  // What was folded since it was written still lies there until its whole row may go, and what was moved lies there twice.
  const movable = tails.flatMap(unpackEvents).filter((event) => !isStraggler(withoutTail, event));
  const events = new Map(movable.map((event) => [event.uid, event]));
  return {
    ...rest,
    history: { ...withoutTail, tail: EventTail.of(events.values()).pack() },
    story: { ...story, recent: row.recent ? ToldList.fromBytes(row.recent) : readOldRecent(recentText, story.recent) },
  };
}

/** What the text of a row says. */
type WrittenRecord = Omit<IssueRecord, 'story'> & {
  readonly story: Omit<Story, 'recent'> & {
    /** Of versions up to 3 of the schema, which wrote all in one. */
    readonly recent?: readonly RecentlyTold[];
  };
};

function checksum({ record, recent }: Omit<IssueRow, 'crc'>): number {
  const crc = crc32(record);
  return recent === undefined ? crc : crc32(recent, crc);
}

type OldTold = [RecentlyTold['transition'], number, string, boolean, number, RecentlyTold['severity']];

/** @param text the second line, which version 4 of the schema wrote */
function readOldRecent(text: string | undefined, recent: readonly RecentlyTold[] = []): ToldList {
  if (text === undefined) return ToldList.EMPTY.add(recent);
  const told = (JSON.parse(text) as OldTold[]).map(([transition, episode, at, isLate, occurrences, severity]) => {
    return { transition, episode, at: BigInt(at), isLate, occurrences, severity };
  });
  return ToldList.EMPTY.add(told);
}

/** A tail row. */
export function joinPacks(packs: readonly EventPack[]): Uint8Array {
  return Buffer.concat(packs.map(({ bytes }) => bytes));
}
