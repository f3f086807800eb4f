import { copyFileSync, closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Contender } from './contender.ts';
import { CONNECTIONS, sendAll } from './load.ts';
import type { Usage } from './server-process.ts';
import { Workload } from './workload.ts';

/** What it took to open issues in a store that had none. */
export interface Filling {
  readonly issues: number;
  readonly seconds: number;
  /** Of these, to stop: what is in memory is written, the journal is emptied. */
  readonly stopSeconds: number;
  readonly megabytes: number;
}

/** Large and plain, since nobody measures them: a sixth faster than 512. */
const REPORTS_PER_REQUEST = 4096;
const REQUESTS_AT_ONCE = 16;

/**
 * Store files in which so many issues are open, a report for each. Each is made once, over HTTP by a translator that
 * sends nothing on (a million issues would be two million rows of the outbox) and is stopped as an operator does it.
 */
export class FilledStores {
  readonly fillings: Filling[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Puts a copy there, on disk, so that nobody pays for it later. */
  async copyTo(target: string, issues: number): Promise<void> {
    const path = join(this.#folder, `filled-${String(issues)}.db`);
    if (!existsSync(path)) this.fillings.push(await fill(path, issues));
    copyFileSync(path, target);
    const file = openSync(target, 'r+');
    fsyncSync(file);
    closeSync(file);
  }
}

async function fill(path: string, issues: number): Promise<Filling> {
  const workload = new Workload({
    recordsPerRequest: Math.min(REPORTS_PER_REQUEST, issues),
    issues,
    reportsPerResolve: 0,
    encoding: 'protobuf',
    isGzip: false,
  });
  const start = performance.now();
  const server = await Contender.start('server-process.ts', [`sqlite:${path}`, 'none']);
  try {
    const { url } = await server.ask<Usage>('usage');
    for (let opened = 0; opened < issues;) {
      const bodies: Buffer[] = [];
      for (; opened < issues && bodies.length < REQUESTS_AT_ONCE; opened += REPORTS_PER_REQUEST) {
        const first = opened;
        bodies.push(workload.body((index) => (first + index) % issues));
      }
      await sendAll(url, bodies, { connections: CONNECTIONS, contentType: 'application/x-protobuf', isGzip: false });
    }
    const stop = performance.now();
    await server.close('close');
    if (existsSync(`${path}-wal`)) throw new Error(`${path} was not closed: its write-ahead log is still there`);
    return {
      issues,
      seconds: (performance.now() - start) / 1000,
      stopSeconds: (performance.now() - stop) / 1000,
      megabytes: Math.round(statSync(path).size / 2 ** 20),
    };
  } catch (error) {
    await server.kill();
    throw error;
  }
}
