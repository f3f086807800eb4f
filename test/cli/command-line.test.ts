import { expect, test, vi } from 'vitest';
import { version } from '../../src/version.ts';
import { runCommand } from './support/run-command.ts';

vi.setConfig({ testTimeout: 30_000 }); // processes, on a machine that does other things as well

test('--version prints the version and nothing else', async () => {
  expect(await runCommand(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('--help lists the commands, and each command its flags with their variables and defaults', async () => {
  const [overview, dev, translator] = await Promise.all(
    [['--help'], ['dev', '--help'], ['translator', '--help']].map((argv) => runCommand(argv)),
  );
  expect(overview).toMatchObject({ status: 0, stderr: '' });
  expect(overview?.stdout).toMatch(/^ {2}dev +\S.*\n {2}translator +\S/m);
  expect(dev?.stdout).toContain('  --listen HOST:PORT\n');
  expect(dev?.stdout).toContain('(default 127.0.0.1:4318, variable HIVELOOP_LISTEN)');
  expect(translator?.stdout).toContain('variable HIVELOOP_EXPORT or OTEL_EXPORTER_OTLP_ENDPOINT');
});

test.each([
  [['fly'], 'hiveloop: unknown command fly; the commands are dev, translator, issues; see hiveloop --help\n'],
  [['--fly'], 'hiveloop: unknown flag --fly; the commands are dev, translator, issues; see hiveloop --help\n'],
  [['dev', '--fly'], 'hiveloop: unknown flag --fly; see hiveloop dev --help\n'],
])('%j is one line on stderr and status 2', async (argv, stderr) => {
  expect(await runCommand(argv)).toEqual({ status: 2, stdout: '', stderr });
});

test('a command of two words is found by both, and its help names what it works on', async () => {
  const { status, stdout } = await runCommand(['issues', 'show', '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: hiveloop issues show KEY \[FLAGS\]\n/);
});

test('no command prints the help on stderr, status 2', async () => {
  const { status, stdout, stderr } = await runCommand([]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^Usage: hiveloop COMMAND/);
});
