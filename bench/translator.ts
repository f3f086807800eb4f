/**
 * What a record costs the translator, over its real HTTP server and durable store, beside bare gunzip and decode of the
 * same bodies in the same run.
 *
 *     node bench/translator.ts [--quick] [--all] [--json] [--rounds N] [--sink none|discard] [--only NAME]
 *
 * `--quick` is for CI: one row. `--all` adds small requests, JSON, and a million open issues.
 */
import { parseArgs } from 'node:util';
import { type RunOptions, type RunResult, runLockstep } from './translator/lockstep.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    sink: { type: 'string', default: 'discard' },
    only: { type: 'string' },
  },
});

const base = {
  recordsPerRequest: 512,
  issues: 4000,
  reportsPerResolve: 500,
  encoding: 'protobuf',
  isGzip: true,
  rounds: Number(values.rounds ?? (values.quick ? 4 : 10)),
  recordsPerRound: 61_440,
  sink: values.sink === 'none' ? 'none' : 'discard',
  openIssues: 4000,
} as const;

const MILLION = 1_000_000;
const runs: readonly (Partial<RunOptions> & { readonly name: string })[] = [
  { name: 'protobuf gzip x512' },
  { name: 'protobuf gzip x16', recordsPerRequest: 16, recordsPerRound: 20_480 },
  { name: 'protobuf plain x1', recordsPerRequest: 1, recordsPerRound: 4000, isGzip: false },
  { name: 'json gzip x512', encoding: 'json' },
  { name: '1 k open issues', issues: 1000, openIssues: 1000, reportsPerResolve: 0 },
  { name: '1 M open issues', issues: 1000, openIssues: MILLION, reportsPerResolve: 0 },
  { name: '1 M, any of them', issues: MILLION, openIssues: MILLION, reportsPerResolve: 0 },
  { name: 'one issue', issues: 1, reportsPerResolve: 0 },
];
const chosen = runs.filter(({ name }, index) =>
  values.only === undefined ? index === 0 || values.all : name === values.only,
);

const HEADER =
  'load                | records/CPU-s | records/s | CPU µs/record | of bare gunzip+decode | of protobufjs | p50 / p99 ms | RSS MB | restart ms';
const results: RunResult[] = [];
for (const run of chosen) {
  results.push(await runLockstep({ ...base, ...run }));
  if (!values.json) console.log(row(results.at(-1)));
}
if (values.json) console.log(JSON.stringify({ node: process.version, results }, undefined, 2));

function row(result: RunResult | undefined): string {
  if (result === undefined) return '';
  const header = results.length === 1 ? `${HEADER}\n` : '';
  const percent = (value: number | undefined): string => (value === undefined ? '-' : `${(value * 100).toFixed(0)} %`);
  const cells = [
    result.name.padEnd(19),
    String(result.recordsPerCpuSecond),
    String(result.recordsPerSecond),
    result.cpuMicrosPerRecord.toFixed(2),
    `${percent(result.ofBare)} [${result.ofBareQuartiles.map(percent).join('..')}]`,
    percent(result.ofProtobufjs),
    `${result.p50Millis.toFixed(1)} / ${result.p99Millis.toFixed(1)}`,
    String(result.rssMegabytes),
    String(result.restartMillis),
  ];
  return `${header}${cells.join(' | ')}`;
}
