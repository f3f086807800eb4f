/** The real `hiveloop translator` in a process of its own, and the memory that it took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface TranslatorProcess {
  readonly url: string;
  readonly port: number;
  /** Most memory that it ever held, in MB; now, in MB. */
  readonly rssMegabytes: () => { readonly peak: number; readonly now: number };
}

/** Starts it on that port or any free one, with a store in memory. It is ended after the test. */
export async function startTranslator(
  argv: readonly string[] = [],
  exportTo = 'none',
  at = 0,
): Promise<TranslatorProcess> {
  const defaults = ['translator', '--listen', `127.0.0.1:${at}`, '--store', 'memory:', '--export', exportTo];
  const child = spawn(process.execPath, [MAIN, ...defaults, ...argv], {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const port = /on https?:\/\/[\d.]+:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stderr.resume();
    const { pid = 0 } = child;
    return { url: `http://127.0.0.1:${port}`, port: Number(port), rssMegabytes: () => rssOf(pid) };
  }
  throw new Error(`it ended:\n${said.join('\n')}`);
}

/** Linux counts a process's resident memory, and the most it ever was, in its status file. */
function rssOf(pid: number): { peak: number; now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
  return { peak: megabytes('VmHWM'), now: megabytes('VmRSS') };
}
