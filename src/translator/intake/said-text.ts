import { SEVERITIES, type Severity } from '../../lifecycle/issue-event.ts';
import type { AnyValue } from '../otlp/model.ts';
import { boundedId } from './event-uid.ts';

/** Longest summary that is kept: enough for people, and a state stays small whoever sends it. */
const SUMMARY_CHARACTERS_MAX = 1024;
const WORD_CHARACTERS_MAX = 256;
const COUNT_MAX = 2 ** 32;

/** An id as it is kept; empty for none. */
export function id(value: AnyValue | undefined): string {
  return boundedId(text(value));
}

/** One of the words that describe: a type, a category. */
export function word(value: AnyValue | undefined): string {
  return cut(text(value), WORD_CHARACTERS_MAX);
}

/** A summary as it is kept, from its text. */
export function shortSummary(summary: string): string {
  return cut(summary, SUMMARY_CHARACTERS_MAX);
}

export function severityOf(said: string): Severity {
  switch (said) {
    case 'critical':
    case 'high':
    case 'medium':
    case 'low':
      return said;
    default: {
      const lower = said.toLowerCase();
      return SEVERITIES.find((severity) => severity === lower) ?? 'medium';
    }
  }
}

/** A count as it is kept: whole, 0 for none, and never so large that the sum of many could not be counted exactly. */
export function countOf(value: AnyValue | undefined): number {
  const count = Number(value ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? Math.min(count, COUNT_MAX) : 0;
}

/** The value for people: a string trimmed, any other scalar as JavaScript prints it, anything deeper as JSON. */
export function text(value: AnyValue | undefined): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'string') return trimmed(value);
  if (typeof value === 'object')
    return JSON.stringify(value, (_, nested: unknown) => (typeof nested === 'bigint' ? String(nested) : nested));
  return String(value);
}

/** A copy where something is cut off: a slice would keep all of a long string in memory for as long as the issue lives. */
function cut(long: string, charactersMax: number): string {
  return long.length <= charactersMax ? long : Buffer.from(long.slice(0, charactersMax)).toString();
}

/**
 * A copy where something is trimmed, for the same reason; a copy of two bytes a character, so that no character changes.
 * A text longer than any that is kept is kept by nobody, and not copied.
 */
function trimmed(padded: string): string {
  if (isNoSpace(padded.charCodeAt(0)) && isNoSpace(padded.charCodeAt(padded.length - 1))) return padded;
  const text = padded.trim();
  const isKept = text.length < padded.length && text.length <= SUMMARY_CHARACTERS_MAX;
  return isKept ? Buffer.from(text, 'utf16le').toString('utf16le') : text;
}

/** True for the characters of ASCII that nobody trims, which is what texts nearly always begin and end with. */
function isNoSpace(character: number): boolean {
  return character > 0x20 && character < 0x80;
}
