import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { openCollector, type Arrived, type Collector } from './collector.ts';

export interface ServiceOptions {
  /** Variables of the service, beside those that name the collector. Default: none. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  /** Null when it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A service in a process of its own, which tells us how far it is on stdout and does what we say on stdin. */
export interface Service {
  readonly ended: Promise<Ended>;
  /** Resolves once it has printed the line; rejects when it ends without. */
  says(line: string): Promise<void>;
  tell(command: string): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

// On a busy machine a service takes seconds to load.
vi.setConfig({ hookTimeout: 30_000, testTimeout: 30_000 });

/** Longer than any service of these tests lives; it is there so that a hanging one fails with its output. */
const LIFETIME_MILLIS = 20_000;

/** Starts `test/fixtures/{name}.ts` on the Node that runs the tests, exporting to the collector. */
export function startService(name: string, collector: Collector, { env = {} }: ServiceOptions = {}): Service {
  const file = fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
  // An environment of its own: what the test runner sets would turn warnings off and debugging on.
  const environment = { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...collector.environment, ...env };
  const child = spawn(process.execPath, [file], { env: environment, timeout: LIFETIME_MILLIS, killSignal: 'SIGKILL' });
  const watchers = new Set<() => void>();
  const output = { stdout: '', stderr: '' };
  let isOver = false;
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      for (const check of watchers) check();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => {
      isOver = true;
      for (const check of watchers) check();
      resolve({ status, ...output });
    });
  });
  return {
    ended,
    says: (line) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (output.stdout.split('\n').includes(line)) resolve();
          else if (isOver) reject(new Error(`ended without saying ${line}:\n${output.stdout}\n${output.stderr}`));
          else return;
          watchers.delete(check);
        };
        watchers.add(check);
        check();
      }),
    tell: (command) => child.stdin.write(`${command}\n`),
    kill: (signal) => child.kill(signal),
  };
}

/**
 * Runs a service from start to end; what arrived from it, and how it ended.
 * @throws with its output, when it did not end well: nothing that arrived would mean much
 */
export async function runService(name: string, options?: ServiceOptions): Promise<Arrived & Ended> {
  const collector = await openCollector();
  try {
    const ended = await startService(name, collector, options).ended;
    if (ended.status !== 0) throw new Error(`${name} ended with ${String(ended.status)}:\n${ended.stderr}`);
    return { ...ended, ...collector.arrived };
  } finally {
    await collector.close();
  }
}
