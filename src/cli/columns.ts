import type { CommandIo } from './command.ts';

/** Columns that stdout has: of the terminal, unless it does not know them, else of `COLUMNS`, else as many as a line takes. */
export function columnsOf({ stdout, env }: CommandIo): number {
  if (stdout.isTTY && stdout.columns > 0) return stdout.columns;
  const columns = Number(env['COLUMNS']);
  return columns > 0 ? columns : Infinity;
}
