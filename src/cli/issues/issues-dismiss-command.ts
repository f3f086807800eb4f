import type { Command, CommandIo } from '../command.ts';
import { plain } from '../dev/width.ts';
import { readArguments } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import { readDetails } from './api-issue.ts';
import { CLIENT_OPTIONS } from './client-options.ts';
import { openIssueClient } from './issue-client.ts';
import { idOf } from './issue-text.ts';
import { oneKey } from './one-key.ts';

const OPTIONS = {
  why: { flag: 'why', value: 'TEXT', help: 'The reason, kept with the issue. Needed.' },
  by: {
    flag: 'by',
    variables: ['HIVELOOP_BY', 'USER', 'LOGNAME', 'USERNAME'],
    value: 'NAME',
    help: 'Who decides it, kept with the issue.',
  },
  ...CLIENT_OPTIONS,
} as const;

/** A person's decision that an issue is none. */
export const issuesDismissCommand: Command = {
  name: 'issues dismiss',
  operand: 'KEY',
  title: 'closes one open issue',
  description:
    'Closes an open issue by a decision of yours, which is kept with its history and told on. The next report of it opens it\n' +
    'again. The beginning of its key is enough while no other issue has the same, at least 4 digits.',
  options: OPTIONS,
  run: runDismiss,
};

async function runDismiss(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, operands } = readArguments('issues dismiss', OPTIONS, argv, io.env);
  const prefix = oneKey('issues dismiss', operands);
  const { why, by } = values;
  if (why === undefined) throw new UsageError('say why it is dismissed: --why TEXT');
  if (by === undefined) throw new UsageError('say who dismisses it: --by NAME');
  const client = openIssueClient(values);
  const { issue } = readDetails(await client.show(prefix));
  await client.dismiss(issue.key, { by, why });
  const name = idOf(issue);
  io.stdout.write(`dismissed ${issue.key} ${name === '' ? '' : `${name}: `}${plain(issue.summary)}\n`);
  return 0;
}
