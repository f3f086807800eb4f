import type { OptionTable } from './options.ts';

/** The process as a command sees it: `process` itself, or a test's stand-in. */
export interface CommandIo {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  /** One word, or two: `issues show`. */
  readonly name: string;
  /** What it works on, for the help: `KEY`. */
  readonly operand?: string;
  /** One line for the list of commands. */
  readonly title: string;
  /** Paragraph for the command's own help. */
  readonly description: string;
  readonly options: OptionTable;
  /** @returns the exit status. Throws UsageError for what the caller can mend. */
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<number>;
}
