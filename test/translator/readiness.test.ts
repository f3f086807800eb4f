import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderOf, freeBytesAt } from '../../src/translator/free-space.ts';
import { checkReadiness } from '../../src/translator/readiness.ts';
import { openStore } from '../../src/translator/store/open-store.ts';
import type { Store } from '../../src/translator/store/store.ts';
import { createTranslator } from '../../src/translator/translator.ts';

const MEBIBYTE = 1_048_576;

function memoryStore(): Store {
  const store = openStore('memory:', 0n);
  onTestFinished(() => store.close());
  return store;
}

test.each([
  [128 * MEBIBYTE, []],
  [
    128 * MEBIBYTE - 1,
    ['the disk of the store (/data) has 127 MiB left, less than 128 MiB: free space before it is full'],
  ],
  [0, ['the disk of the store (/data) has 0 MiB left, less than 128 MiB: free space before it is full']],
  [undefined, []],
])('with %s bytes free the reasons not to be ready are %j', async (free, reasons) => {
  const freeBytes = (): Promise<number | undefined> => Promise.resolve(free);
  const health = await checkReadiness(memoryStore(), { now: 0n, hasSink: false, folder: '/data', freeBytes });
  expect(health).toEqual({ alive: true, ready: reasons.length === 0, reasons });
});

test('a store in memory has no disk that could be full', async () => {
  const freeBytes = (): Promise<number> => Promise.reject(new Error('asked'));
  const options = { now: 0n, hasSink: false, folder: folderOf('memory:'), freeBytes };
  expect(await checkReadiness(memoryStore(), options)).toMatchObject({ ready: true });
});

test('the file system is asked about the folder of the store, and one that does not say is no reason', async () => {
  expect(folderOf('sqlite:/data/issues.db')).toBe('/data');
  expect(folderOf('sqlite:issues.db')).toBe(process.cwd());
  expect(await freeBytesAt(tmpdir())).toBeGreaterThan(0);
  expect(await freeBytesAt('/nowhere/at/all')).toBeUndefined();
});

test.runIf(process.platform === 'linux')('a file system without blocks of its own does not say', async () => {
  expect(await freeBytesAt('/proc')).toBeUndefined();
});

test('a translator with room on its disk is ready', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-readiness-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const translator = await createTranslator({ store: `sqlite:${join(folder, 'hiveloop.db')}` });
  onTestFinished(() => translator.close());
  expect(await translator.health()).toEqual({ alive: true, ready: true, reasons: [] });
});
