import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own that answers questions one at a time. */
export class Contender {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(script: string, args: readonly string[]): Promise<Contender> {
    const child = fork(new URL(script, import.meta.url), args, { execArgv: [] });
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`${script} ended with ${String(code)} before it was ready`);
    });
    await Promise.race([once(child, 'message'), died]);
    died.catch(() => undefined); // from here on an end is what `close` waits for, or what `ask` finds
    return new Contender(child);
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async ask<Answer>(question: string | number): Promise<Answer> {
    const ended = new AbortController();
    const answer = once(this.#process, 'message', { signal: ended.signal });
    const died = (): void => ended.abort(new Error('the process ended and did not answer'));
    this.#process.once('exit', died);
    this.#process.send(question);
    const [message] = (await answer) as [Answer];
    this.#process.off('exit', died);
    return message;
  }

  /** @param question what makes it end by itself; default: a signal does */
  async close(question?: string): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.#process, 'exit');
    if (question === undefined) this.#process.kill();
    else this.#process.send(question);
    await exit;
  }

  /** As a crash would: nothing is finished. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}
