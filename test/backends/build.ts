/**
 * `npm run backends`: builds the programs that are missing or built from something else than is here now.
 * `npm run backends -- loki`: only those of some modules. Kafka's broker is fetched, where there is Java to run it.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, type Binary, findBinaries, keyFile, keyOf, moduleFolder, PROGRAMS } from './programs.ts';
import { checkGo, runGo } from './go.ts';
import { fetchKafka, hasKafka, lackForKafka } from './kafka/broker.ts';

const HEARTBEAT_MILLIS = 30_000;
const KAFKA = 'kafka';

try {
  const only = process.argv.slice(2);
  const modules = only.filter((word) => word !== KAFKA);
  if (only.length === 0 || modules.length > 0) await buildAll(modules);
  if (only.length === 0 || only.includes(KAFKA)) await prepareKafka(only.includes(KAFKA));
} catch (error) {
  console.error(`npm run backends: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function buildAll(only: readonly string[]): Promise<void> {
  const unknown = only.filter((program) => !(program in PROGRAMS));
  if (unknown.length > 0)
    throw new Error(`no ${unknown.join(', ')}; there are ${[...Object.keys(PROGRAMS), KAFKA].join(', ')}`);
  const binaries = findBinaries().filter(({ program }) => only.length === 0 || only.includes(program));
  for (const { name, variable, path, state } of binaries) {
    if (state === 'named') console.log(`${name}: ${path}, by ${variable}`);
    if (state === 'missing' && process.env[variable]) throw new Error(`${variable} names ${path}, where nothing is`);
  }
  const toBuild = binaries.filter(({ state }) => state === 'missing' || state === 'outdated');
  const built = binaries.filter(({ state }) => state === 'built');
  if (built.length > 0) console.log(`${built.map(({ name }) => name).join(', ')}: built`);
  if (toBuild.length === 0) return;

  for (const program of new Set(toBuild.map(({ program }) => program))) {
    const modules = readFileSync(join(moduleFolder(program), 'go.mod'), 'utf8');
    await checkGo(moduleFolder(program), /^go (\S+)$/m.exec(modules)?.[1] ?? '0');
  }
  mkdirSync(BIN, { recursive: true });
  console.log(`to build: ${toBuild.map(({ name }) => name).join(', ')}`);
  const started = Date.now();
  // One after another: each uses all cores, and together they would need the memory of all.
  for (const binary of toBuild) await build(binary);
  if (toBuild.length > 1) console.log(`all: ${elapsedSince(started)}`);
}

async function build({ name, program, package: package_, path }: Binary): Promise<void> {
  const definition = PROGRAMS[program];
  if (definition === undefined) throw new Error(`${program} is not in versions.json`);
  const { version, versionVariable, tags = '' } = definition;
  const key = keyOf(program, definition);
  // A run that uses the old binary keeps it, and one that is interrupted leaves no half of one.
  const unfinished = `${path}.${process.pid}`;
  const started = Date.now();
  let packages = 0;
  const tell = (what: string): void => {
    console.log(`${name} ${version}: ${what}, ${elapsedSince(started)}`);
  };
  const heartbeat = setInterval(() => tell(`building, ${packages} packages`), HEARTBEAT_MILLIS);
  try {
    const flags = ['-mod=readonly', '-trimpath', '-v', '-tags', tags];
    const stamp = `-s -w -X ${versionVariable}=${version}`;
    await runGo(['build', ...flags, '-ldflags', stamp, '-o', unfinished, package_], {
      cwd: moduleFolder(program),
      onPackage: () => {
        packages++;
      },
    });
  } finally {
    clearInterval(heartbeat);
  }
  renameSync(unfinished, path);
  writeFileSync(keyFile(name), key);
  tell(`built, ${packages} packages compiled, ${Math.round(statSync(path).size / 1e6)} MB`);
}

async function prepareKafka(isAskedFor: boolean): Promise<void> {
  const lack = await lackForKafka();
  if (lack !== undefined && isAskedFor) throw new Error(lack);
  if (lack !== undefined || hasKafka()) {
    console.log(lack === undefined ? 'kafka: fetched' : `kafka: ${lack}; its test will be skipped`);
    return;
  }
  mkdirSync(BIN, { recursive: true });
  const started = Date.now();
  await fetchKafka();
  console.log(`kafka: fetched, ${elapsedSince(started)}`);
}

function elapsedSince(started: number): string {
  const seconds = Math.round((Date.now() - started) / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
