import { SEVERITIES } from '../../lifecycle/issue-event.ts';
import { fit, paintLine, piece, spaced, type Piece } from '../dev/line.ts';
import type { Paint } from '../dev/paint.ts';
import { columnsOf, cut, pad, plain } from '../dev/width.ts';
import type { ApiIssue } from './api-issue.ts';
import { idOf, openFor, SEVERITY_STYLES, stateMark } from './issue-text.ts';

export interface TableOptions {
  /** Of the terminal; Infinity cuts nothing. */
  readonly columns: number;
  /** Unix milliseconds. */
  readonly nowMillis: number;
  readonly paint: Paint;
}

/** Worst first: the open ones by severity, then the longest open; after them what is closed, the last closed first. */
export function worstFirst(issues: readonly ApiIssue[]): readonly ApiIssue[] {
  const rank = ({ severity }: ApiIssue): number => SEVERITIES.indexOf(severity);
  return issues.toSorted((a, b) => {
    const [isOpen, isOtherOpen] = [a.state === 'open', b.state === 'open'];
    if (isOpen !== isOtherOpen) return isOpen ? -1 : 1;
    if (!isOpen) return compare(b.resolvedAt, a.resolvedAt);
    return rank(a) - rank(b) || compare(a.openedAt, b.openedAt);
  });
}

const WIDE_COLUMNS = 100;
const AGENT_COLUMNS_MAX = { narrow: 14, wide: 24 } as const;
const SEVERITY_COLUMNS = 8;
const AGE_COLUMNS = 6;
const KEY_COLUMNS_MIN = 8;

/** The issues as a table with a heading, a line each; the part of the key that is shown is enough to name the issue among them. */
export function tableLines(
  issues: readonly ApiIssue[],
  { columns, nowMillis, paint }: TableOptions,
): readonly string[] {
  const agentMax = AGENT_COLUMNS_MAX[columns >= WIDE_COLUMNS ? 'wide' : 'narrow'];
  const widths: Widths = {
    key: keyColumns(issues),
    times: Math.max(2, ...issues.map(({ occurrences }) => `×${occurrences}`.length)),
    agent: Math.min(agentMax, Math.max('AGENT'.length, ...issues.map(({ agentId }) => columnsOf(plain(agentId))))),
  };
  const heading = [
    piece('dim', `  ${pad('KEY', widths.key)} ${pad('SEVERITY', SEVERITY_COLUMNS)} ${padStart('OPEN', AGE_COLUMNS)} `),
    piece('dim', `${padStart('×', widths.times)}  ${pad('AGENT', widths.agent)}  ISSUE`),
  ];
  const rows = issues.map((issue) => row(issue, widths, nowMillis));
  return [heading, ...rows].map((pieces) => paintLine(fit(pieces, columns), paint));
}

interface Widths {
  readonly key: number;
  readonly times: number;
  readonly agent: number;
}

function row(issue: ApiIssue, widths: Widths, nowMillis: number): readonly Piece[] {
  const { key, severity, agentId, occurrences, state, isStale, episode } = issue;
  const isOpen = state === 'open';
  return [
    stateMark(issue),
    piece('dim', ` ${key.slice(0, widths.key)} `),
    piece(isOpen ? SEVERITY_STYLES[severity] : 'dim', `${pad(severity, SEVERITY_COLUMNS)} `),
    piece(isOpen ? 'plain' : 'dim', `${padStart(openFor(issue, nowMillis), AGE_COLUMNS)} `),
    piece('dim', `${padStart(`×${occurrences}`, widths.times)}  `),
    piece('plain', `${pad(cut(plain(agentId), widths.agent), widths.agent)}  `),
    ...spaced(
      isOpen ? undefined : piece('dim', state),
      isOpen && isStale ? piece('warn', 'silent') : undefined,
      episode > 1 ? piece('human', `ep ${episode}`) : undefined,
      piece('strong', idOf(issue)),
      piece('plain', plain(issue.summary)),
    ),
  ];
}

/** Enough of the keys to tell these apart. */
function keyColumns(issues: readonly ApiIssue[]): number {
  let columns = KEY_COLUMNS_MIN;
  while (columns < 32 && new Set(issues.map(({ key }) => key.slice(0, columns))).size < issues.length) columns++;
  return columns;
}

function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
