import type { IssueEvent } from './issue-event.ts';

/** When an event was, and when it was taken, unix ns. */
export type EventMoments = Pick<IssueEvent, 'effectiveTime' | 'takenAt'>;

/** What is said in words; an event mostly says what the one before said. */
export interface Words {
  readonly summary: string;
  readonly severityAsSaid: string;
  readonly category: string;
}

export const NOTHING_SAID: Words = { summary: '', severityAsSaid: '', category: '' };
export const KINDS = ['report', 'resolve', 'dismiss'] as const;
export const KIND_MASK = 3;
export const SEVERITY_SHIFT = 2;
export const SEVERITY_MASK = 3;
/** The words are those of the event before. */
export const REPEATED = 16;
/** The ids are 16 and 8 bytes, of lower-case hex. */
export const RAW_IDS = 32;
/** The count is one byte. */
export const SMALL_COUNT = 64;
export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;
export const INTEGER_BYTES = 8;
export const LENGTH_BYTES = 4;
/** Lowest bit of a text's length: it has characters beyond Latin-1 and so two bytes for each. */
export const WIDE = 1;

export const HEX_DIGITS = '0123456789abcdef';
