/** The programs behind `collector/`, their versions, and which of their binaries are there. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import versions from './versions.json' with { type: 'json' };

export interface Program {
  /** What the program answers when it is asked. */
  readonly version: string;
  /** The same version as compose runs it. */
  readonly image: string;
  /** Go module and its version, which the program's go.mod requires. */
  readonly module: string;
  /** The package that each binary is built from. */
  readonly packages: Readonly<Record<string, string>>;
  /** The Go variable that a build sets to the version, as the project's own release does. */
  readonly versionVariable: string;
  readonly tags?: string;
}

export interface Binary {
  /** File name in `bin/`. */
  readonly name: string;
  /** Folder of the Go module beside this file. */
  readonly program: string;
  readonly package: string;
  /** Environment variable that names another binary to use. */
  readonly variable: string;
  /** Where it is, or would be. */
  readonly path: string;
  /** `named`: by its variable. `outdated`: built from other files or versions than now. */
  readonly state: 'named' | 'built' | 'outdated' | 'missing';
}

const HERE = fileURLToPath(new URL('./', import.meta.url));
export const BIN = join(HERE, 'bin');
export const PROGRAMS: Readonly<Record<string, Program>> = versions;

export function moduleFolder(program: string): string {
  return join(HERE, program);
}

/** Every binary, in the order of building. */
export function findBinaries(): readonly Binary[] {
  return Object.entries(PROGRAMS).flatMap(([program, definition]) => {
    const key = keyOf(program, definition);
    return Object.entries(definition.packages).map(([name, package_]) => {
      const variable = `${name.toUpperCase()}_BIN`;
      const named = process.env[variable] ?? '';
      const binary = { name, program, package: package_, variable };
      if (named !== '') return { ...binary, path: named, state: existsSync(named) ? 'named' : 'missing' };
      const path = join(BIN, name);
      if (!existsSync(path)) return { ...binary, path, state: 'missing' };
      return { ...binary, path, state: readKey(name) === key ? 'built' : 'outdated' };
    });
  });
}

/** Path of a program, or an error that says how to get it. */
export function binaryPath(name: string): string {
  const binary = findBinaries().find((candidate) => candidate.name === name);
  if (binary === undefined) throw new Error(`${name} is not in test/backends/versions.json`);
  if (isAbsent(binary)) throw new Error(absenceOf([binary]));
  return binary.path;
}

export function isAbsent({ state }: Binary): boolean {
  return state === 'missing' || state === 'outdated';
}

export function absenceOf(binaries: readonly Binary[]): string {
  const names = binaries.map(({ name, state }) =>
    state === 'outdated' ? `${name} (built from something else)` : name,
  );
  const variables = binaries.map(({ variable }) => variable);
  return `missing: ${names.join(', ')}. Build them with \`npm run backends\` (needs Go; 20 minutes the first time) or name them in ${variables.join(', ')}.`;
}

/** Changes with all that a build reads; not with the image, which is the same program from elsewhere. */
export function keyOf(program: string, definition: Program): string {
  const { version, packages, versionVariable, tags } = definition;
  const flags = [process.platform, process.arch, version, packages, versionVariable, tags];
  const hash = createHash('sha256').update(JSON.stringify(flags));
  const folder = moduleFolder(program);
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** Beside each binary lies the key of what it was built from. */
export function keyFile(binary: string): string {
  return join(BIN, `${binary}.key`);
}

function readKey(binary: string): string | undefined {
  return existsSync(keyFile(binary)) ? readFileSync(keyFile(binary), 'utf8') : undefined;
}
