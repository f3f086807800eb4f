import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of the examples in a process of its own, with an environment of its own. */
export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(file: string, environment: Readonly<Record<string, string>>) {
    // Nothing of the test runner's: it sets colours, and hides warnings.
    const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...environment };
    this.#child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text;
        for (const check of this.#watchers) check();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (status) => {
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
        for (const check of this.#watchers) check();
      });
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves once stdout matches; rejects when the program ends without. */
  waitForOutput(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const isThere = pattern.test(this.stdout);
        if (!isThere && this.#child.exitCode === null && this.#child.signalCode === null) return;
        this.#watchers.delete(check);
        if (isThere) resolve();
        else reject(new Error(`ended without ${String(pattern)}:\n${this.stdout}\n${this.stderr}`));
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** Process ids of its children that run now. */
  async children(): Promise<readonly number[]> {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
    const rows = stdout.split('\n').map((row) => row.trim().split(/\s+/).map(Number));
    return rows.flatMap(([pid, parent]) => (pid !== undefined && parent === this.#child.pid ? [pid] : []));
  }
}

/** Whether a process of this id is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
