/**
 * Starts the real command line after wrapping what it reaches the world with. Run as `node launcher.ts translator …`
 * with a {@link Fault} in its environment.
 */
import { ServerResponse } from 'node:http';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { type Fault, FAULT_VARIABLE, type KillPoint } from './fault.ts';

const fault = JSON.parse(process.env[FAULT_VARIABLE] ?? '{}') as Fault;
let passes = fault.passes ?? 0;

function reach(point: KillPoint): void {
  if (point === fault.killAt && passes-- === 0) process.kill(process.pid, 'SIGKILL');
}

const isCommit = (sql: string): boolean => /^\s*(commit|end)\b/i.test(sql);

/** What the open transaction has done so far: a commit of nothing is no moment worth dying at. */
let written = { request: false, schema: false };

/** The states themselves, which are written when the journal is folded into them. */
const IS_CHECKPOINT =
  /^\s*(insert into|update|delete from) (issue|issue_tail|uid_block)\b|^\s*delete from journal\b|covered_sequence = /i;

/** A statement on its way to SQLite, whichever way it goes. */
function around<T>(sql: string, run: () => T): T {
  if (isCommit(sql)) return aroundCommit(run);
  if (/^\s*begin/i.test(sql)) written = { request: false, schema: false };
  if (/^\s*delete from outbox\b/i.test(sql)) reach('beforeDelete');
  const result = onFullDisk(sql, run);
  if (/^\s*insert into (event_uid|journal)\b/i.test(sql)) written.request = true;
  if (/\b(create|alter) table\b/i.test(sql)) written.schema = true;
  if (written.schema) reach('duringMigration');
  if (IS_CHECKPOINT.test(sql)) reach('duringCheckpoint');
  return result;
}

function aroundCommit<T>(run: () => T): T {
  const { request } = written;
  if (request) reach('beforeCommit');
  const result = run();
  if (request) reach('afterCommit');
  written = { request: false, schema: false };
  return result;
}

/* eslint-disable @typescript-eslint/unbound-method -- each is called with its own object */
const { exec, prepare } = DatabaseSync.prototype;
const { end } = ServerResponse.prototype;
/* eslint-enable @typescript-eslint/unbound-method */
const sqlOf = new WeakMap<StatementSync, string>();
const limited = new WeakSet<DatabaseSync>();

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
  if (fault.maxPages !== undefined && !limited.has(this)) limit(this, fault.maxPages);
  around(sql, () => exec.call(this, sql));
};
DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...args: Parameters<typeof prepare>): StatementSync {
  const statement = prepare.apply(this, args);
  sqlOf.set(statement, args[0]);
  return statement;
};
type Method = (this: StatementSync, ...values: unknown[]) => unknown;
const methods = StatementSync.prototype as unknown as Record<'run' | 'get' | 'all' | 'iterate', Method>;
for (const name of ['run', 'get', 'all', 'iterate'] as const) {
  const original = methods[name];
  methods[name] = function (...values) {
    return around(sqlOf.get(this) ?? '', () => original.apply(this, values));
  };
}

/** What SQLite said when it met the limit. A full disk stays full: from then on nothing is written, until there is room. */
let full: Error | undefined;
const SQLITE_FULL = 13;

function onFullDisk<T>(sql: string, run: () => T): T {
  if (full !== undefined && /^\s*(insert|update|delete)\b/i.test(sql)) throw full;
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_FULL) full = error;
    throw error;
  }
}

function limit(database: DatabaseSync, maxPages: number): void {
  limited.add(database);
  exec.call(database, `pragma max_page_count = ${String(maxPages)}`);
  process.on('SIGUSR2', () => {
    exec.call(database, 'pragma max_page_count = 1000000');
    full = undefined;
  });
}

ServerResponse.prototype.end = function (this: ServerResponse, ...args: readonly never[]): ServerResponse {
  if (this.req.url?.startsWith('/v1/') === true && this.statusCode === 200) reach('beforeReply');
  return end.apply(this, [...args] as never) as ServerResponse;
};

if (fault.clock !== undefined) {
  const { shiftMillis, afterCalls } = fault.clock;
  const wall = Date.now.bind(Date);
  let calls = 0;
  Date.now = () => wall() + (calls++ < afterCalls ? 0 : shiftMillis);
}

process.exitCode = await runCommandLine(process.argv.slice(2), process);
