import { PLAN_MARKS } from '../../semconv.ts';
import { piece, type Piece } from './line.ts';
import type { Style } from './paint.ts';
import type { PlanStep, StepState } from './plan-state.ts';
import { columnsOf, cut, plain } from './width.ts';

const STYLES: Readonly<Record<StepState, Style>> = {
  pending: 'dim',
  started: 'active',
  completed: 'good',
  failed: 'bad',
  skipped: 'dim',
};
/** `[■ ` before and `]` behind a name, and the space to the next. */
const FRAME_COLUMNS = 5;
/** A name shorter than this says nothing: then the bar has marks only. */
const NAME_COLUMNS_MIN = 4;

/** `[■ Search CRM] [▪ Score lead] [  Route]`; in few columns names are cut, the longest first, then left out: `[■■▪  ] Score lead`. */
export function planBar(steps: readonly PlanStep[], current: number, columns: number): readonly Piece[] {
  const names = steps.map(({ name }) => plain(name));
  const room = columns - FRAME_COLUMNS * steps.length + 1;
  const limit = nameLimit(names.map(columnsOf), room);
  if (limit < NAME_COLUMNS_MIN) return marksOnly(steps, names[current] ?? '', columns);
  return steps.flatMap(({ state }, index) => [
    ...(index === 0 ? [] : [piece('plain', ' ')]),
    piece(STYLES[state], `[${PLAN_MARKS[state]} ${cut(names[index] ?? '', limit)}]`),
  ]);
}

/** The largest number of columns a name may take so that all of them fit. */
export function nameLimit(widths: readonly number[], room: number): number {
  if (widths.reduce((sum, width) => sum + width, 0) <= room) return Math.max(NAME_COLUMNS_MIN, ...widths);
  let limit = 0;
  while (widths.reduce((sum, width) => sum + Math.min(width, limit + 1), 0) <= room) limit++;
  return limit;
}

function marksOnly(steps: readonly PlanStep[], name: string, columns: number): readonly Piece[] {
  const shown = steps.slice(0, Math.max(0, columns - 6));
  const more = steps.length > shown.length ? `+${steps.length - shown.length}` : '';
  return [
    piece('dim', '['),
    ...shown.map(({ state }) => piece(STYLES[state], PLAN_MARKS[state])),
    piece('dim', `]${more} `),
    piece('plain', cut(name, columns - shown.length - more.length - 3)),
  ];
}
