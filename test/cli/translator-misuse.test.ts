/** Bad configuration: one line, exit status 2, nothing touched. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runCommand } from './support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

interface Place {
  readonly folder: string;
  /** Writes a file that the flags of the test name. */
  file(name: string, text: string, mode?: number): string;
}

function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'hiveloop-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return {
    folder,
    file: (name, text, mode = 0o600) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    },
  };
}

/** Runs the translator with a store that does not exist yet, and checks that it does not exist afterwards either. */
async function refuses(
  { folder }: Place,
  flags: readonly string[],
  message: RegExp,
  environment: Record<string, string> = {},
): Promise<void> {
  const store = ['--store', `sqlite:${join(folder, 'issues.db')}`];
  const defaults = ['--listen', '127.0.0.1:0', '--export', 'none', ...store];
  const own = new Set(flags);
  const argv = defaults.flatMap((_, at) =>
    at % 2 === 1 || own.has(defaults[at] ?? '') ? [] : defaults.slice(at, at + 2),
  );
  const before = readdirSync(folder);
  const { status, stdout, stderr } = await runCommand(['translator', ...argv, ...flags], environment);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^hiveloop: [^\n]+\n$/);
  expect(readdirSync(folder)).toEqual(before);
}

test('an unknown flag', () => refuses(place(), ['--reorder-windw', '15m'], /^hiveloop: unknown flag --reorder-windw/));

test('an outbox of no rows, of half a row, and of an age that is no duration', async () => {
  for (const count of ['0', '-1', '1.5', 'many', '1e6', '9007199254740993']) {
    await refuses(
      place(),
      [`--outbox-max-rows=${count}`],
      /--outbox-max-rows '[^']+' is not a count; write a whole number/,
    );
  }
  await refuses(place(), [], /--outbox-max-rows 'all' is not a count/, { HIVELOOP_OUTBOX_MAX_ROWS: 'all' });
  await refuses(place(), ['--outbox-max-age', '7'], /--outbox-max-age '7' is not a duration/);
  await refuses(place(), [], /--outbox-max-age 'never' is not a duration/, { HIVELOOP_OUTBOX_MAX_AGE: 'never' });
});

test('two of the commands that look after a store at once', () =>
  refuses(place(), ['--check', 'a.db', '--parked', 'a.db'], /--check and --parked are two commands; give one of them/));

test('a store in a folder that does not exist', () =>
  refuses(place(), ['--store', 'sqlite:/nowhere/at/all.db'], /the folder \/nowhere\/at does not exist/));

test('a store that is a folder', async () => {
  const here = place();
  await refuses(here, ['--store', `sqlite:${here.folder}`], /is not a file/);
});

test.skipIf(process.getuid?.() === 0)('a store in a folder that this user may not write', async () => {
  const here = place();
  chmodSync(here.folder, 0o500);
  await refuses(here, [], /this user may not write/);
  chmodSync(here.folder, 0o700);
});

test('a file that is no store', async () => {
  const here = place();
  const path = here.file('notes.txt', 'these are notes, and they are long enough to be no header of a database\n');
  await refuses(here, ['--store', `sqlite:${path}`], /notes\.txt is no SQLite file; it is left as it is/);
});

test.runIf(process.platform === 'linux')('a folder in which no file can be made, whoever asks', () =>
  refuses(place(), ['--store', 'sqlite:/proc/hiveloop.db'], /\/proc/),
);

test('a port in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await refuses(place(), ['--listen', `127.0.0.1:${port}`], /cannot listen on .* the port is in use/);
});

test('an address that is not of this machine', () =>
  refuses(place(), ['--listen', '192.0.2.1:4318'], /192\.0\.2\.1 is no address of this machine/));

test('a token file that is missing', async () => {
  const here = place();
  await refuses(here, ['--token-file', join(here.folder, 'tokens')], /the token file .* does not exist/);
});

test('a token file that everyone can read, also when its variable names it', async () => {
  const here = place();
  const path = here.file('tokens', 'a-long-token\n', 0o644);
  await refuses(here, ['--token-file', path], /is open to every user of this machine; run chmod 600/);
  await refuses(here, [], /is open to every user of this machine/, { HIVELOOP_TOKEN_FILE: path });
});

test('a token file without a token', async () => {
  const here = place();
  await refuses(here, ['--token-file', here.file('tokens', '# none yet\n')], /holds no token/);
});

test.each(['collector:4318', 'ftp://collector', 'here'])('the export address %s', (address) =>
  refuses(place(), ['--export', address], /--export '.*' is not an address/),
);

test('an export address that is its own listener', () =>
  refuses(place(), ['--listen', '127.0.0.1:4318', '--export', 'http://localhost:4318'], /own listener/));

test('a certificate without its key, a key that is missing, files that are neither', async () => {
  const here = place();
  const cert = here.file('cert.pem', 'no certificate\n');
  await refuses(here, ['--tls-cert', cert], /--tls-key is missing/);
  await refuses(here, ['--tls-key', cert], /--tls-cert is missing/);
  await refuses(
    here,
    ['--tls-cert', cert, '--tls-key', join(here.folder, 'key.pem')],
    /--tls-key: the file .* does not exist/,
  );
  await refuses(here, ['--tls-cert', cert, '--tls-key', cert], /are no certificate and its key/);
});

test.each([
  ['--reorder-window', '5'],
  ['--snapshot-interval', 'often'],
  ['--retention', '0d'],
])('%s %s', (flag, text) => refuses(place(), [flag, text], /is not a duration/));

/** True when a certificate can be made here. */
function canMakeCertificate(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(canMakeCertificate())('a certificate and the key of another', async () => {
  const here = place();
  const make = (name: string): readonly [string, string] => {
    const [cert, key] = [join(here.folder, `${name}.pem`), join(here.folder, `${name}.key`)];
    const subject = ['-subj', '/CN=localhost', '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
    execFileSync('openssl', ['req', '-x509', ...subject, '-out', cert, '-keyout', key], { stdio: 'ignore' });
    return [cert, key];
  };
  const [[cert], [, otherKey]] = [make('one'), make('two')];
  await refuses(here, ['--tls-cert', cert, '--tls-key', otherKey], /are no certificate and its key/);
});
