import { join } from 'node:path';
import { answers, type RealProcess, startProcess, temporaryFolder } from '../backends/real-process.ts';

export interface TranslatorOptions {
  /** Folder of the built package. */
  readonly packageFolder: string;
  readonly port: number;
  /** Where what it derives goes. */
  readonly exportTo: string;
}

/** The account of law 3, over all agents. */
export interface Accounts {
  readonly received: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly straggler: number;
  readonly rejected: number;
}

export interface ChainTranslator extends RealProcess {
  readonly url: string;
  accounts(): Promise<Accounts>;
  /** Rows that are not sent yet. */
  waiting(): Promise<number>;
  /** What each issue of an agent has counted, by issue id. */
  occurrences(agentId: string): Promise<ReadonlyMap<string, number>>;
}

/** The real `hiveloop translator` with a store on disk: a restart goes on with the same port and store. */
export async function startChainTranslator({
  packageFolder,
  port,
  exportTo,
}: TranslatorOptions): Promise<ChainTranslator> {
  const address = `127.0.0.1:${port}`;
  const url = `http://${address}`;
  const store = `sqlite:${join(temporaryFolder('translator'), 'issues.db')}`;
  const command = ['translator', '--listen', address, '--store', store, '--export', exportTo];
  const started = await startProcess({
    binary: 'hiveloop',
    path: process.execPath,
    argv: [join(packageFolder, 'cli.mjs'), ...command, '--snapshot-interval', '1s'],
    isReady: () => answers(`${url}/readyz`),
  });
  return {
    ...started,
    url,
    accounts: () => readAccounts(url),
    waiting: () => readWaiting(url),
    occurrences: (agentId) => readOccurrences(url, agentId),
  };
}

export async function readAccounts(url: string): Promise<Accounts> {
  const text = await readMetrics(url);
  const events = (result: string): number =>
    sampleOf(text, `hiveloop_translator_events_total{hiveloop_result="${result}"}`);
  return {
    received: sampleOf(text, 'hiveloop_translator_events_received_total'),
    applied: events('applied'),
    duplicate: events('duplicate'),
    straggler: events('straggler'),
    rejected: events('rejected'),
  };
}

async function readWaiting(url: string): Promise<number> {
  const text = await readMetrics(url);
  const rows = (signal: string): number =>
    sampleOf(text, `hiveloop_translator_outbox_rows{hiveloop_signal="${signal}"}`);
  return rows('logs') + rows('traces');
}

async function readMetrics(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`/metrics answered ${answer.status}: ${text}`);
  return text;
}

function sampleOf(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`/metrics has no ${series}:\n${text}`);
  return Number(line.slice(series.length));
}

interface IssuesPage {
  readonly issues: readonly { readonly issueId: string; readonly totalOccurrences: number }[];
  readonly next: string | null;
}

export async function readOccurrences(url: string, agentId: string): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams({ agent: agentId, limit: '500', ...(cursor !== '' && { cursor }) });
    const answer = await fetch(`${url}/api/issues?${query.toString()}`);
    if (!answer.ok) throw new Error(`/api/issues answered ${answer.status}: ${await answer.text()}`);
    const page = (await answer.json()) as IssuesPage;
    for (const { issueId, totalOccurrences } of page.issues) counted.set(issueId, totalOccurrences);
    cursor = page.next;
  }
  return counted;
}
