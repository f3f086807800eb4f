/**
 * Where a translator process is killed, by SIGKILL from within, so that not one instruction follows. Each is a moment
 * at the rim of the process: its statements to SQLite, its answers over HTTP, its clock. The product knows none of it.
 */
export const KILL_POINTS = [
  'beforeCommit',
  'afterCommit',
  'beforeReply',
  'beforeDelete',
  'duringCheckpoint',
  'duringMigration',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** What the launcher does to the process that it starts, read from the variable `HIVELOOP_TEST_FAULT` as JSON. */
export interface Fault {
  /** Default: it lives until somebody else kills it. */
  readonly killAt?: KillPoint;
  /** How often it passes that point unharmed. Default: 0. */
  readonly passes?: number;
  /** Added to the wall clock, in milliseconds, from that many calls of the clock on. Default: none. */
  readonly clock?: { readonly shiftMillis: number; readonly afterCalls: number };
  /** Pages that the store may have: full beyond. SIGUSR2 makes room. Default: no limit. */
  readonly maxPages?: number;
}

export const FAULT_VARIABLE = 'HIVELOOP_TEST_FAULT';
