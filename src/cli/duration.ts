import { UsageError } from './usage-error.ts';

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `15m`, `30s`, `500ms`, `1.5h`, `7d` as milliseconds.
 * @throws UsageError naming the flag when the text is no such duration
 */
export function parseDurationMillis(flag: string, text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const millis = Number(amount) * (MILLIS_PER_UNIT[unit] ?? Number.NaN);
  if (unit === '' || !(millis > 0)) {
    throw new UsageError(`--${flag} '${text}' is not a duration; write a number and ms, s, m, h or d, such as 15m`);
  }
  return millis;
}

/** A duration for people, at most six characters: `40ms`, `0.8s`, `59.9s`, `12m05s`, `3h07m`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.0995) return `${Math.max(0, Math.round(seconds * 1000))}ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${twoDigits(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
  return `${Math.floor(minutes / 1440)}d${twoDigits(Math.floor((minutes % 1440) / 60))}h`;
}

/** A waiting time for people, without tenths where it has none or they say little: `2s`, `1.5s`, `12s`, `12m05s`. */
export function formatWait(seconds: number): string {
  const rounded = seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds);
  return rounded >= 1 && rounded < 60 && Number.isInteger(rounded) ? `${rounded}s` : formatDuration(seconds);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
