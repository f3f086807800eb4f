/** An agent with a small threshold and a task that never ends. Its process is killed after the first act. */
import { AGENTS, ISSUES } from './names.ts';
import type { Play } from './play.ts';

export const playWatch: Play = (hive) => {
  const agent = hive.agent(AGENTS.watcher, {
    type: 'ops',
    heartbeatIntervalSeconds: 0.5,
    stuckThresholdSeconds: 3,
  });
  agent.startTask('watch-1', { type: 'watch' });
  agent.reportIssue({ summary: 'Feed is lost', severity: 'high', issueId: ISSUES.feed, category: 'connectivity' });
  return Promise.resolve(() => undefined);
};
