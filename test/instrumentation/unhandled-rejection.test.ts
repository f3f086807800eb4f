import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const program = join(import.meta.dirname, 'unhandled-rejection.ts');

test.each([
  ['task', 'handled'],
  ['task', 'unhandled'],
  ['trackContext', 'unhandled'],
  ['track', 'unhandled'],
])('a rejection of a %s that the caller leaves %s is just that, once', async (door, how) => {
  const { stdout } = await run(process.execPath, [program, door, how]);
  expect(stdout).toBe(`${how} same\n`);
});
