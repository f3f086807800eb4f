import { backupStore } from '../translator/store/backup-store.ts';
import { type CheckReport, checkStore } from '../translator/store/check-store.ts';
import { readParkedRows } from '../translator/store/parked-rows.ts';
import { columnsOf } from './columns.ts';
import type { CommandIo } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { createPaint, wantsColour } from './dev/paint.ts';
import { parkedJson, parkedLines } from './parked-table.ts';
import { sqlitePath } from './store-path.ts';
import { UsageError } from './usage-error.ts';

/**
 * `--check FILE`: what is wrong with a store, a line each on stdout; one line when nothing is.
 * @returns the exit status: 1 when something is wrong
 */
export async function runCheck(file: string, { stdout, stderr }: CommandIo): Promise<number> {
  const report = await checkStore(sqlitePath(file) ?? file);
  if (report.problems.length === 0) {
    stdout.write(`${describe(report)}\n`);
    return 0;
  }
  stdout.write(`${report.problems.join('\n')}\n`);
  stderr.write(`hiveloop translator: ${report.path} is not sound; restore a backup (docs/translator-store.md)\n`);
  return 1;
}

/**
 * `--backup FILE`: copies `--store`, also while a translator runs on it.
 * @returns the exit status
 * @throws UsageError when there is no file to copy, CommandFailure when it cannot be copied
 */
export async function runBackup(store: string, target: string, { stdout }: CommandIo): Promise<number> {
  const path = sqlitePath(store);
  if (path === undefined) throw new UsageError(`--backup copies a store in a file; --store is '${store}'`);
  try {
    await backupStore(path, target);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`no backup was made: ${why}`, { cause: error });
  }
  stdout.write(`${path} copied to ${target}\n`);
  return 0;
}

/**
 * `--parked FILE`: what the receiver of derived telemetry refused for good, also while a translator runs on the store.
 * @returns the exit status
 * @throws CommandFailure when the store cannot be read
 */
export async function runParked(file: string, asJson: boolean, io: CommandIo): Promise<number> {
  const path = sqlitePath(file) ?? file;
  const rows = await readParkedRows(path).catch((error: unknown) => {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), { cause: error });
  });
  if (asJson) io.stdout.write(`${parkedJson(rows)}\n`);
  else if (rows.length === 0) io.stderr.write(`hiveloop translator: nothing is parked in ${path}\n`);
  else {
    const paint = createPaint(wantsColour(io.stdout, io.env, false));
    io.stdout.write(`${parkedLines(rows, { columns: columnsOf(io), paint }).join('\n')}\n`);
  }
  return 0;
}

function describe({ path, issues, schemaVersion, journalEvents, accounting }: CheckReport): string {
  const { received = 0, duplicate = 0, applied = 0, straggler = 0, rejected = 0 } = accounting ?? {};
  return [
    `${path} is sound: ${issues} issues, schema ${schemaVersion}, ${journalEvents} events to replay at a start`,
    `received ${received} = duplicate ${duplicate} + applied ${applied} + straggler ${straggler} + rejected ${rejected}`,
  ].join('; ');
}
