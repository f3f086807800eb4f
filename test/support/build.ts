import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSDOWN = join(ROOT, 'node_modules/tsdown/dist/run.mjs');

export interface BuiltPackage {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Builds the package as it is published into a folder of its own: `dist` may be in use by another test at the same time.
 * The folder is inside `node_modules`, where the built files find OpenTelemetry's API as they do when installed.
 */
export async function buildPackage(): Promise<BuiltPackage> {
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'hiveloop-otel-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  try {
    await promisify(execFile)(process.execPath, [TSDOWN, '--no-dts', '--logLevel', 'warn', '--out-dir', folder], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '' },
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, remove };
}
