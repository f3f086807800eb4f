import { UsageError } from './usage-error.ts';

/**
 * Reads a count, `1000000` or `1_000_000`.
 * @throws UsageError naming the flag when the text is no whole number above 0
 */
export function parseCount(flag: string, text: string): number {
  const digits = /^\d+(?:_\d+)*$/.test(text.trim()) ? text.trim().replaceAll('_', '') : '';
  const count = Number(digits);
  if (!(count > 0) || !Number.isSafeInteger(count)) {
    throw new UsageError(`--${flag} '${text}' is not a count; write a whole number above 0, such as 1000000`);
  }
  return count;
}
