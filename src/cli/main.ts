#!/usr/bin/env node
// Loaded by any Node, so it imports nothing that a Node without `node:sqlite` would stumble over; the rest comes after the check.
import { nodeVersionProblem } from './node-version.ts';

const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  const { runCommandLine } = await import('./command-line.ts');
  process.exitCode = await runCommandLine(process.argv.slice(2), process);
} else {
  process.stderr.write(`hiveloop: ${problem}\n`);
  process.exitCode = 1;
}
