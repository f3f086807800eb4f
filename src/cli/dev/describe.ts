import { formatDuration, formatWait } from '../duration.ts';
import { piece, spaced, type Piece } from './line.ts';
import type { Style } from './paint.ts';
import type { IssueTransition, LlmCall, StoryItem, TaskEnd } from './story-item.ts';
import { SEVERITY_ERROR, textOf } from './story-event.ts';
import { plain } from './width.ts';
import { ATTR_ISSUE_SUMMARY } from '../../semconv.ts';

/** What stands in a line behind its label. `gutter` is the mark at the very left, for what must be found by a glance. */
export interface Description {
  readonly gutter?: Piece;
  readonly pieces: readonly Piece[];
}

/** Columns that a name keeps when the line is too long. */
const NAME_MIN = 10;
const FAILURE_MIN = 24;

/** The words and colours of every item but the plan's. */
export function describe(item: Exclude<StoryItem, { kind: 'plan' | 'plan_step' }>): Description {
  const { event } = item;
  const summary = plain(event.summary);
  switch (item.kind) {
    case 'task_started': {
      const about = [event.agentId, item.taskType, item.project].map(plain).filter(Boolean);
      return { gutter: piece('strong', '▶'), pieces: [piece('strong', about.join(' · '))] };
    }
    case 'task_ended':
      return describeTaskEnd(item);
    case 'action_open': {
      const running = item.runningSeconds === undefined ? '' : `running ${formatDuration(item.runningSeconds)} …`;
      return line(piece('active', '○'), piece('plain', plain(item.name), NAME_MIN), piece('dim', running));
    }
    case 'action_ended': {
      const duration = piece('dim', seconds(item.durationSeconds));
      const name = plain(item.name);
      if (item.failure === undefined) return line(piece('active', '●'), piece('plain', name, NAME_MIN), duration);
      return line(piece('bad', `✗ ${name}`, NAME_MIN), duration, piece('bad', plain(item.failure)));
    }
    case 'llm':
      return { pieces: describeLlm(item) };
    case 'retry': {
      const attempt = item.attempt === undefined ? 'retry' : `retry #${item.attempt}`;
      const wait = item.backoffSeconds === undefined ? '' : `(${formatWait(item.backoffSeconds)})`;
      return line(piece('warn', `↻ ${attempt}`), piece('warn', wait), piece('plain', summary));
    }
    case 'escalation': {
      const to = item.assignedTo === '' ? '' : ` → ${plain(item.assignedTo)}`;
      return line(
        piece('warn', `▲ escalated${to}`),
        piece('plain', summary),
        piece('dim', item.reason === '' ? '' : `(${plain(item.reason)})`),
      );
    }
    case 'approval_requested': {
      const from = item.approver === '' ? '' : ` from ${plain(item.approver)}`;
      return line(piece('human', `‖ approval requested${from}`), piece('plain', summary));
    }
    case 'approval_received': {
      const isApproved = item.decision === 'approved';
      const by = item.approvedBy === '' ? '' : ` by ${plain(item.approvedBy)}`;
      const wait = item.waitSeconds === undefined ? '' : `after ${formatWait(item.waitSeconds)}`;
      const verdict = piece(isApproved ? 'good' : 'bad', `${isApproved ? '✔' : '✗'} ${plain(item.decision)}${by}`);
      return line(verdict, piece('dim', wait), piece('plain', summary));
    }
    case 'issue_said': {
      const words = [`agent ${item.verb} issue`, plain(item.issueId), plain(item.severity)].filter(Boolean);
      return line(piece('dim', `! ${words.join(' ')}`), piece('dim', summary));
    }
    case 'issue_transition':
      return describeTransition(item, plain(textOf(event.attributes, ATTR_ISSUE_SUMMARY)) || summary);
    case 'queue': {
      const badge = piece(item.items > 5 ? 'warn' : 'active', `Q:${item.items}`);
      const oldest =
        item.oldestSeconds === undefined || item.items === 0 ? '' : `oldest ${formatWait(item.oldestSeconds)}`;
      const processing = item.processing === '' ? '' : `working on ${plain(item.processing)}`;
      return line(badge, piece('dim', [oldest, processing].filter(Boolean).join(' · ')));
    }
    case 'todo': {
      const mark = item.action === 'completed' ? '☑' : '☐';
      const words = ['todo', plain(item.action), plain(item.todoId), plain(item.priority)].filter(Boolean);
      return line(piece('human', `${mark} ${words.join(' ')}`), piece('plain', summary));
    }
    case 'scheduled':
      return line(piece('human', '◷'), piece('plain', summary === '' ? `${item.count} scheduled` : summary));
    case 'agent_stopped':
      return { gutter: piece('dim', '◼'), pieces: [piece('dim', 'agent stopped')] };
    case 'custom': {
      const style: Style = event.severityNumber >= SEVERITY_ERROR ? 'bad' : 'plain';
      return line(
        piece(style, `· ${plain(event.name)}`),
        piece(style, summary === event.name ? '' : summary),
        piece('dim', plain(item.payload)),
      );
    }
  }
}

function describeTaskEnd({
  outcome,
  status,
  durationSeconds,
  failure,
  tools,
  toolsFailed,
  retries,
}: TaskEnd): Description {
  const isGood = outcome === 'completed';
  const style: Style = isGood ? 'good' : outcome === 'failed' ? 'bad' : 'warn';
  const counts = [
    tools === 0 ? '' : `${plural(tools, 'tool')}${toolsFailed === 0 ? '' : `, ${toolsFailed} failed`}`,
    retries === 0 ? '' : retries === 1 ? '1 retry' : `${retries} retries`,
  ].filter(Boolean);
  const words = status === '' || status === outcome ? outcome : `${outcome} (${plain(status)})`;
  return {
    gutter: piece(style, isGood ? '✔' : '✗'),
    pieces: spaced(
      piece(style, [words, seconds(durationSeconds)].filter(Boolean).join(' ')),
      piece('bad', plain(failure), FAILURE_MIN),
      piece('dim', counts.length === 0 ? '' : `· ${counts.join(' · ')}`),
    ),
  };
}

function describeLlm({
  name,
  model,
  inputTokens,
  outputTokens,
  durationSeconds,
  cost,
  failure,
}: LlmCall): readonly Piece[] {
  const tokens =
    inputTokens === undefined && outputTokens === undefined
      ? ''
      : `${formatCount(inputTokens ?? 0)}→${formatCount(outputTokens ?? 0)} tok`;
  return spaced(
    piece(failure === undefined ? 'model' : 'bad', `${failure === undefined ? '■' : '✗'} ${plain(name)}`, NAME_MIN),
    piece('plain', plain(model), NAME_MIN),
    piece(
      'dim',
      [tokens, seconds(durationSeconds), cost === undefined ? '' : formatDollars(cost)].filter(Boolean).join(' '),
    ),
    piece('bad', plain(failure ?? '')),
  );
}

const TRANSITION_STYLES: Readonly<Record<string, Style>> = {
  resolved: 'good',
  dismissed: 'good',
  recurred: 'warn',
  severity_changed: 'warn',
  unmatched: 'dim',
};

function describeTransition(issue: IssueTransition, summary: string): Description {
  const style = TRANSITION_STYLES[issue.transition] ?? 'bad';
  const isClosed = issue.transition === 'resolved' || issue.transition === 'dismissed';
  const after = issue.timeToResolveSeconds ?? issue.ageSeconds;
  const facts = [
    isClosed && after !== undefined ? `after ${formatWait(after)}` : '',
    issue.transition === 'reopened' ? `ep ${issue.episode}` : '',
    issue.transition === 'recurred' && issue.occurrences !== undefined ? `×${issue.occurrences}` : '',
    issue.isLate ? 'late' : '',
  ];
  const severity = isClosed || issue.transition === 'unmatched' ? '' : plain(issue.severity);
  return {
    gutter: piece(style, isClosed ? '○' : '●'),
    pieces: spaced(
      piece(style, `issue ${plain(issue.transition).replaceAll('_', ' ')}`),
      piece('strong', plain(issue.issueId), NAME_MIN),
      piece(style, facts.filter(Boolean).join(' ')),
      piece(style === 'bad' ? 'bad' : 'dim', severity),
      piece(isClosed ? 'dim' : 'plain', summary),
    ),
  };
}

function line(...pieces: readonly Piece[]): Description {
  return { pieces: spaced(...pieces) };
}

function seconds(value: number | undefined): string {
  return value === undefined ? '' : formatDuration(value);
}

/** `1 tool`, `2 tools`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** 210, 3.2k, 48k, 1.2M. */
export function formatCount(count: number): string {
  if (count < 1000) return String(Math.round(count));
  const [scaled, unit] = count < 999_500 ? [count / 1000, 'k'] : [count / 1_000_000, 'M'];
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`;
}

/** $0.012, $1.23: three digits below a dollar. */
export function formatDollars(dollars: number): string {
  return `$${dollars.toFixed(dollars < 1 ? 3 : 2)}`;
}
