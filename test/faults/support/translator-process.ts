import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../support/backends/ports.ts';
import { type Fault, FAULT_VARIABLE } from './fault.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('launcher.ts', import.meta.url));

export interface TranslatorProcessOptions {
  readonly port: number;
  readonly storePath: string;
  /** Where derived telemetry goes; `none` for nowhere. */
  readonly exportTo: string;
  /** Default: the plain command, in nobody's hands. */
  readonly fault?: Fault;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** `hiveloop translator` in a process of its own. */
export class TranslatorProcess {
  readonly url: string;
  /** Resolves when it is gone, however it went. */
  readonly ended: Promise<Ended>;
  /** True when it listens; false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly #child: ChildProcess;
  #stderr = '';

  constructor({ port, storePath, exportTo, fault }: TranslatorProcessOptions) {
    this.url = `http://127.0.0.1:${String(port)}`;
    const program = fault === undefined ? MAIN : LAUNCHER;
    const argv = ['translator', '--listen', `127.0.0.1:${String(port)}`, '--store', `sqlite:${storePath}`];
    const env = {
      PATH: process.env['PATH'] ?? '',
      TZ: 'UTC',
      ...(fault !== undefined && { [FAULT_VARIABLE]: JSON.stringify(fault) }),
    };
    const child = spawn(process.execPath, [program, ...argv, '--export', exportTo], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.on('close', (status, signal) => resolve({ status, signal, stderr: this.#stderr }));
    });
    this.ready = new Promise((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        this.#stderr += text;
        if (this.#stderr.includes('takes OTLP/HTTP on')) resolve(true);
      });
      child.on('close', () => resolve(false));
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGUSR2'): void {
    this.#child.kill(name);
  }

  /** Ends it as an operator does; what it acknowledged is finished first. */
  async stop(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended;
  }

  async kill(): Promise<Ended> {
    this.signal('SIGKILL');
    return this.ended;
  }
}

/** A port that was free a moment ago: one for a translator's whole life over all its restarts. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
