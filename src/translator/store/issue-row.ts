import { crc32 } from 'node:zlib';
import { type EventPack, EventTail } from '../../lifecycle/event-tail.ts';
import { isStraggler } from '../../lifecycle/history.ts';
import type { IssueRecord } from '../../lifecycle/issue.ts';
import { unpackEvents } from '../../lifecycle/packed-events.ts';
import { decodeRow, encodeRow } from './encoding.ts';

/** An issue's row: everything but the tail, which lies in rows of its own and so is not rewritten with each event. */
export interface IssueRow {
  readonly record: string;
  readonly crc: number;
}

export function encodeIssue(record: IssueRecord): IssueRow {
  const { history, ...rest } = record;
  const text = encodeRow({
    ...rest,
    history: { base: history.base, head: history.head, folded: history.folded ?? null },
  });
  return { record: text, crc: crc32(text) };
}

/** @throws when a row is not what was written */
export function decodeIssue(row: IssueRow, tails: readonly Uint8Array[]): IssueRecord {
  if (crc32(row.record) !== row.crc) throw new Error('an issue does not match its checksum: the file is damaged');
  const { history, ...rest } = decodeRow(row.record) as IssueRecord;
  const { base, head, folded } = history;
  const withoutTail = { base, head, folded: folded ?? undefined, tail: EventTail.EMPTY };
  // What was folded since it was written still lies there until its whole row may go, and what was moved lies there twice.
  const movable = tails.flatMap(unpackEvents).filter((event) => !isStraggler(withoutTail, event));
  const events = new Map(movable.map((event) => [event.uid, event]));
  return { ...rest, history: { ...withoutTail, tail: EventTail.of(events.values()).pack() } };
}

/** A tail row. */
export function joinPacks(packs: readonly EventPack[]): Uint8Array {
  return Buffer.concat(packs.map(({ bytes }) => bytes));
}
