import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command in a process of its own; killed after the test if it still runs. */
export class RunningCommand {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();

  constructor(argv: readonly string[], environment: Readonly<Record<string, string>>) {
    // An environment of its own: what the test runner sets would turn colours on and warnings off.
    const env = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...environment };
    this.#child = spawn(process.execPath, [MAIN, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take('stdout', text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#take('stderr', text));
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (status) => {
        for (const check of this.#watchers) check();
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(name);
  }

  /** What `| head` does. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** Resolves with the match once the stream holds it; rejects when the process ends without. */
  async waitFor(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(this[stream]);
        if (match === null && this.#child.exitCode === null) return;
        this.#watchers.delete(check);
        if (match !== null) resolve(match);
        else reject(new Error(`ended without ${String(pattern)}:\n${this.stdout}\n${this.stderr}`));
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** The address it says it listens on. */
  async url(): Promise<string> {
    const [, url = ''] = await this.waitFor('stderr', /on (http:\/\/[\d.:]+)/);
    return url;
  }

  #take(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    for (const check of this.#watchers) check();
  }
}

export function startCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  const command = new RunningCommand(argv, environment);
  onTestFinished(async () => {
    command.signal('SIGKILL');
    await command.ended;
  });
  return command;
}

export async function runCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return startCommand(argv, environment).ended;
}
