/** Kafka's broker from Maven Central: 45 jars, pinned by checksum, for the one test that needs it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BIN } from '../programs.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const NEEDED = readFileSync(join(HERE, 'checksums.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [sha256 = '', file = ''] = line.split(/\s+/);
    return { sha256, file };
  });
const run = promisify(execFile);

/** Where the jars are, or would be. Another list is another folder: an old broker is never taken for a new one. */
export const KAFKA = join(BIN, `kafka-${sha256Of(join(HERE, 'checksums.txt')).slice(0, 12)}`);

export function hasKafka(): boolean {
  return existsSync(KAFKA);
}

/** What keeps the broker from being run here, and fetched if it has to be; undefined when nothing does. */
export async function lackForKafka(): Promise<string | undefined> {
  const works = async (program: string): Promise<boolean> => {
    return run(program, ['-version']).then(
      () => true,
      () => false,
    );
  };
  if (!(await works('java'))) return "Kafka's broker needs Java 17 or newer";
  if (!hasKafka() && !(await works('mvn'))) return "Kafka's broker is fetched by Maven, which is not here";
  return undefined;
}

/** Has Maven fetch the jars, and throws when one is another than the list says. */
export async function fetchKafka(): Promise<void> {
  const folder = mkdtempSync(join(dirname(KAFKA), 'kafka-fetch-'));
  try {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    await run('mvn', ['--batch-mode', '--quiet', '--file', join(HERE, 'pom.xml'), ...goal]);
    for (const { file, sha256 } of NEEDED) {
      const found = sha256Of(join(folder, file));
      if (found !== sha256) throw new Error(`${file} has the checksum ${found}, not ${sha256} as in checksums.txt`);
    }
    renameSync(folder, KAFKA);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For Java's class path: the jars of the list and nothing else that may lie there. */
export function kafkaClassPath(): string {
  return NEEDED.map(({ file }) => join(KAFKA, file)).join(':');
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
