import type { Severity } from '../../lifecycle/issue-event.ts';
import { piece, type Piece } from '../dev/line.ts';
import type { Style } from '../dev/paint.ts';
import { plain } from '../dev/width.ts';
import { formatDuration, formatWait } from '../duration.ts';
import type { ApiFreshness, ApiIssue } from './api-issue.ts';

export const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'dim',
};

/** What is found by a glance: a dot in the severity's colour for what is open. */
export function stateMark({ state, severity }: Pick<ApiIssue, 'state' | 'severity'>): Piece {
  if (state === 'open') return piece(SEVERITY_STYLES[severity], '●');
  return state === 'resolved' ? piece('good', '✓') : piece('dim', '–');
}

/** How long the episode has been open, or was: `3h07m`. */
export function openFor(issue: ApiIssue, nowMillis: number): string {
  if (issue.state !== 'open') return formatWait(issue.timeToResolveSeconds);
  const seconds = (nowMillis - Date.parse(issue.openedAt)) / 1000;
  return formatWait(Number.isFinite(seconds) ? seconds : 0);
}

/** The agent's own id for the issue; empty where it gave none, since a fingerprint says nothing to people. */
export function idOf({ issueId }: ApiIssue): string {
  return /^v\d+-[0-9a-f]{32}$/.test(issueId) ? '' : plain(issueId);
}

/** `2026-11-23 10:02:03`, local. */
export function formatMoment(time: string): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

const OLD_SECONDS = 60;

/** Says that the picture may be old, in a sentence; undefined while it is not. */
export function newsWarning({ asOf, lagSeconds }: ApiFreshness): string | undefined {
  if (asOf === '') return 'the translator has had no event yet: nothing is known of any issue';
  if (lagSeconds <= OLD_SECONDS) return undefined;
  const age = formatDuration(lagSeconds);
  return `the news is ${age} old (newest event ${formatMoment(asOf)}): nothing happened since, or it does not arrive`;
}
