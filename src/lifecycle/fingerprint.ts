import { sha256 } from './sha256.ts';

/** Version of the algorithm in this file, part of every fingerprint. A change of any rule below is a new version. */
export const FINGERPRINT_VERSION = 1;

/** Words after a number that make it a quantity: `500 ms`, `450 times`, `3x`. */
const UNIT =
  'ns|[uµμ]s|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|b|bytes?|[kmgt]i?b|tokens?|items?|rows?|records?|times|x';

const URL_QUERY = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/[^\s?"'<>]*)\?[^\s"'<>)]*/g;
const UUID = /(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])/g;
const DATE_TIME =
  /(?<![\p{L}\p{N}])\d{4}-\d{2}-\d{2}(?:[t ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?)?(?![\p{L}\p{N}])/gu;
const CLOCK = /(?<![\p{L}\p{N}.:])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?![\p{L}\p{N}:])/gu;
const HEX = /(?<![\p{L}\p{N}_])(?:0x[0-9a-f]+|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,})(?![\p{L}\p{N}_])/gu;
/** A number that no word runs into: not the 2 of `v2`, the 4 of `gpt-4`, the 4 of `4xx`, the 24 of `24-hour`. */
const NUMBER = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])(?<![\p{L}\p{N}_][-.])\d+(?:[.,:/-]\d+)*(?: ?%| ?(?:${UNIT})(?![\p{L}\p{N}_])|(?![\p{L}\p{N}_]|-\p{L}))`,
  'gu',
);
/** Characters of a summary that are looked at: whatever is sent, the patterns above take microseconds. */
const CHARACTERS_MAX = 1024;
const STATUS_CODE = /^[45]\d\d$/;

/**
 * The summary with what varies from one report to the next taken out: `Lead 4821: timeout after 30 s` and
 * `lead 77:  timeout after 12s` give the same text. Status codes stay, since 403 and 503 are different problems.
 */
export function normaliseSummary(summary: string): string {
  return summary
    .slice(0, CHARACTERS_MAX)
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(URL_QUERY, '$1?<query>')
    .replace(UUID, '<uuid>')
    .replace(DATE_TIME, '<time>')
    .replace(CLOCK, '<time>')
    .replace(HEX, '<hex>')
    .replace(NUMBER, (number) => (STATUS_CODE.test(number) ? number : quantity(number)));
}

function quantity(number: string): string {
  const unit = /[^\d.,:/ -].*$/u.exec(number)?.[0];
  return unit === undefined ? '<n>' : `<n> ${unit}`;
}

/** What stands for an issue id where the agent gave none: the version, then 32 hex digits of the SHA-256 of the normalised summary. */
export function fingerprint(summary: string): string {
  return `v${FINGERPRINT_VERSION}-${sha256(normaliseSummary(summary)).slice(0, 32)}`;
}
