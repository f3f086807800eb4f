import { CONTROL, OURS, type RowResult } from './rows.ts';

const HEADINGS = ['row', 'by hand', 'control', 'inline', 'hiveloop', 'middle half', 'must', ''] as const;

/** The results as a table of text; how to read it is in bench/README.md. */
export function formatTable(results: readonly RowResult[]): string {
  const lines = [HEADINGS, ...results.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Whether ours is within what we promise; a row without a promise is. */
export function isWithin({ row, standings }: RowResult): boolean {
  const ours = standings.find(({ label }) => label === OURS);
  return row.must === undefined || (ours !== undefined && ours.ratio <= row.must);
}

function cellsOf(result: RowResult): readonly string[] {
  const { row, standings } = result;
  const ratioOf = (label: string): string => ratio(standings.find((standing) => standing.label === label)?.ratio);
  const ours = standings.find(({ label }) => label === OURS);
  const others = standings.filter(({ label }) => !HEADINGS.some((heading) => heading === label));
  return [
    `${row.title}, ${row.measure === 'cpu' ? 'CPU' : 'bytes'}`,
    absolute(standings[0]?.value, row.measure),
    ratioOf(CONTROL),
    ratioOf('inline'),
    ratioOf(OURS),
    ours === undefined ? '' : `${ratio(ours.quartiles[0])} .. ${ratio(ours.quartiles[1])}`,
    row.must === undefined ? '' : `<= ${ratio(row.must)}`,
    [
      row.must === undefined ? '' : isWithin(result) ? 'ok' : 'MISSED',
      ...others.map((one) => `${one.label} ${ratio(one.ratio)}`),
    ].join(' '),
  ];
}

function absolute(value: number | undefined, measure: 'cpu' | 'bytes'): string {
  if (value === undefined) return '';
  return measure === 'cpu' ? `${value.toFixed(1)} µs` : `${Math.round(value / 100) / 10} kB`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3);
}
