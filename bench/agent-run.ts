import { parseArgs } from 'node:util';
import { OURS, ordersOf, ROWS, type RowResult } from './support/rows.ts';
import { runLockstep } from './support/lockstep.ts';
import { findDifferences } from './support/same-signals.ts';
import { openSink } from './support/sink.ts';
import { formatTable } from './support/table.ts';

/*
 * What our API costs against the same signals written by hand. `npm run bench` builds the package and runs this;
 * bench/README.md says how to read the table.
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    launches: { type: 'string', default: '2' },
    rows: { type: 'string' },
    ours: { type: 'string', default: 'hiveloop-otel' },
    beside: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

const differences = await findDifferences(values.ours);
if (differences.length > 0) {
  console.error(`The two sides do not emit the same signals, so nothing was measured:\n${differences.join('\n')}`);
  process.exitCode = 1;
} else if (values.check) {
  console.log('Both sides emit the same signals.');
} else {
  await measureAll();
}

async function measureAll(): Promise<void> {
  const chosen = values.rows?.split(',');
  const rounds = Number(values.rounds);
  const launches = Number(values.launches);
  const sink = await openSink();
  const results: RowResult[] = [];
  try {
    for (const row of ROWS.filter(({ id }) => chosen?.includes(id) ?? true)) {
      const orders = ordersOf(row, values.ours, sink.url);
      const ours = orders.filter(({ label }) => label === OURS);
      const others = values.beside.flatMap((module) => ours.map((order) => ({ ...order, module, label: module })));
      results.push({ row, standings: await runLockstep([...orders, ...others], rounds, launches) });
    }
  } finally {
    sink.close();
  }
  if (values.json) console.log(JSON.stringify({ node: process.version, rounds, launches, results }, undefined, 2));
  else
    console.log(
      `Node ${process.version}, ${rounds} rounds in ${launches} launches; CPU per task or call, ours as a ratio to by hand\n\n${formatTable(results)}`,
    );
}
