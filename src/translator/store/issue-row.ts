import { crc32 } from 'node:zlib';
import { type EventPack, EventTail } from '../../lifecycle/event-tail.ts';
import { isStraggler } from '../../lifecycle/history.ts';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import { unpackEvents } from '../../lifecycle/packed-events.ts';
import type { RecentlyTold } from '../../lifecycle/story.ts';
import { decodeRow, encodeRow } from './encoding.ts';

/** An issue's row: everything but the tail, which lies in rows of its own and so is not rewritten with each event. */
export interface IssueRow {
  /** The record, and in a second line what was told of it. */
  readonly record: string;
  readonly crc: number;
}

export function encodeIssue({ history, story, ...rest }: IssueRecord): IssueRow {
  const { base, head, folded = null } = history;
  const { recent, ...tellable } = story;
  const text = `${encodeRow({ ...rest, history: { base, head, folded }, story: tellable })}\n[${recent.map(toldText).join(',')}]`;
  return { record: text, crc: crc32(text) };
}

/** @throws when a row is not what was written */
export function decodeIssue(row: IssueRow, tails: readonly Uint8Array[]): IssueRecord {
  if (crc32(row.record) !== row.crc) throw new Error('an issue does not match its checksum: the file is damaged');
  const [recordText = '', recentText] = row.record.split('\n');
  const { history, story, ...rest } = decodeRow(recordText) as IssueRecord;
  const { base, head, folded } = history;
  const withoutTail = { base, head, folded: folded ?? undefined, tail: EventTail.EMPTY };
  // What was folded since it was written still lies there until its whole row may go, and what was moved lies there twice.
  const movable = tails.flatMap(unpackEvents).filter((event) => !isStraggler(withoutTail, event));
  const events = new Map(movable.map((event) => [event.uid, event]));
  return {
    ...rest,
    history: { ...withoutTail, tail: EventTail.of(events.values()).pack() },
    // Versions up to 3 of the schema wrote all in one.
    story: recentText === undefined ? story : { ...story, recent: readRecent(recentText) },
  };
}

type ToldList = [RecentlyTold['transition'], number, string, boolean, number, RecentlyTold['severity']];

/** As `JSON.stringify` would: none of these words needs an escape, and a hundred of them are written with each row. */
function toldText({ transition, episode, at, isLate, occurrences, severity }: RecentlyTold): string {
  return `["${transition}",${episode},"${at}",${isLate},${occurrences},"${severity}"]`;
}

function readRecent(text: string): readonly RecentlyTold[] {
  return (JSON.parse(text) as ToldList[]).map(([transition, episode, at, isLate, occurrences, severity]) => {
    return { transition, episode, at: BigInt(at), isLate, occurrences, severity };
  });
}

/** A tail row. */
export function joinPacks(packs: readonly EventPack[]): Uint8Array {
  return Buffer.concat(packs.map(({ bytes }) => bytes));
}
