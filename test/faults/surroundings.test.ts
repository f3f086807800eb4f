import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { report, type Message } from '../laws/support/message.ts';
import { post, type Sent, sendAll } from './support/client.ts';
import type { Fault } from './support/fault.ts';
import { makeLoad } from './support/load.ts';
import { Random } from './support/random.ts';
import { RecordingBackend } from './support/recording-backend.ts';
import { freePort, TranslatorProcess } from './support/translator-process.ts';
import { verify } from './support/verify.ts';

const SEED = Number(process.env['HIVELOOP_SEED'] ?? Date.now() % 1_000_000);
const REPLAY = `play it again with HIVELOOP_SEED=${String(SEED)}`;
const CLIENTS = 3;

let folder: string;
let backend: RecordingBackend;
let running: TranslatorProcess[];
let giveUp: AbortController;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiveloop-surroundings-'));
  backend = await RecordingBackend.open();
  running = [];
  giveUp = new AbortController();
});

afterEach(async () => {
  giveUp.abort();
  await Promise.all(running.map((process) => process.kill()));
  await backend.close();
  rmSync(folder, { recursive: true });
});

const storePath = (): string => join(folder, 'hiveloop.db');

async function start(fault?: Fault): Promise<TranslatorProcess> {
  const options = { port: await freePort(), storePath: storePath(), exportTo: backend.url };
  const process = new TranslatorProcess({ ...options, ...(fault !== undefined && { fault }) });
  running.push(process);
  await process.ready;
  return process;
}

function load(messagesEach: number): readonly (readonly Message[])[] {
  return makeLoad(new Random(SEED), { clients: CLIENTS, messagesEach, from: Date.now() - 60_000 });
}

const client = (url: string, index: number) => ({ url, random: new Random(SEED + index), giveUp: giveUp.signal });

it('two processes on one file: the second ends with one line and status 2, and the first loses and doubles nothing', async () => {
  const first = await start();
  const sending = load(80).map((messages, index) => sendAll(messages, client(first.url, index)));
  const second = await start();
  expect(await second.ready).toBe(false);
  const sent = await Promise.all(sending);
  const { status, stderr } = await second.ended;
  expect((await first.stop()).status).toBe(0);
  expect(await verify({ storePath: storePath(), sent, backend }), REPLAY).toEqual([]);
  expect({ status, lines: stderr.trimEnd().split('\n').length }).toEqual({ status: 2, lines: 1 });
  expect(stderr).toMatch(/hiveloop\.db.*(in use|another|locked)/);
}, 30_000);

/** Back by an hour, what was a minute ago lies further ahead than the window: by design it counts as of its arrival. */
it.each([
  { jump: 'ahead by an hour', shiftMillis: 3_600_000, timesAreAsSaid: true },
  { jump: 'back by ten minutes', shiftMillis: -600_000, timesAreAsSaid: true },
  { jump: 'back by an hour', shiftMillis: -3_600_000, timesAreAsSaid: false },
])(
  'the clock jumps $jump in the middle of the load: nothing is lost or doubled, and the story agrees with the state',
  async ({ shiftMillis, timesAreAsSaid }) => {
    const process = await start({ clock: { shiftMillis, afterCalls: 60 } });
    const sent = await Promise.all(load(80).map((messages, index) => sendAll(messages, client(process.url, index))));
    expect((await process.stop()).status).toBe(0);
    expect(await verify({ storePath: storePath(), sent, backend, timesAreAsSaid }), REPLAY).toEqual([]);
  },
  30_000,
);

it('stopped while the disk is full, it sends what it can, says in words what it cannot keep, and the next start has all that was acknowledged', async () => {
  const process = await start({ maxPages: 80 });
  const [messages = []] = load(80);
  const sent = [await sendAll(messages, client(process.url, 0))];
  const large = Array.from({ length: 1000 }, (_, index) => report(1, { uid: `${'u'.repeat(240)}${String(index)}` }));
  expect(await post(process.url, large, false)).toBe(503);
  const foreign = await fetch(`${process.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] }),
  });
  expect(foreign.status).toBe(200);
  const { status, stderr } = await process.stop();
  expect(status).toBe(0);
  expect(stderr).toMatch(/only counted are lost: .*full/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect((await (await start()).stop()).status).toBe(0);
  expect(await verify({ storePath: storePath(), sent, backend }), REPLAY).toEqual([]);
}, 30_000);

it('the disk is full: 503 and nothing acknowledged, /readyz says so, the process stays up, and all is taken when there is room', async () => {
  const process = await start({ maxPages: 80 });
  const probe = async (path: string): Promise<number> => (await fetch(process.url + path)).status;
  const [first = [], ...others] = load(80);
  const before = await sendAll(first, client(process.url, 0));
  const large = Array.from({ length: 1000 }, (_, index) =>
    report(1, {
      agent: `agent-${String(index)}`,
      uid: 'u'.repeat(250),
      time: BigInt(Date.now() - 60_000) * 1_000_000n,
    }),
  );
  expect(await post(process.url, large, false)).toBe(503);
  await expect.poll(() => process.stderr, { timeout: 10_000 }).toMatch(/full/);

  let refused = 0;
  const onFailed = (): void => {
    refused++;
  };
  const sending = others.map((messages, index) => sendAll(messages, { ...client(process.url, index + 1), onFailed }));
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(20);
  expect([await probe('/readyz'), await probe('/healthz')]).toEqual([503, 200]);
  expect([await probe('/metrics'), await probe('/api/issues'), await probe('/api/issues?state=open')]).toEqual([
    200, 200, 200,
  ]);

  process.signal('SIGUSR2');
  await expect.poll(() => post(process.url, large, false), { timeout: 10_000 }).toBe(200);
  await expect.poll(() => probe('/readyz'), { timeout: 10_000 }).toBe(200);
  const taken: Sent = { messages: large, answered: 1, acknowledgedEvents: large.length, failures: 1, oddStatuses: [] };
  const sent = [before, taken, ...(await Promise.all(sending))];
  expect(sent.flatMap(({ oddStatuses }) => oddStatuses)).toEqual([]);
  expect((await process.stop()).status).toBe(0);
  expect(await verify({ storePath: storePath(), sent, backend }), REPLAY).toEqual([]);
}, 60_000);
