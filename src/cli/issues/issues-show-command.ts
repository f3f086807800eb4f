import { columnsOf } from '../columns.ts';
import type { Command, CommandIo } from '../command.ts';
import { createPaint, wantsColour } from '../dev/paint.ts';
import { readArguments } from '../options.ts';
import { readDetails } from './api-issue.ts';
import { CLIENT_OPTIONS, PRINT_OPTIONS } from './client-options.ts';
import { openIssueClient } from './issue-client.ts';
import { newsWarning } from './issue-text.ts';
import { timelineLines } from './issue-timeline.ts';
import { oneKey } from './one-key.ts';

const OPTIONS = { ...PRINT_OPTIONS, ...CLIENT_OPTIONS } as const;

/** One issue and what happened to it. */
export const issuesShowCommand: Command = {
  name: 'issues show',
  operand: 'KEY',
  title: 'tells the history of one issue',
  description:
    'Tells what an issue is and what happened to it, oldest first. The beginning of its key is enough while no other issue\n' +
    'has the same, at least 4 digits. The last quarter of an hour is told event by event; of what was before it,\n' +
    'the openings and closings and the recurrences that were told, as far as the newest hundred of them go.',
  options: OPTIONS,
  run: runShow,
};

async function runShow(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, operands } = readArguments('issues show', OPTIONS, argv, io.env);
  const answer = await openIssueClient(values).show(oneKey('issues show', operands));
  const details = readDetails(answer);
  if (values.json) io.stdout.write(`${JSON.stringify(answer)}\n`);
  else {
    const paint = createPaint(wantsColour(io.stdout, io.env, values.noColour));
    const lines = timelineLines(details, { columns: columnsOf(io), nowMillis: Date.now(), paint });
    io.stdout.write(`${lines.join('\n')}\n`);
  }
  const warning = newsWarning(details);
  if (warning !== undefined) io.stderr.write(`hiveloop issues show: ${warning}\n`);
  return 0;
}
