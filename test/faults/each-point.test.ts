import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTranslator } from '../../src/translator/translator.ts';
import { type Message, report, resolve } from '../laws/support/message.ts';
import { post } from './support/client.ts';
import type { Fault, KillPoint } from './support/fault.ts';
import { RecordingBackend } from './support/recording-backend.ts';
import { freePort, TranslatorProcess } from './support/translator-process.ts';

// Two starts of a process, each of them seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const NOW_SECONDS = Math.floor(Date.now() / 1000);
const at = (message: Message): Message => ({ ...message, time: BigInt(NOW_SECONDS) * 1_000_000_000n });
const OPENED = [at(report(1)), at(resolve(2))];

let folder: string;
let backend: RecordingBackend;
let port: number;
let running: TranslatorProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-point-'));
  backend = await RecordingBackend.open();
  port = await freePort();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((process) => process.kill()));
  await backend.close();
  rmSync(folder, { recursive: true });
});

const storePath = (): string => join(folder, 'hiveloop.db');

async function start(fault?: Fault): Promise<TranslatorProcess> {
  const options = { port, storePath: storePath(), exportTo: backend.url };
  const process = new TranslatorProcess({ ...options, ...(fault !== undefined && { fault }) });
  running.push(process);
  await process.ready;
  return process;
}

/** The client had no answer, so it sends again: once `duplicates` says that the first request was on disk. */
const POINTS: readonly (readonly [KillPoint, string, number])[] = [
  ['beforeCommit', 'the request was not taken', 0],
  ['afterCommit', 'the request was taken, and its sender does not know', 2],
  ['beforeReply', 'the request was taken, and its sender does not know', 2],
];

it.each(POINTS)(
  'law 4, acknowledged is durable: killed %s, %s; the resend doubles nothing',
  async (killAt, _what, duplicate) => {
    const first = await start({ killAt });
    expect(await post(first.url, OPENED, false)).toBe(0);
    expect((await first.ended).signal).toBe('SIGKILL');

    const second = await start();
    expect(await post(second.url, OPENED, false)).toBe(200);
    expect((await second.stop()).status).toBe(0);
    await expectOnce({ received: 2 + duplicate, duplicate });
  },
);

it('law 4, acknowledged is durable: killed between the send and the delete, the same bytes go out once more and nothing else', async () => {
  const first = await start({ killAt: 'beforeDelete' });
  await post(first.url, OPENED, false);
  expect((await first.ended).signal).toBe('SIGKILL');

  const second = await start();
  expect(await post(second.url, OPENED, false)).toBe(200);
  expect((await second.stop()).status).toBe(0);
  expect(backend.repeats).toBeGreaterThan(0);
  await expectOnce({ duplicate: 2 });
});

it.each([0, 1, 3])(
  'law 4, acknowledged is durable: killed after %i statements of a checkpoint, the next start has the states whole',
  async (passes) => {
    const first = await start({ killAt: 'duringCheckpoint', passes });
    expect(await post(first.url, OPENED, false)).toBe(200);
    expect((await first.ended).signal).toBe('SIGKILL');

    const second = await start();
    expect((await second.stop()).status).toBe(0);
    await expectOnce({ received: 2, duplicate: 0 });
  },
);

it('law 4, acknowledged is durable: killed while the tables are made, the next start makes them', async () => {
  const first = await start({ killAt: 'duringMigration' });
  expect((await first.ended).signal).toBe('SIGKILL');

  const second = await start();
  expect(await post(second.url, OPENED, false)).toBe(200);
  expect((await second.stop()).status).toBe(0);
  await expectOnce({ duplicate: 0 });
});

async function expectOnce(counted: object): Promise<void> {
  const translator = await createTranslator({ store: `sqlite:${storePath()}` });
  try {
    expect(await translator.issues()).toMatchObject([{ state: 'resolved', episode: 1, occurrences: 1 }]);
    expect(await translator.counters()).toMatchObject({ applied: 2, straggler: 0, rejected: 0, ...counted });
  } finally {
    await translator.close();
  }
  expect(backend.heard.map(({ transition }) => transition)).toEqual(['opened', 'resolved']);
  expect(backend.contradictions).toEqual([]);
}
