import { fit, paintLine, piece, spaced, type Piece } from '../dev/line.ts';
import type { Style } from '../dev/paint.ts';
import { pad, plain } from '../dev/width.ts';
import { formatWait } from '../duration.ts';
import type { ApiDetails, ApiHistoryEntry, ApiIssue } from './api-issue.ts';
import type { TableOptions } from './issue-table.ts';
import { formatMoment, idOf, openFor, SEVERITY_STYLES, stateMark } from './issue-text.ts';

/** An issue for people: what it is, whose it is, and what happened to it, oldest first. */
export function timelineLines({ issue, history }: ApiDetails, options: TableOptions): readonly string[] {
  const lines = [
    headline(issue, options.nowMillis),
    [piece('plain', `  ${plain(issue.summary)}`)],
    [],
    ...factLines(issue),
    [],
    ...eventLines(history),
  ];
  return lines.map((pieces) => paintLine(fit(pieces, options.columns), options.paint));
}

function headline(issue: ApiIssue, nowMillis: number): readonly Piece[] {
  const { state, severity, episode, occurrences, totalOccurrences, isStale } = issue;
  const age = openFor(issue, nowMillis);
  const facts = [
    state === 'open' ? `open for ${age}` : `${state} after ${age}`,
    ...(isStale ? ['its agent is silent'] : []),
    ...(episode > 1 ? [`episode ${episode}`] : []),
    totalOccurrences > occurrences ? `×${occurrences} (${totalOccurrences} in all)` : `×${occurrences}`,
  ];
  return spaced(
    stateMark(issue),
    piece('strong', idOf(issue) || issue.key.slice(0, 8)),
    piece(SEVERITY_STYLES[severity], severity),
    piece('plain', `· ${facts.join(' · ')}`),
  );
}

const FACT_COLUMNS = 10;

function factLines(issue: ApiIssue): readonly (readonly Piece[])[] {
  const where = [issue.environment, issue.namespace].filter(Boolean).map(plain).join(' · ');
  const rows: readonly (readonly [string, string])[] = [
    ['key', issue.key],
    ['agent', plain(issue.agentId)],
    ['where', where],
    ['category', plain(issue.category)],
    ['trace', spanText(issue)],
  ];
  return rows
    .filter(([, text]) => text !== '')
    .map(([name, text]) => [piece('dim', `  ${pad(name, FACT_COLUMNS)}`), piece('plain', text)]);
}

function spanText({ traceId, spanId }: ApiIssue): string {
  return traceId === '' ? '' : `${traceId} span ${spanId}`;
}

const TRANSITION_COLUMNS = 10;
const MARKS: Readonly<Record<string, readonly [string, Style]>> = {
  opened: ['●', 'bad'],
  reopened: ['●', 'bad'],
  recurred: ['·', 'dim'],
  resolved: ['✓', 'good'],
  dismissed: ['–', 'human'],
  unmatched: ['?', 'warn'],
};

/** A line for each event; reports that follow each other with one severity share one, with the last of them. */
function eventLines(history: readonly ApiHistoryEntry[]): readonly (readonly Piece[])[] {
  const lines: (readonly Piece[])[] = [];
  let openedAt = '';
  for (let at = 0; at < history.length; at++) {
    const first = history[at];
    if (first === undefined) break;
    let last = first;
    for (let next = history[at + 1]; next !== undefined && isMoreOf(first, next); next = history[at + 1]) {
      last = next;
      at++;
    }
    if (isOpening(first)) openedAt = first.at;
    lines.push(eventLine(first, last, openedAt));
  }
  return lines;
}

function eventLine(first: ApiHistoryEntry, last: ApiHistoryEntry, openedAt: string): readonly Piece[] {
  const [mark, style] = MARKS[first.transition] ?? ['·', 'plain'];
  return [
    piece('dim', `  ${formatMoment(first.at)}  `),
    piece(style, `${mark} ${pad(first.transition, TRANSITION_COLUMNS)}`),
    factOf(first, last, openedAt),
    piece('plain', last.said === '' ? '' : `  ${plain(last.said)}`),
  ];
}

function factOf(first: ApiHistoryEntry, last: ApiHistoryEntry, openedAt: string): Piece {
  switch (first.transition) {
    case 'opened':
    case 'reopened':
      return piece(
        SEVERITY_STYLES[first.severity],
        first.episode > 1 ? `${first.severity}, episode ${first.episode}` : first.severity,
      );
    case 'recurred': {
      const until = first === last ? '' : ` until ${formatMoment(last.at).slice(-8)}`;
      return piece(SEVERITY_STYLES[first.severity], `${first.severity} ×${last.occurrences}${until}`);
    }
    case 'resolved':
    case 'dismissed':
      return piece('good', openedAt === '' ? 'closed' : `after ${formatWait(secondsBetween(openedAt, first.at))}`);
    default:
      return piece('dim', 'closed nothing');
  }
}

function isMoreOf(first: ApiHistoryEntry, next: ApiHistoryEntry): boolean {
  return first.transition === 'recurred' && next.transition === 'recurred' && next.severity === first.severity;
}

function isOpening({ transition }: ApiHistoryEntry): boolean {
  return transition === 'opened' || transition === 'reopened';
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
