import type { Paint, Style } from './paint.ts';
import { columnsOf, cut } from './width.ts';

/** A run of text in one style. `shrinksTo`: columns to which it may be cut before anything at the line's end is. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
  readonly shrinksTo?: number;
}

export function piece(style: Style, text: string, shrinksTo?: number): Piece {
  return shrinksTo === undefined ? { style, text } : { style, text, shrinksTo };
}

/** The pieces, with a space between those that are not empty. */
export function spaced(...pieces: readonly (Piece | undefined)[]): readonly Piece[] {
  const shown = pieces.filter((entry): entry is Piece => entry !== undefined && entry.text !== '');
  return shown.flatMap((entry, index) => (index === 0 ? [entry] : [piece('plain', ' '), entry]));
}

/** Below this much of its last piece, a line cuts the pieces that may shrink before it cuts more of the end. */
const TAIL_COLUMNS = 20;

/** Cuts the pieces to the width: the last one down to what still reads, then those that may shrink, then the line's end. */
export function fit(pieces: readonly Piece[], columns: number): readonly Piece[] {
  const tail = Math.max(0, columnsOf(pieces.at(-1)?.text ?? '') - TAIL_COLUMNS);
  let surplus = widthOf(pieces) - tail - columns;
  const shrunk = pieces.map((entry) => {
    if (entry.shrinksTo === undefined || surplus <= 0) return entry;
    const before = columnsOf(entry.text);
    const text = cut(entry.text, Math.max(entry.shrinksTo, before - surplus));
    surplus -= before - columnsOf(text);
    return { ...entry, text };
  });
  let left = columns;
  return shrunk.flatMap((entry) => {
    if (left <= 0) return [];
    const text = cut(entry.text, left);
    left = text === entry.text ? left - columnsOf(text) : 0;
    return [{ ...entry, text }];
  });
}

export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** The line as it is written, no space at its end. */
export function paintLine(pieces: readonly Piece[], paint: Paint): string {
  const last = pieces.findLastIndex(({ text }) => text.trimEnd() !== '');
  const shown = pieces
    .slice(0, last + 1)
    .map((entry, index) => (index === last ? { ...entry, text: entry.text.trimEnd() } : entry));
  return shown.map(({ style, text }) => paint(style, text)).join('');
}
