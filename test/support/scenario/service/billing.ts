/** An agent that fails, retries and spends too much, beside one that is stopped on purpose. */
import { AGENTS, ISSUES, MODELS } from './names.ts';
import type { Play } from './play.ts';

class BankError extends Error {
  override readonly name = 'BankError';
}

const HEARTBEAT_SECONDS = 0.5;
const TYPE = { project: 'shop', type: 'invoice' } as const;
const FAILURES = 5;
const RETRIES = 24;

export const playBilling: Play = async (hive) => {
  const biller = hive.agent(AGENTS.biller, { type: 'finance', heartbeatIntervalSeconds: HEARTBEAT_SECONDS });
  const clerk = hive.agent(AGENTS.clerk, { type: 'finance', heartbeatIntervalSeconds: HEARTBEAT_SECONDS });
  for (let invoice = 1; invoice <= FAILURES; invoice++) {
    await biller
      .task(`invoice-${invoice}`, TYPE, () => Promise.reject(new BankError('Bank closed the connection')))
      .catch(() => undefined);
  }
  await biller.task('invoice-6', TYPE, (task) => {
    for (let attempt = 1; attempt <= RETRIES; attempt++) task.retry('Bank busy', { attempt, backoffSeconds: 0.1 });
    task.llmCall('long_letter', { model: MODELS.large, tokensIn: 100_000, tokensOut: 20_000, cost: 12.5 });
    return Promise.resolve();
  });
  biller.reportIssue({
    summary: 'Bank does not answer',
    severity: 'critical',
    issueId: ISSUES.bank,
    category: 'connectivity',
  });
  biller.queueSnapshot({ depth: 6, oldestAgeSeconds: 120 });
  await clerk.task('file-1', TYPE, () => Promise.resolve());
  const archive = clerk.reportIssue({ summary: 'Archive is full', severity: 'medium', issueId: ISSUES.archive });

  return () => {
    biller.queueSnapshot({ depth: 1 }); // whose age it no longer tells
    archive.resolve('Archive emptied');
    clerk.stop();
  };
};
