import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readTlsFiles, watchTlsFiles, type TlsPaths } from '../../src/cli/tls-files.ts';
import { openServer } from '../translator/http/open-server.ts';
import { selfSigned } from '../translator/http/self-signed.ts';
import { startCommand } from './support/run-command.ts';

interface Pair extends TlsPaths {
  /** Writes the two files, in the order in which most programs renew them. */
  renew(pair: { readonly cert: Buffer | string; readonly key: Buffer | string }): void;
}

function writtenPair(): Pair & { readonly first: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [certPath, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const renew: Pair['renew'] = ({ cert, key }) => {
    writeFileSync(certPath, cert);
    writeFileSync(keyPath, key);
  };
  const first = selfSigned();
  renew(first);
  return { certPath, keyPath, renew, first: first.cert };
}

/** A server on that pair, what it says, and the certificate that it shows to a new connection, in PEM. */
async function serve(pair: TlsPaths): Promise<{ said: readonly string[]; shown: () => Promise<string> }> {
  const said: string[] = [];
  const { files, stamp } = readTlsFiles(pair);
  const { port, replaceTls } = await openServer({ tls: files });
  const onTrouble = (sentence: string): void => void said.push(sentence);
  const watch = watchTlsFiles({ ...pair, stamp, onChange: replaceTls, onTrouble, intervalMillis: 5 });
  onTestFinished(() => watch.close());
  return { said, shown: () => certificateOf(port) };
}

function certificateOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const base64 = socket.getPeerCertificate().raw.toString('base64');
      resolve(base64);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** A PEM as {@link certificateOf} has it. */
function bare(pem: Buffer): string {
  return pem.toString().replace(/-----[A-Z ]+-----|\n/g, '');
}

test('a renewed certificate is shown to the next connection', async () => {
  const pair = writtenPair();
  const { shown, said } = await serve(pair);
  expect(await shown()).toBe(bare(pair.first));
  const renewed = selfSigned();
  pair.renew(renewed);
  await expect.poll(shown).toBe(bare(renewed.cert));
  expect(said).toEqual([]);
});

test('a secret that is mounted by a link is followed', async () => {
  const [before, after] = [writtenPair(), writtenPair()];
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const link = join(folder, 'data');
  symlinkSync(join(before.certPath, '..'), link);
  const { shown } = await serve({ certPath: join(link, 'cert.pem'), keyPath: join(link, 'key.pem') });
  symlinkSync(join(after.certPath, '..'), `${link}.new`);
  renameSync(`${link}.new`, link);
  await expect.poll(shown).toBe(bare(after.first));
});

test.each([
  ['a key of another certificate', /are no certificate and its key: .*; the certificate read before stays in force$/],
  ['no PEM', /are no certificate and its key: .*; the certificate read before stays in force$/],
  ['a missing file', /--tls-key: the file .* does not exist; the certificate read before stays in force$/],
])('%s changes nothing, is said once, and what comes after it is taken', async (what, sentence) => {
  const pair = writtenPair();
  const { shown, said } = await serve(pair);
  if (what === 'a missing file') rmSync(pair.keyPath);
  else writeFileSync(pair.keyPath, what === 'no PEM' ? 'no key' : selfSigned().key);
  await expect.poll(() => said).toEqual([expect.stringMatching(sentence)]);
  expect(await shown()).toBe(bare(pair.first));
  const renewed = selfSigned();
  pair.renew(renewed);
  await expect.poll(shown).toBe(bare(renewed.cert));
  expect(said).toHaveLength(1);
});

test('between the writing of the certificate and of its key nothing is said', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pair = writtenPair();
  const [taken, said]: [unknown[], string[]] = [[], []];
  const { stamp } = readTlsFiles(pair);
  const watch = watchTlsFiles({
    ...pair,
    stamp,
    onChange: (files) => taken.push(files),
    onTrouble: (sentence) => void said.push(sentence),
    intervalMillis: 10,
  });
  onTestFinished(() => watch.close());
  const renewed = selfSigned();
  writeFileSync(pair.certPath, renewed.cert);
  vi.advanceTimersByTime(10);
  writeFileSync(pair.keyPath, renewed.key);
  vi.advanceTimersByTime(10);
  expect([taken, said]).toEqual([[renewed], []]);
  vi.advanceTimersByTime(100);
  expect(taken).toHaveLength(1);
});

test('the command takes a renewed certificate without a restart', { timeout: 40_000 }, async () => {
  const pair = writtenPair();
  const command = startCommand([
    ...['translator', '--listen', '127.0.0.1:0', '--store', 'memory:', '--export', 'none'],
    ...['--tls-cert', pair.certPath, '--tls-key', pair.keyPath],
  ]);
  const [, port = ''] = await command.waitFor('stderr', /on https:\/\/127\.0\.0\.1:(\d+)/);
  expect(await certificateOf(Number(port))).toBe(bare(pair.first));
  const renewed = selfSigned();
  pair.renew(renewed);
  await expect.poll(() => certificateOf(Number(port)), { timeout: 30_000 }).toBe(bare(renewed.cert));
});
