/**
 * `npm run dashboards`: writes the dashboards and the rules that are committed.
 * `npm run dashboards -- --runbooks https://git.example.com/ops/runbooks` lets the alerts point to copies of the runbooks.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from './generate.ts';

const COLLECTOR = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({ options: { runbooks: { type: 'string' } } });

const files = await generate(values.runbooks === undefined ? {} : { runbooks: values.runbooks.replace(/\/$/, '') });
for (const [path, text] of files) {
  const file = join(COLLECTOR, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`collector/${path}\n`);
}
