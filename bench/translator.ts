/**
 * What a record costs the translator, over its real HTTP server and durable store, beside bare gunzip and decode of the
 * same bodies in the same run. README.md says how to read the table.
 *
 *     node bench/translator.ts [--quick] [--all] [--json] [--rounds N] [--sink none|discard] [--only NAME]... [--scale N]
 *
 * `--quick` is for CI: one row. `--all` adds small requests, JSON, and a million open issues; `--only` takes a row by its
 * name, once or several times. `--scale 0.05` makes the million 50 000, to try the bench itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FilledStores } from './translator/filled-stores.ts';
import { type RunOptions, type RunResult, runLockstep } from './translator/lockstep.ts';
import { costRatios, HEADER, ratioLine, row } from './translator/table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    sink: { type: 'string', default: 'discard' },
    only: { type: 'string', multiple: true },
    scale: { type: 'string', default: '1' },
  },
});

const base = {
  recordsPerRequest: 512,
  issues: 4000,
  reportsPerResolve: 500,
  encoding: 'protobuf',
  isGzip: true,
  rounds: Number(values.rounds ?? (values.quick ? 4 : 13)),
  recordsPerRound: 61_440,
  sink: values.sink === 'none' ? 'none' : 'discard',
  openIssues: 4000,
} as const;

const MILLION = Math.round(1_000_000 * Number(values.scale));
const runs: readonly (Partial<RunOptions> & { readonly name: string })[] = [
  { name: 'protobuf gzip x512' },
  { name: 'protobuf gzip x16', recordsPerRequest: 16, recordsPerRound: 20_480 },
  { name: 'protobuf plain x1', recordsPerRequest: 1, recordsPerRound: 4000, isGzip: false },
  { name: 'json gzip x512', encoding: 'json' },
  { name: '1 k open issues', issues: 1000, openIssues: 1000, reportsPerResolve: 0 },
  { name: '1 M open issues', issues: 1000, openIssues: MILLION, reportsPerResolve: 0 },
  { name: '1 M, any of them', issues: MILLION, openIssues: MILLION, reportsPerResolve: 0, recordsPerRound: 20_480 },
  { name: 'one issue', issues: 1, reportsPerResolve: 0 },
];
const unknown = values.only?.find((only) => !runs.some(({ name }) => name === only));
if (unknown !== undefined) throw new Error(`there is no row ${unknown}: ${runs.map(({ name }) => name).join(', ')}`);
const chosen = runs.filter(({ name }, index) => values.only?.includes(name) ?? (index === 0 || values.all));

const folder = mkdtempSync(join(tmpdir(), 'hiveloop-bench-filled-'));
const print = (line: string): void => {
  if (!values.json) console.log(line);
};
try {
  const stores = new FilledStores(folder);
  const results: RunResult[] = [];
  for (const run of chosen) {
    results.push(await runLockstep({ ...base, ...run }, stores));
    if (results.length === 1) print(HEADER);
    results.slice(-1).forEach((result) => print(row(result)));
  }
  const ratios = costRatios(results);
  for (const ratio of ratios) print(ratioLine(ratio));
  for (const { issues, seconds, stopSeconds, megabytes } of stores.fillings) {
    print(
      `${String(issues)} issues opened in ${seconds.toFixed(0)} s, ${stopSeconds.toFixed(0)} s of it the stop: ${String(megabytes)} MiB`,
    );
  }
  if (values.json) {
    const { fillings } = stores;
    console.log(
      JSON.stringify({ node: process.version, scale: Number(values.scale), results, ratios, fillings }, undefined, 2),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
