import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface BuiltCopy {
  /** Path of a file of the copy. */
  path(file: string): string;
  remove(): Promise<void>;
}

/**
 * The package as a user has it: built from the sources as they are now, with the examples beside it, in a folder of its
 * own. So no `dist` is needed, none that is stale is taken, and none that somebody uses is replaced.
 */
export async function openBuiltCopy(): Promise<BuiltCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'hiveloop-built-'));
  const tsdown = join(ROOT, 'node_modules/tsdown/dist/run.mjs');
  const build = spawn(process.execPath, [tsdown, '--logLevel', 'warn', '--out-dir', join(folder, 'dist')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  build.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [status] = (await once(build, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the build failed with ${String(status)}:\n${complaints}`);
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await cp(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return { path: (file) => join(folder, file), remove: () => rm(folder, { recursive: true, force: true }) };
}
