import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import {
  ATTR_AGENT_ID,
  EVENT_ISSUE_REPORTED,
  ATTR_ISSUE_TRANSITION,
  ATTR_SERVICE_NAME,
  EVENT_AGENT_STOPPED,
  METRIC_HEARTBEAT_TIME,
  METRIC_ISSUE_TRANSITIONS,
  METRIC_ISSUE_OPENED_AT,
  METRIC_QUEUE_DEPTH,
} from '../../../src/semconv.ts';
import { isEvent, logs } from '../../../collector/grafana/src/names/logql.ts';
import { labelName, prometheusName } from '../../../collector/grafana/src/names/prometheus-name.ts';
import { Program } from '../../examples/support/program.ts';
import { postOtlp } from '../otlp-json.ts';
import { askLoki, askPrometheus, searchJaeger } from './ask.ts';
import type { Chain } from './chain.ts';
import { LEGACY_AGE_MILLIS, legacyEvent } from './legacy.ts';
import { AGENTS, ISSUES, PROCESS_VARIABLE, PROCESSES, SERVICES } from './service/names.ts';

const SERVICE_FOLDER = fileURLToPath(new URL('service', import.meta.url));
/** Open issues that the second act changes, or whose agent it ends. */
const SEEN_OPEN = [ISSUES.payment, ISSUES.flaky, ISSUES.archive, ISSUES.feed];
const PATIENCE = { timeout: 60_000, interval: 100 };

export interface Scenario {
  /** Ends its processes. */
  stop(): Promise<void>;
}

/**
 * Plays the scenario through the chain, in a process for each role with the package as it is published. When it resolves, all
 * is shown; most of its processes live on, as a fleet does, and their figures stand still. See figures.ts.
 */
export async function playScenario(chain: Chain): Promise<Scenario> {
  await cp(SERVICE_FOLDER, chain.built.path('scenario'), { recursive: true });
  await postOtlp(
    chain.collector.urls.otlpHttp,
    'logs',
    legacyEvent(EVENT_ISSUE_REPORTED, 'Disk is nearly full', Date.now() - LEGACY_AGE_MILLIS),
  );
  const programs = new Map(Object.keys(PROCESSES).map((name) => [name, startService(chain, name)]));
  const stop = async (): Promise<void> => {
    for (const program of programs.values()) program.signal('SIGTERM');
    await Promise.all([...programs.values()].map(({ ended }) => ended));
  };
  try {
    await Promise.all([...programs.values()].map((program) => program.waitForOutput(/first act/)));
    await firstActIsSeen(chain);
    for (const [name, program] of programs) await (name === 'watch-1' ? kill(program) : playSecondAct(program));
    await dismissFlaky(chain);
    await secondActIsSeen(chain);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function startService({ built, environment }: Chain, name: string): Program {
  return new Program(built.path('scenario/main.ts'), { ...environment, [PROCESS_VARIABLE]: name });
}

async function playSecondAct(program: Program): Promise<void> {
  program.signal('SIGUSR2');
  await program.waitForOutput(/second act/);
}

async function kill(program: Program): Promise<void> {
  program.signal('SIGKILL');
  await program.ended;
}

/** The second act changes what the first has shown: a queue grows, an issue comes back, a process is gone. */
async function firstActIsSeen(chain: Chain): Promise<void> {
  await vi.waitFor(async () => {
    const opened = `${prometheusName(METRIC_ISSUE_OPENED_AT)}{hiveloop_issue_id=~"${SEEN_OPEN.join('|')}"}`;
    expect(await askPrometheus(chain, opened)).toHaveLength(SEEN_OPEN.length);
    expect(await askPrometheus(chain, `${prometheusName(METRIC_QUEUE_DEPTH)}{instance="desk-1"} == 2`)).toHaveLength(1);
    const beats = `${prometheusName(METRIC_HEARTBEAT_TIME)}{${labelName(ATTR_AGENT_ID)}="${AGENTS.watcher}"}`;
    expect(await askPrometheus(chain, beats)).toHaveLength(1);
  }, PATIENCE);
}

/** What is seen last of each kind: when it is there, all is. */
async function secondActIsSeen(chain: Chain): Promise<void> {
  const beside = (agent: string): string => `{${labelName(ATTR_AGENT_ID)}="${agent}"}`;
  await vi.waitFor(async () => {
    for (const query of [
      // Rules: the agent whose process was killed is silent after its threshold; the reopened issue counts as critical.
      `hiveloop:agent_attention:silent${beside(AGENTS.watcher)} == 1000`,
      `hiveloop:agent_attention:critical${beside(AGENTS.orders)} == 100`,
      `hiveloop:agent_attention:queue${beside(AGENTS.orders)} == 10`,
      // Derived: the dismissal comes last.
      `${prometheusName(METRIC_ISSUE_TRANSITIONS)}{${labelName(ATTR_ISSUE_TRANSITION)}="dismissed"} == 1`,
      // Sent by a service: the clerk's stop comes last.
      `${prometheusName(METRIC_HEARTBEAT_TIME)}${beside(AGENTS.clerk)} == 0`,
      `${prometheusName(METRIC_QUEUE_DEPTH)}${beside(AGENTS.biller)} == 1`,
    ]) {
      expect(await askPrometheus(chain, query), query).toHaveLength(1);
    }
    const stopped = logs({ [ATTR_SERVICE_NAME]: `="${SERVICES.billing}"` }, isEvent(EVENT_AGENT_STOPPED));
    expect(await askLoki(chain, stopped)).toHaveLength(1);
    const tags = { [ATTR_ISSUE_TRANSITION]: 'dismissed' };
    expect(await searchJaeger(chain, { service: SERVICES.desk, tags })).toHaveLength(1);
  }, PATIENCE);
}

interface ListedIssues {
  readonly issues: readonly { readonly key: string; readonly issueId: string }[];
}

/** A person closes an issue, by the translator's API. */
async function dismissFlaky({ translator }: Chain): Promise<void> {
  const listed = (await (await fetch(`${translator.url}/api/issues?state=open`)).json()) as ListedIssues;
  const key = listed.issues.find(({ issueId }) => issueId === ISSUES.flaky)?.key ?? '';
  const answer = await fetch(`${translator.url}/api/issues/${key}/dismiss`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'shift-lead', why: 'The printer is old' }),
  });
  if (!answer.ok) throw new Error(`the dismissal was answered ${answer.status}: ${await answer.text()}`);
}
