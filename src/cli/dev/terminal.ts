import { describe, type Description } from './describe.ts';
import { fit, paintLine, piece, spaced, widthOf, type Piece } from './line.ts';
import { LABEL_STYLES, type Paint, type Style } from './paint.ts';
import { planBar } from './plan-bar.ts';
import { RecentMap } from './recent.ts';
import type { StoryEvent } from './story-event.ts';
import type { StoryItem } from './story-item.ts';
import { columnsOf, cut, cutStart, pad, plain } from './width.ts';

export interface TerminalOptions {
  /** Columns of the terminal; Infinity in a pipe, where nothing is cut. */
  readonly columns: number;
  readonly paint: Paint;
}

const GUTTER_COLUMNS = 2;
const TIME_COLUMNS = 9;
/** From this width on each line begins with its time. */
const WIDE_COLUMNS = 100;
const LABEL_COLUMNS = { narrow: 14, wide: 20 } as const;
/** In this much room a plan's bar leaves so many columns for what its step says. */
const WIDE_ROOM_COLUMNS = 80;
const STEP_SUMMARY_COLUMNS = 26;
/** Deeper tools are not indented further: a line needs room for what it says. */
const DEPTH_MAX = 6;
const REMEMBERED_LABELS = 1000;

/**
 * Items as lines: `▶ lead-4801      lead-qualifier · lead_processing`. From left to right: time (wide terminals), a mark for
 * what must be found by a glance, whose line it is (the task, else the agent) in that task's colour, and what happened.
 */
export class Terminal {
  /** Set again when the terminal is resized. */
  columns: number;
  readonly #paint: Paint;
  readonly #labels = new RecentMap<Style>(REMEMBERED_LABELS);
  #nextLabel = 0;

  constructor({ columns, paint }: TerminalOptions) {
    this.columns = columns;
    this.#paint = paint;
  }

  lines(item: StoryItem): readonly string[] {
    const prefixColumns = widthOf(this.#prefix(item.event, undefined));
    const room = Math.max(20, this.columns - prefixColumns);
    return describeLines(item, room).map(({ gutter, pieces }) => {
      const content = fit([piece('plain', '  '.repeat(Math.min(item.depth, DEPTH_MAX))), ...pieces], room);
      const time = gutter === undefined ? [] : this.#timeAtEnd(item.event, room - widthOf(content));
      return paintLine([...this.#prefix(item.event, gutter), ...content, ...time], this.#paint);
    });
  }

  /** A narrow terminal has the time at the end of the lines that one looks for, where there is room. */
  #timeAtEnd({ timeUnixNano }: StoryEvent, left: number): readonly Piece[] {
    if (this.columns >= WIDE_COLUMNS || left < TIME_COLUMNS + 1) return [];
    return [piece('plain', ' '.repeat(left - TIME_COLUMNS + 1)), piece('dim', clock(timeUnixNano))];
  }

  #prefix({ timeUnixNano, taskId, agentId }: StoryEvent, gutter: Piece | undefined): readonly Piece[] {
    const isWide = this.columns >= WIDE_COLUMNS;
    const labelColumns = isWide ? LABEL_COLUMNS.wide : LABEL_COLUMNS.narrow;
    const label = taskId === '' ? cut(plain(agentId), labelColumns) : cutStart(plain(taskId), labelColumns);
    const style: Style = taskId === '' ? 'strong' : this.#labelStyle(taskId);
    return [
      ...(isWide ? [piece('dim', pad(clock(timeUnixNano), TIME_COLUMNS))] : []),
      piece(gutter?.style ?? 'plain', pad(gutter?.text ?? '', GUTTER_COLUMNS)),
      piece(style, label),
      piece('plain', ' '.repeat(labelColumns - columnsOf(label) + 1)),
    ];
  }

  /** The next colour for each new task: tasks that run side by side then differ. */
  #labelStyle(taskId: string): Style {
    const known = this.#labels.get(taskId);
    if (known !== undefined) return known;
    const style = LABEL_STYLES[this.#nextLabel++ % LABEL_STYLES.length] ?? 'plain';
    this.#labels.set(taskId, style);
    return style;
  }
}

function describeLines(item: StoryItem, room: number): readonly Description[] {
  switch (item.kind) {
    case 'plan':
      return describePlan(item, room);
    case 'plan_step':
      return describeStep(item, room);
    default:
      return [describe(item)];
  }
}

function describePlan({ plan, hasBar }: StoryItem & { readonly kind: 'plan' }, room: number): readonly Description[] {
  const { goal, revision, steps } = plan;
  const title = revision === 0 ? '◇ plan' : `◇ replan r${revision}`;
  const heading = { pieces: spaced(piece('active', title), piece('plain', plain(goal))) };
  return hasBar && steps.length > 0 ? [heading, { pieces: planBar(steps, 0, room) }] : [heading];
}

/** The bar, and what the step says behind it; with no room there, a line of its own for what an ended step says. */
function describeStep(item: StoryItem & { readonly kind: 'plan_step' }, room: number): readonly Description[] {
  const { plan, index, action, hasBar } = item;
  const summary = plain(item.summary);
  const hasNews = summary !== '' && summary !== plain(plan.steps[index]?.name ?? '');
  const style: Style = action === 'failed' ? 'bad' : 'dim';
  const news = hasNews && action !== 'started' ? [{ pieces: [piece(style, `└ ${summary}`)] }] : [];
  if (!hasBar) return news;
  const bar = planBar(plan.steps, index, room >= WIDE_ROOM_COLUMNS ? room - STEP_SUMMARY_COLUMNS : room);
  const left = room - widthOf(bar) - 2;
  if (hasNews && columnsOf(summary) <= left) return [{ pieces: [...bar, piece('plain', '  '), piece(style, summary)] }];
  return [{ pieces: bar }, ...news];
}

/** Local time of day. */
function clock(timeUnixNano: bigint): string {
  const date = new Date(Number(timeUnixNano / 1_000_000n));
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
