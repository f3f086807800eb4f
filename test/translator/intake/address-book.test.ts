import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ATTR_AGENT_ID, ATTR_ISSUE_ID } from '../../../src/semconv.ts';
import { takeLogs } from '../../../src/translator/intake/intake.ts';
import { decodeLogs } from '../../../src/translator/otlp/decode.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import type { LogRecord } from '../../../src/translator/otlp/model.ts';
import { issueLog, logBatch, SECOND, START } from '../issue-batches.ts';

/** Half a megabyte; of a longer string the runtime keeps the characters outside its heap. */
const PADDING = ' '.repeat(2 ** 19);
const RECORDS = 50;

function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

describe('an issue that was met', () => {
  const named = (n: number): string => `a name of many characters, number ${String(n)}`;
  const padded = (n: number): string => `${named(n)}${PADDING}`;
  const cases: readonly { readonly what: string; readonly record: (n: number) => LogRecord }[] = [
    { what: 'agent id', record: (n) => issueLog('report', n, { [ATTR_AGENT_ID]: padded(n) }) },
    { what: 'issue id', record: (n) => issueLog('report', n, { [ATTR_ISSUE_ID]: padded(n) }) },
    { what: 'summary', record: (n) => ({ ...issueLog('report', n, { [ATTR_ISSUE_ID]: '' }), body: padded(n) }) },
  ];

  it.each(cases)('is remembered without the half megabyte that its $what was padded with', ({ record }) => {
    const before = heapMegabytes();
    for (let n = 0; n < RECORDS; n++) {
      const batch = decodeLogs(encodeLogs(logBatch(record(n))), 'protobuf');
      takeLogs(batch, { arrival: START, windowNanos: 900n * SECOND });
    }
    expect(heapMegabytes() - before).toBeLessThan(RECORDS / 10);
  });
});
