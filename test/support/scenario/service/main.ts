/**
 * A service of the scenario, in a process of its own. It plays the first act, prints `first act`, plays the second at
 * SIGUSR2, prints `second act`, and lives on, with its heartbeats, until SIGTERM.
 */
import { init } from 'hiveloop-otel';
import { ENVIRONMENT, PROCESS_VARIABLE, PROCESSES, type ProcessName } from './names.ts';
import { PLAYS } from './plays.ts';
import { startTelemetry } from './telemetry.ts';

/** Longer than any test; so that it ends also when nobody is left to end it. */
const LIFETIME_MILLIS = 300_000;

const name = process.env[PROCESS_VARIABLE] as ProcessName;
const endTelemetry = startTelemetry(PROCESSES[name], name);
const hive = init({ environment: ENVIRONMENT, group: 'e2e' });
const lifetime = setTimeout(() => process.exit(3), LIFETIME_MILLIS);
const ended = new Promise((resolve) => process.once('SIGTERM', resolve));

const playSecondAct = await PLAYS[name](hive);
process.once('SIGUSR2', () => {
  playSecondAct();
  console.log('second act');
});
console.log('first act');

await ended;
clearTimeout(lifetime);
await hive.shutdown();
await endTelemetry();
