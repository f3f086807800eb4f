import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '../../laws/support/message.ts';
import { type Sent, sendAll } from './client.ts';
import type { Fault, KillPoint } from './fault.ts';
import { endlessMessages } from './load.ts';
import { Random } from './random.ts';
import { RecordingBackend } from './recording-backend.ts';
import { freePort, TranslatorProcess } from './translator-process.ts';
import { verify } from './verify.ts';

/** How a process dies: at a point of its own, in the middle of a send, at some moment under load, or while it starts. */
export type Kill = KillPoint | 'betweenSendAndAnswer' | 'anyMoment' | 'whileStarting';

export interface CampaignOptions {
  readonly seed: number;
  readonly storePath: string;
  readonly kills: readonly Kill[];
}

export interface Outcome {
  /** What is wrong at the end; empty when the laws hold. */
  readonly problems: readonly string[];
  readonly kills: Readonly<Partial<Record<Kill, number>>>;
  readonly events: number;
  readonly failedAttempts: number;
  readonly told: number;
  readonly repeatedDeliveries: number;
}

const CLIENTS = 4;
/** Statements of a migration are few, those of a checkpoint many. */
const PASSES: Readonly<Record<KillPoint, number>> = {
  beforeCommit: 20,
  afterCommit: 20,
  beforeReply: 20,
  beforeDelete: 20,
  duringCheckpoint: 60,
  duringMigration: 2,
};
/** A point that is not reached in that time does not exist, which is a failure of the test. */
const REACH_MILLIS = 30_000;

/** Clients that never give up, a process that is killed again and again on one file, and a look at what is left. */
export async function runCampaign({ seed, storePath, kills }: CampaignOptions): Promise<Outcome> {
  const random = new Random(seed);
  const backend = await RecordingBackend.open();
  backend.isAway = () => random.below(12) === 0;
  const port = await freePort();
  const giveUp = new AbortController();
  const killed: Partial<Record<Kill, number>> = {};
  let isOver = false;
  const from = Date.now() - 60_000;
  const said: Message[] = [];
  const answers = new EventTarget();
  const clients = Array.from({ length: CLIENTS }, (_, client) => {
    const own = new Random(seed + client + 1);
    return sendAll(endlessMessages(own, { client, from, said }), {
      url: `http://127.0.0.1:${String(port)}`,
      random: own,
      onAnswered: () => void answers.dispatchEvent(new Event('answer')),
      isOver: () => isOver,
      giveUp: giveUp.signal,
    });
  });
  const start = (fault?: Fault): TranslatorProcess =>
    new TranslatorProcess({ port, storePath, exportTo: backend.url, ...(fault !== undefined && { fault }) });

  let last: TranslatorProcess | undefined;
  try {
    for (const kill of kills) {
      await dieAt(kill, { start, random, backend, answers });
      killed[kill] = (killed[kill] ?? 0) + 1;
    }
    isOver = true;
    last = start();
    const sent = await Promise.all(clients);
    backend.isAway = () => false;
    const { status, stderr } = await last.stop();
    const problems = status === 0 ? [] : [`the last process ended with ${String(status)}:\n${stderr}`];
    const odd = sent.flatMap(({ oddStatuses }) => oddStatuses).map((status_) => `a client got ${String(status_)}`);
    problems.push(...odd, ...(await verify({ storePath, sent, backend })));
    return { problems, kills: killed, told: backend.heard.length, repeatedDeliveries: backend.repeats, ...total(sent) };
  } finally {
    giveUp.abort();
    last?.signal('SIGKILL');
    await Promise.all(clients);
    await backend.close();
  }
}

interface Scene {
  readonly start: (fault?: Fault) => TranslatorProcess;
  readonly random: Random;
  readonly backend: RecordingBackend;
  readonly answers: EventTarget;
}

async function dieAt(kill: Kill, { start, random, backend, answers }: Scene): Promise<void> {
  switch (kill) {
    case 'whileStarting': {
      const process = start();
      await delay(random.below(400));
      await process.kill();
      return;
    }
    case 'anyMoment': {
      const process = start();
      await expectReady(process);
      for (let count = random.below(25); count > 0; count--) await within(once(answers, 'answer'), process);
      await delay(random.below(12));
      await process.kill();
      return;
    }
    case 'betweenSendAndAnswer': {
      const process = start();
      let passes = random.below(4);
      const batches = new Promise<void>((resolve) => {
        backend.onBatch = async () => {
          if (passes-- > 0) return;
          backend.onBatch = () => Promise.resolve();
          await process.kill();
          resolve();
        };
      });
      await within(batches, process);
      return;
    }
    default: {
      const process = start({ killAt: kill, passes: random.below(PASSES[kill]) });
      const { signal, status, stderr } = await within(process.ended, process);
      if (signal !== 'SIGKILL') throw new Error(`${kill}: ended with ${String(status)} and not killed:\n${stderr}`);
    }
  }
}

async function expectReady(process: TranslatorProcess): Promise<void> {
  if (!(await process.ready)) throw new Error(`it did not start again: ${process.stderr}`);
}

/** Waits, and no longer than a point may take to be reached. */
async function within<T>(awaited: Promise<T>, process: TranslatorProcess): Promise<T> {
  const timer = new AbortController();
  const tooLong = delay(REACH_MILLIS, undefined, { signal: timer.signal }).then(async () => {
    const { stderr } = await process.kill();
    throw new Error(`not reached in ${String(REACH_MILLIS)} ms:\n${stderr}`);
  });
  try {
    return await Promise.race([awaited, tooLong]);
  } finally {
    timer.abort();
    tooLong.catch(() => undefined);
  }
}

function total(sent: readonly Sent[]): Pick<Outcome, 'events' | 'failedAttempts'> {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
  return {
    events: sum(sent.map(({ messages }) => messages.length)),
    failedAttempts: sum(sent.map(({ failures }) => failures)),
  };
}
