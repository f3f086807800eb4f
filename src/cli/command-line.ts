import { version } from '../version.ts';
import type { Command, CommandIo } from './command.ts';
import { CommandFailure } from './command-failure.ts';
import { devCommand } from './dev/dev-command.ts';
import { formatCommandHelp, formatOverview } from './help.ts';
import { issuesCommand } from './issues/issues-command.ts';
import { issuesDismissCommand } from './issues/issues-dismiss-command.ts';
import { issuesShowCommand } from './issues/issues-show-command.ts';
import { translatorCommand } from './translator-command.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: readonly Command[] = [
  devCommand,
  translatorCommand,
  issuesCommand,
  issuesShowCommand,
  issuesDismissCommand,
];

/**
 * `hiveloop ARGV`: stdout is data, stderr is words.
 * @returns the exit status: 0 done, 1 failed, 2 misused
 */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof CommandFailure) {
      io.stderr.write(`hiveloop: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) {
      io.stderr.write(`hiveloop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return 1;
    }
    io.stderr.write(`hiveloop: ${error.message}\n`);
    return 2;
  }
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first] = argv;
  if (first === undefined) {
    io.stderr.write(formatOverview(COMMANDS));
    return 2;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout.write(formatOverview(COMMANDS));
    return 0;
  }
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${version}\n`);
    return 0;
  }
  const command = findCommand(argv);
  if (command === undefined) {
    const what = first.startsWith('-') ? 'flag' : 'command';
    const known = [...new Set(COMMANDS.map((entry) => wordsOf(entry)[0]))].join(', ');
    throw new UsageError(`unknown ${what} ${first}; the commands are ${known}; see hiveloop --help`);
  }
  const rest = argv.slice(wordsOf(command).length);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(formatCommandHelp(command));
    return 0;
  }
  return command.run(rest, io);
}

/** The command whose words the line begins with; `issues show` rather than `issues`. */
function findCommand(argv: readonly string[]): Command | undefined {
  const candidates = COMMANDS.filter((command) => wordsOf(command).every((word, index) => argv[index] === word));
  return candidates.toSorted((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
}

function wordsOf({ name }: Command): readonly string[] {
  return name.split(' ');
}
