/** Messages are counted alike on both ways, up to the one that is too many: here with a limit that small requests reach. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { takeEncodedLogs } from '../../../src/translator/intake/take-encoded-logs.ts';
import { encodeLogs } from '../../../src/translator/otlp/encode.ts';
import { issueLog, logBatch } from '../issue-batches.ts';
import { ARRIVAL, encodedLogs, expectTheSame } from './encoded-logs.ts';

vi.mock('../../../src/translator/otlp/malformed-body.ts', async (original) => ({
  ...(await original<object>()),
  MAX_MESSAGES: 60,
}));

it('a request of too many messages is refused, whichever way it is read', () => {
  const reports = (count: number): Uint8Array =>
    encodeLogs(logBatch(...Array.from({ length: count }, (_, second) => issueLog('report', second))));
  for (let count = 0; count < 10; count++) expectTheSame(reports(count));
  expect(() => takeEncodedLogs(reports(9), ARRIVAL)).toThrow('more than 60 nested messages');
});

it('any request is refused for its messages on both ways, or on neither', () => {
  fc.assert(fc.property(encodedLogs, expectTheSame), { numRuns: 1000 });
});
