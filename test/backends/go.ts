/** Go as a command: is it new enough, and what does it say. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const TAIL_LINES = 30;

/** Throws one line that says what to do unless Go, or the Go that it fetches for the module, can build the module. */
export async function checkGo(folder: string, needed: string): Promise<void> {
  const advice = `the backends need Go ${needed} or newer (https://go.dev/dl); or name the binaries, see test/backends/README.md`;
  let found: string;
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], { cwd: folder });
    found = stdout.trim().replace(/^go/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(`Go is not installed: ${advice}`, { cause: error });
    }
    throw new Error(`this Go is too old or does not work: ${advice}`, { cause: error });
  }
  // A Go before 1.21 does not refuse a newer module by itself.
  if (isOlder(found, needed)) throw new Error(`Go ${found} is too old: ${advice}`);
}

function isOlder(found: string, needed: string): boolean {
  const [foundParts, neededParts] = [found, needed].map((version) => version.split('.').map(parseFloat));
  for (const [index, part] of (neededParts ?? []).entries()) {
    const other = foundParts?.[index] ?? 0;
    if (other !== part) return other < part;
  }
  return false;
}

/** Runs `go build -v`; a failure throws with the last lines that are not the names of packages. */
export async function runGo(
  argv: readonly string[],
  { cwd, onPackage }: { readonly cwd: string; readonly onPackage: () => void },
): Promise<void> {
  // A go.work or flags of the person who builds would build something else.
  const env = { ...process.env, GOWORK: 'off', GOFLAGS: '-buildvcs=false' };
  const child = spawn('go', argv, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    if (/^\S+$/.test(line)) onPackage();
    else if (!line.startsWith('go: downloading')) said.push(line);
  }
  const [status] = (await ended) as [number | null];
  if (status !== 0) throw new Error(`go ${argv.join(' ')} failed in ${cwd}:\n${said.slice(-TAIL_LINES).join('\n')}`);
}
