import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '../../backends/programs.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** An address where nobody listens: the default for what a test did not start. */
export const NOBODY = '127.0.0.1:1';

const READY_MILLIS = 60_000;
const STOP_MILLIS = 30_000;
const POLL_MILLIS = 50;

/** A real program on ports and in a folder of its own. Both stay the same when it starts again. */
export interface RealProcess {
  /** All that it wrote, over all its starts. */
  logText(): string;
  /** SIGTERM, and waits until it is gone; throws when it has to be killed. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it with the same ports and data, after stopping it if it runs. Resolves when it is ready. */
  restart(): Promise<void>;
}

export interface RealProcessOptions {
  /** Name in test/backends, and in messages. */
  readonly binary: string;
  /** What is started instead, for programs that are not of test/backends. */
  readonly path?: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isReady: () => Promise<boolean>;
}

const leftChildren = new Set<ChildProcess>();
const leftFolders = new Set<string>();
process.once('exit', endLeftovers);

/** Kills what was not stopped and removes the folders: at the end of each test file, and of a script. */
export function endLeftovers(): void {
  for (const child of leftChildren) child.kill('SIGKILL');
  for (const folder of leftFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  leftFolders.clear();
}

/** A folder that is gone after the test file. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hiveloop-${name}-`));
  leftFolders.add(folder);
  return folder;
}

/** Resolves when the program is ready. It runs in the root of the project, where relative paths of `collector/` begin. */
export async function startProcess({
  binary,
  path,
  argv,
  env = {},
  isReady,
}: RealProcessOptions): Promise<RealProcess> {
  const said: string[] = [];
  let child: ChildProcess | undefined;
  const logText = (): string => said.join('');
  const endWith = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || hasEnded(child)) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };

  const start = async (): Promise<void> => {
    const started = spawn(path ?? binaryPath(binary), argv, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    leftChildren.add(started);
    started.once('close', () => void leftChildren.delete(started));
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => void said.push(text));
    }
    await once(started, 'spawn');
    const deadline = Date.now() + READY_MILLIS;
    while (!(await isReady().catch(() => false))) {
      if (hasEnded(started)) throw new Error(`${binary} ended before it was ready:\n${logText()}`);
      if (Date.now() > deadline) {
        await endWith('SIGKILL');
        throw new Error(`${binary} is not ready after ${READY_MILLIS} ms:\n${logText()}`);
      }
      await delay(POLL_MILLIS);
    }
  };

  const stop = async (): Promise<void> => {
    const timer = new AbortController();
    const late = delay(STOP_MILLIS, 'late' as const, { signal: timer.signal }).catch(() => 'ended' as const);
    const outcome = await Promise.race([endWith('SIGTERM'), late]);
    timer.abort();
    if (outcome !== 'late') return;
    await endWith('SIGKILL');
    throw new Error(`${binary} did not end within ${STOP_MILLIS} ms of SIGTERM:\n${logText()}`);
  };

  await start();
  return {
    logText,
    stop,
    kill: () => endWith('SIGKILL'),
    restart: async () => {
      await stop();
      await start();
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** True when a GET is answered 2xx. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
