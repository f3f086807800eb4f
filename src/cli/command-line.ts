import { version } from '../version.ts';
import type { Command, CommandIo } from './command.ts';
import { devCommand } from './dev/dev-command.ts';
import { formatCommandHelp, formatOverview } from './help.ts';
import { translatorCommand } from './translator-command.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: readonly Command[] = [devCommand, translatorCommand];

/**
 * `hiveloop ARGV`: stdout is data, stderr is words.
 * @returns the exit status: 0 done, 1 failed, 2 misused
 */
export async function runCommandLine(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      io.stderr.write(`hiveloop: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return 1;
    }
    io.stderr.write(`hiveloop: ${error.message}\n`);
    return 2;
  }
}

async function dispatch(argv: readonly string[], io: CommandIo): Promise<number> {
  const [first, ...rest] = argv;
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
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined) {
    const what = first.startsWith('-') ? 'flag' : 'command';
    const known = COMMANDS.map(({ name }) => name).join(', ');
    throw new UsageError(`unknown ${what} ${first}; the commands are ${known}; see hiveloop --help`);
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(formatCommandHelp(command));
    return 0;
  }
  return command.run(rest, io);
}
