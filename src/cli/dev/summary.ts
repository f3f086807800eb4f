import { formatWait } from '../duration.ts';
import { formatCount, formatDollars, plural } from './describe.ts';
import type { Received, SignalCounts } from './intake.ts';
import { fit, paintLine, piece, type Piece } from './line.ts';
import type { Paint } from './paint.ts';
import type { OpenIssue, Totals } from './tally.ts';
import { columnsOf, pad, plain, wrap } from './width.ts';

const HEADING_COLUMNS = 14;
/** With less room than this beside the headings, they stand on lines of their own. */
const TEXT_COLUMNS_MIN = 20;
const NARROW_INDENT_COLUMNS = 2;
const RULE_COLUMNS = 100;

/** What was received, as lines for people; rows about nothing are left out, except tasks and what arrived. */
export function summaryLines(totals: Totals, received: Received, columns: number, paint: Paint): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['tasks', tasksText(totals.tasks)],
    ['tools', toolsText(totals.tools)],
    [
      'retries',
      totals.retries.count === 0
        ? ''
        : `${totals.retries.count}, ${formatWait(totals.retries.backoffSeconds)} lost to backoff`,
    ],
    ['escalations', totals.escalations === 0 ? '' : String(totals.escalations)],
    ['approvals', approvalsText(totals.approvals)],
    ['LLM calls', llmText(totals.llm)],
    ['issues', countsText(Object.entries(totals.issues.byTransition))],
    [
      'queue',
      Object.entries(totals.queues)
        .map(([agentId, depth]) => `${plain(agentId)} Q:${depth}`)
        .join(', '),
    ],
    ['heartbeats', totals.heartbeats === 0 ? '' : String(totals.heartbeats)],
    ['received', receivedText(received, 'story')],
    ['repeated', receivedText(received, 'repeated')],
    ['foreign', receivedText(received, 'foreign')],
  ];
  const rule = `── summary ${'─'.repeat(Math.max(3, Math.min(columns, RULE_COLUMNS) - 11))}`;
  return [
    '',
    paint('dim', rule),
    ...rows.filter(([, text]) => text !== '').flatMap(([heading, text]) => wrapped(heading, text, columns, paint)),
    ...totals.issues.open.map((issue) => paintLine(fit(openIssuePieces(issue), columns), paint)),
  ];
}

/** The same as one line of JSON, named `summary`. */
export function summaryJson(totals: Totals, received: Received, time: string): string {
  return JSON.stringify({ time, name: 'summary', ...totals, received });
}

function tasksText({ started, completed, failed, abandoned, running }: Totals['tasks']): string {
  const parts = countsText([
    ['completed', completed],
    ['failed', failed],
    ['abandoned', abandoned],
    ['running', running],
  ]);
  const total = Math.max(started, completed + failed + abandoned + running);
  return parts === '' ? String(total) : `${total}: ${parts}`;
}

function toolsText(tools: Totals['tools']): string {
  const rows = Object.entries(tools).toSorted(([, a], [, b]) => b.count - a.count);
  const total = rows.reduce((sum, [, { count }]) => sum + count, 0);
  const names = rows.map(
    ([name, { count, failed }]) => `${plain(name)} ${count}${failed === 0 ? '' : ` (${failed} failed)`}`,
  );
  return total === 0 ? '' : `${total}: ${names.join(', ')}`;
}

function approvalsText({ requested, byDecision }: Totals['approvals']): string {
  const answered = Object.values(byDecision).reduce((sum, count) => sum + count, 0);
  const parts = countsText([...Object.entries(byDecision), ['waiting', Math.max(0, requested - answered)]]);
  return requested + answered === 0 ? '' : `${Math.max(requested, answered)}: ${parts}`;
}

function llmText({ calls, inputTokens, outputTokens, costUsd }: Totals['llm']): string {
  const cost = costUsd === 0 ? '' : `, ${formatDollars(costUsd)}`;
  return calls === 0 ? '' : `${calls}: ${formatCount(inputTokens)}→${formatCount(outputTokens)} tok${cost}`;
}

function receivedText({ logs, spans, points }: Received, what: keyof SignalCounts): string {
  const parts = [
    [logs[what], 'log record'],
    [spans[what], 'span'],
    [points[what], 'data point'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
  return counts.length === 0 && what === 'story' ? 'nothing of HiveLoop' : counts.join(', ');
}

function openIssuePieces({ agentId, issueId, severity, episode, occurrences, summary }: OpenIssue): readonly Piece[] {
  const facts = [plain(severity), `×${occurrences}`, episode > 1 ? `ep ${episode}` : '', plain(agentId)].filter(
    Boolean,
  );
  return [
    piece('bad', `${pad('● open issue', HEADING_COLUMNS)}${plain(issueId)}`),
    piece('plain', ` ${facts.join(' · ')} `),
    piece('dim', plain(summary)),
  ];
}

function countsText(counts: readonly (readonly [string, number])[]): string {
  return counts
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${plain(name).replaceAll('_', ' ')}`)
    .join(', ');
}

/**
 * A row whose text goes on below itself, broken at commas where it can be, so that no tool is left out; in a narrow
 * terminal it begins below its heading.
 */
function wrapped(heading: string, text: string, columns: number, paint: Paint): readonly string[] {
  const isNarrow = columns < HEADING_COLUMNS + TEXT_COLUMNS_MIN;
  const indent = isNarrow ? NARROW_INDENT_COLUMNS : HEADING_COLUMNS;
  const lines = brokenAtCommas(text, Math.max(1, columns - indent)).map((part, index) => {
    const title = index === 0 && !isNarrow ? heading : '';
    return paintLine([piece('dim', pad(title, indent)), piece('plain', part)], paint);
  });
  return isNarrow ? [paintLine(fit([piece('dim', heading)], columns), paint), ...lines] : lines;
}

function brokenAtCommas(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  const parts = text.split(', ');
  for (const [index, part] of parts.entries()) {
    const said = index === parts.length - 1 ? part : `${part},`;
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(`${last} ${said}`) <= room) lines[lines.length - 1] = `${last} ${said}`;
    else lines.push(...wrap(said, room));
  }
  return lines;
}
