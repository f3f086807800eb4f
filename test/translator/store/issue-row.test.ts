import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { IssueRecord } from '../../../src/lifecycle/issue.ts';
import { NOTHING_TOLD } from '../../../src/lifecycle/story.ts';
import { encodeRow } from '../../../src/translator/store/encoding.ts';
import { decodeIssue, encodeIssue, type IssueRow, joinPacks } from '../../../src/translator/store/issue-row.ts';
import { parseEvents, play } from '../../lifecycle/events.ts';
import { textRow } from './old-rows.ts';

const { record } = play(parseEvents('r5 r10 c20 r30 r31 c40 r25'));

function decode(row: IssueRow): IssueRecord {
  return decodeIssue(row, [joinPacks(record.history.tail.pack().packs)]);
}

it('an issue is read as it was written', () => {
  expect(record.story.recent.length).toBeGreaterThan(5);
  expect(decode(encodeIssue(record))).toEqual(record);
});

it('an issue of which nothing was told is read as it was written, also where no bytes are nothing', () => {
  const untold = { ...record, story: NOTHING_TOLD };
  const row = encodeIssue(untold);
  expect(decode(row)).toEqual(untold);
  expect(decode({ ...row, recent: undefined })).toEqual(untold);
});

describe('a row of an earlier version', () => {
  it('with what was told as a second line is read, version 4', () => {
    const row = textRow(record);
    expect(row.record.split('\n')).toHaveLength(2);
    expect(decode({ ...row, recent: undefined })).toEqual(record);
  });

  it('with all in one is read, versions up to 3', () => {
    const { base, head, folded } = record.history;
    const story = { ...record.story, recent: [...record.story.recent] };
    const text = encodeRow({ ...record, history: { base, head, folded }, story });
    expect(decode({ record: text, recent: undefined, crc: crc32(text) })).toEqual(record);
  });
});

describe('damage to what was told', () => {
  const row = encodeIssue(record);
  const flipped = row.recent.slice();
  flipped[10] = (flipped[10] ?? 0) ^ 1;

  it.each([
    ['a bit of it', { ...row, recent: flipped }],
    ['its end', { ...row, recent: row.recent.subarray(0, -25) }],
    ['all of it', { ...row, recent: undefined }],
  ])('is found: %s', (_what, damaged) => {
    expect(() => decode(damaged)).toThrow('an issue does not match its checksum: the file is damaged');
  });
});
