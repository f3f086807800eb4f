import { spawn, type ChildProcess } from 'node:child_process';

/** How a process ended, in words, and whether that was well. */
export interface Ending {
  readonly isGood: boolean;
  /** `status 1`, or the signal. */
  readonly how: string;
}

/** Hear what it writes, as it comes. Default: nobody does. */
export interface Listeners {
  readonly output?: (text: string) => void;
  readonly errorLine?: (line: string) => void;
}

/** After a request to end, this long until it is ended by force. */
const GRACE_MILLIS = 8_000;

/**
 * A Node program as a child. It has a process group of its own: a Ctrl-C in the terminal reaches the parent alone, which
 * then ends its children in an order that loses nothing. Its output comes through pipes, so it also notices when the
 * parent is gone.
 */
export class NodeProgram {
  readonly ended: Promise<Ending>;
  readonly stderrLines: string[] = [];
  readonly #child: ChildProcess;
  #lineStart = '';

  constructor(
    argv: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    { output = ignore, errorLine = ignore }: Listeners = {},
  ) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(process.execPath, argv, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', output);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${this.#lineStart}${text}`.split('\n');
      this.#lineStart = lines.pop() ?? '';
      this.stderrLines.push(...lines);
      lines.forEach((line) => errorLine(line));
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', ({ message }) => resolve({ isGood: false, how: message }));
      this.#child.once('close', (status, signal) =>
        resolve({ isGood: status === 0, how: signal ?? `status ${status ?? '?'}` }),
      );
    });
  }

  /** Asks it to end; by force when it does not. */
  async stop(signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal);
    const timer = setTimeout(() => this.kill(), GRACE_MILLIS);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function ignore(): void {
  // drained all the same, so that the child is never held up
}
