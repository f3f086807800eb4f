/** Global set-up of the stock tests: runs once, and only if one of them was chosen. */
import { absence, isRequired } from './binaries.ts';

export function setup(): void {
  const text = absence();
  if (text !== undefined && isRequired) throw new Error(`HIVELOOP_E2E=required, but ${text}`);
}

/** After the results, where a skipped test would else be a number that nobody reads. */
export function teardown(): void {
  const text = absence();
  if (text !== undefined && !isRequired) console.log(`\ntest/e2e/stock was SKIPPED: ${text}\n`);
}
