/** The mark `stale`: an open issue whose agent, which sent heartbeats, has fallen silent. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ATTR_AGENT_ID } from '../../src/semconv.ts';
import type { LogRecord } from '../../src/translator/otlp/model.ts';
import { createTranslator, type Translator } from '../../src/translator/translator.ts';
import { heartbeat, stopped } from './agent-logs.ts';
import { issueLog, logBatch, SECOND, START } from './issue-batches.ts';

let folder = '';
let opened: Translator[] = [];
let clock = START;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-stale-'));
  clock = START;
});

afterEach(async () => {
  await Promise.all(opened.map((translator) => translator.close()));
  opened = [];
  rmSync(folder, { recursive: true });
});

async function open(path = ':memory:'): Promise<Translator> {
  const store = path === ':memory:' ? 'memory:' : (`sqlite:${path}` as const);
  const translator = await createTranslator({ store, now: () => clock });
  opened.push(translator);
  return translator;
}

function path(): string {
  return join(folder, 'hiveloop.db');
}

/** What comes at this second, as the clock has it too. */
async function receive(translator: Translator, seconds: number, ...records: readonly LogRecord[]): Promise<void> {
  clock = START + BigInt(seconds) * SECOND;
  await translator.receiver.logs(logBatch(...records));
}

/** Another agent, which keeps on beating: from it the translator knows that heartbeats do arrive. */
async function beatOther(translator: Translator, from: number, to: number): Promise<void> {
  for (let seconds = from; seconds <= to; seconds += 30) {
    await receive(translator, seconds, heartbeat(seconds, { [ATTR_AGENT_ID]: 'mailer' }));
  }
}

/** As `issues`, the page and the one issue say it. */
async function staleOf(translator: Translator): Promise<boolean | undefined> {
  const [issue, ...more] = await translator.issues();
  const found = await translator.findIssue(issue?.key ?? '');
  const answers = [
    issue?.stale,
    ...(await translator.listIssues({})).issues.map(({ stale }) => stale),
    ...(await translator.listIssues({ state: 'open' })).issues.map(({ stale }) => stale),
    typeof found === 'object' ? found.issue.stale : undefined,
  ];
  expect(more).toEqual([]);
  expect(new Set(answers).size).toBe(1);
  return issue?.stale;
}

describe('an open issue', () => {
  it('is stale once its agent is silent for longer than its own threshold, and stays open', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), heartbeat(0));
    await beatOther(translator, 10, 100);
    clock = START + 100n * SECOND;
    expect(await staleOf(translator)).toBe(false);
    clock = START + 101n * SECOND;
    expect(await staleOf(translator)).toBe(true);
    expect(await translator.issues()).toMatchObject([{ state: 'open', resolvedAt: undefined }]);
    expect(await translator.counters()).toMatchObject({ received: 1, applied: 1, other: 5 });
  });

  it('is fresh again with the next heartbeat', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), heartbeat(0));
    await beatOther(translator, 30, 150);
    expect(await staleOf(translator)).toBe(true);
    await receive(translator, 151, heartbeat(151));
    expect(await staleOf(translator)).toBe(false);
  });

  it('is not stale when its agent was stopped on purpose, until it has beaten again', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), heartbeat(0));
    await receive(translator, 5, stopped(5));
    await beatOther(translator, 30, 300);
    expect(await staleOf(translator)).toBe(false);
    await receive(translator, 310, heartbeat(310));
    await beatOther(translator, 330, 480);
    expect(await staleOf(translator)).toBe(true);
  });

  it('is not stale when its agent never sent a heartbeat', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0));
    await beatOther(translator, 30, 600);
    expect(await staleOf(translator)).toBe(false);
  });

  it('is not stale while nothing arrives at all, nor for one threshold after it does again', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), heartbeat(0));
    clock = START + 600n * SECOND;
    expect(await staleOf(translator)).toBe(false);
    await beatOther(translator, 600, 690);
    expect(await staleOf(translator)).toBe(false);
    await beatOther(translator, 700, 700);
    expect(await staleOf(translator)).toBe(true);
  });

  it('is not stale by a backlog that drains, however long that takes', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), heartbeat(0));
    for (let seconds = 600; seconds <= 900; seconds += 30) {
      await receive(translator, seconds, heartbeat(seconds - 500, { [ATTR_AGENT_ID]: 'mailer' }));
    }
    expect(await staleOf(translator)).toBe(false);
  });
});

describe('a closed issue', () => {
  it('is never stale', async () => {
    const translator = await open();
    await receive(translator, 0, issueLog('report', 0), issueLog('resolve', 1), heartbeat(0));
    await beatOther(translator, 30, 300);
    expect((await translator.issues()).map(({ state, stale }) => [state, stale])).toEqual([['resolved', false]]);
  });
});

describe('over a restart', () => {
  it('heartbeats are known, and the translator waits for one threshold of fresh input', async () => {
    const first = await open(path());
    await receive(first, 0, issueLog('report', 0), heartbeat(0));
    await beatOther(first, 30, 150);
    expect(await staleOf(first)).toBe(true);
    await first.close();

    const second = await open(path());
    expect(await staleOf(second)).toBe(false);
    await beatOther(second, 160, 250);
    expect(await staleOf(second)).toBe(false);
    await beatOther(second, 260, 260);
    expect(await staleOf(second)).toBe(true);
  });

  it('a stop is known', async () => {
    const first = await open(path());
    await receive(first, 0, issueLog('report', 0), heartbeat(0));
    await receive(first, 1, stopped(1));
    await first.close();
    const second = await open(path());
    await beatOther(second, 30, 300);
    expect(await staleOf(second)).toBe(false);
  });

  it('heartbeats that the store could not take are saved the next time', async () => {
    const first = await open(path());
    await receive(first, 0, issueLog('report', 0));
    const database = new DatabaseSync(path());
    database.exec(`create trigger trouble before insert on agent_beats begin select raise(abort, 'sick'); end`);
    await receive(first, 10, heartbeat(10));
    await first.flush();
    database.exec('drop trigger trouble');
    await receive(first, 20);
    await first.flush();
    expect(database.prepare('select agent_id, threshold_seconds from agent_beats').all()).toEqual([
      { agent_id: 'lead-qualifier', threshold_seconds: 100 },
    ]);
    database.close();
  });
});

describe('the news', () => {
  it('is as new as the newest heartbeat, over a restart too', async () => {
    const first = await open(path());
    await receive(first, 0, issueLog('report', 0));
    await receive(first, 40, heartbeat(40));
    clock += 2n * SECOND;
    expect(first.asOf()).toBe(START + 40n * SECOND);
    expect((await first.listIssues({})).lagSeconds).toBe(2);
    await first.close();
    expect((await open(path())).asOf()).toBe(START + 40n * SECOND);
  });

  it('is no newer than its arrival, whatever a clock that is ahead says', async () => {
    const translator = await open();
    await receive(translator, 10, heartbeat(600));
    expect(translator.asOf()).toBe(START + 10n * SECOND);
  });
});
