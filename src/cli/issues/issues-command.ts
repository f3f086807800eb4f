import { SEVERITIES } from '../../lifecycle/issue-event.ts';
import { columnsOf } from '../columns.ts';
import type { Command, CommandIo } from '../command.ts';
import { createPaint, wantsColour } from '../dev/paint.ts';
import { readOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import { type ApiIssue, type ApiPage, readPage } from './api-issue.ts';
import { CLIENT_OPTIONS, PRINT_OPTIONS } from './client-options.ts';
import { type IssueClient, openIssueClient } from './issue-client.ts';
import { tableLines, worstFirst } from './issue-table.ts';
import { newsWarning } from './issue-text.ts';

const STATES = ['open', 'resolved', 'dismissed', 'all'];

const OPTIONS = {
  state: {
    flag: 'state',
    variables: ['HIVELOOP_STATE'],
    value: 'STATE',
    fallback: 'open',
    help: `Only these: ${STATES.join(', ')}.`,
  },
  agent: { flag: 'agent', variables: ['HIVELOOP_AGENT'], value: 'ID', help: 'Only those of this agent.' },
  severity: {
    flag: 'severity',
    variables: ['HIVELOOP_SEVERITY'],
    value: 'SEVERITY',
    help: `Only these: ${SEVERITIES.join(', ')}.`,
  },
  ...PRINT_OPTIONS,
  ...CLIENT_OPTIONS,
} as const;

/** What is wrong right now, for whoever has a terminal and no dashboard. */
export const issuesCommand: Command = {
  name: 'issues',
  title: 'lists the open issues, worst first',
  description:
    'Asks a running hiveloop translator for its issues and lists them, worst first: the key, how bad, how long open, how often\n' +
    'in this episode, whose. Warns on stderr when the newest event is more than a minute old.',
  options: OPTIONS,
  run: runIssues,
};

async function runIssues(argv: readonly string[], io: CommandIo): Promise<number> {
  const values = readOptions('issues', OPTIONS, argv, io.env);
  requireOneOf('state', STATES, values.state);
  requireOneOf('severity', SEVERITIES, values.severity);
  const query = new URLSearchParams();
  if (values.state !== 'all') query.set('state', values.state);
  if (values.agent !== undefined) query.set('agent', values.agent);
  if (values.severity !== undefined) query.set('severity', values.severity);

  const { issues, hasMore, page, raw } = await readAll(openIssueClient(values), query);
  const say = (text: string): void => void io.stderr.write(`hiveloop issues: ${text}\n`);
  if (values.json) {
    const { asOf, lagSeconds } = page;
    io.stdout.write(
      `${JSON.stringify({ issues: raw, asOf: asOf || null, lagSeconds: asOf === '' ? null : lagSeconds })}\n`,
    );
  } else if (issues.length > 0) {
    const paint = createPaint(wantsColour(io.stdout, io.env, values.noColour));
    const lines = tableLines(worstFirst(issues), { columns: columnsOf(io), nowMillis: Date.now(), paint });
    io.stdout.write(`${lines.join('\n')}\n`);
  } else say(values.state === 'all' ? 'no issues' : `no ${values.state} issues`);
  if (hasMore) say(`more than ${ISSUES_MAX} match, these are some of them; ask for less by --agent or --severity`);
  const warning = newsWarning(page);
  if (warning !== undefined) say(warning);
  return 0;
}

function requireOneOf(flag: string, known: readonly string[], value: string | undefined): void {
  if (value !== undefined && !known.includes(value)) {
    throw new UsageError(`--${flag} '${value}' is none; write ${known.join(', ')}`);
  }
}

interface AllIssues {
  readonly issues: readonly ApiIssue[];
  /** As the translator gave them. */
  readonly raw: readonly unknown[];
  readonly hasMore: boolean;
  /** The last page: its freshness is that of the list. */
  readonly page: ApiPage;
}

const ISSUES_MAX = 10_000;
const PAGE_LIMIT = '500';

async function readAll(client: IssueClient, query: URLSearchParams): Promise<AllIssues> {
  const issues: ApiIssue[] = [];
  const raw: unknown[] = [];
  query.set('limit', PAGE_LIMIT);
  for (;;) {
    const answer = await client.list(query);
    const page = readPage(answer);
    issues.push(...page.issues);
    raw.push(...(answer as { readonly issues: readonly unknown[] }).issues); // a list: it has been read as one
    if (page.next === '' || issues.length >= ISSUES_MAX) return { issues, raw, hasMore: page.next !== '', page };
    query.set('cursor', page.next);
  }
}
