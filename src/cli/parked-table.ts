import { formatTime } from '../translator/issue-view.ts';
import type { ParkedRow } from '../translator/store/parked-rows.ts';
import { fit, paintLine, piece } from './dev/line.ts';
import type { Paint } from './dev/paint.ts';
import { plain } from './dev/width.ts';
import { formatMoment } from './issues/issue-text.ts';

export interface ParkedTableOptions {
  /** Infinity in a pipe, where nothing is cut. */
  readonly columns: number;
  readonly paint: Paint;
}

/** A line for each: when it was queued, what it is, how large, and why it was refused. */
export function parkedLines(rows: readonly ParkedRow[], { columns, paint }: ParkedTableOptions): readonly string[] {
  const sizes = rows.map(({ body }) => `${body.byteLength} B`);
  const widest = Math.max(...sizes.map(({ length }) => length));
  return rows.map(({ signal, queuedAt, reason }, index) => {
    const pieces = [
      piece('dim', `${formatMoment(formatTime(queuedAt))}  `),
      piece('plain', `${signal.padEnd('traces'.length)}  ${(sizes[index] ?? '').padStart(widest)}  `),
      piece('bad', plain(reason)),
    ];
    return paintLine(fit(pieces, columns), paint);
  });
}

/** The same as one JSON document, with the bodies: export requests in protobuf, in base64. */
export function parkedJson(rows: readonly ParkedRow[]): string {
  const parked = rows.map(({ sequence, signal, queuedAt, reason, body }) => ({
    sequence,
    signal,
    queuedAt: formatTime(queuedAt),
    reason,
    bytes: body.byteLength,
    body: Buffer.from(body).toString('base64'),
  }));
  return JSON.stringify({ parked });
}
