import { ATTR_AGENT_ID } from '../../../../src/semconv.ts';
import { ACTIVITY_FILTERS, AGENT_QUERIES as ONE } from '../queries/agent.ts';
import { choice, dashboard, environmentVariable, fixedChoice, type DashboardFile } from './dashboard.ts';
import { agentNow } from './rows/agent-now.ts';
import { agentActivity, agentQueueAndIssues } from './rows/agent-activity.ts';
import { agentTasks } from './rows/agent-tasks.ts';
import { agentTools, agentModels } from './rows/agent-tools.ts';

export function agentDashboard(): DashboardFile {
  return dashboard({
    uid: 'hiveloop-agent',
    title: 'HiveLoop: Agent',
    description: 'One agent: its state, its queue, its issues, what it did and what it cost.',
    from: '3h',
    variables: [
      environmentVariable(),
      choice('agent', 'Agent', ONE.agents, ATTR_AGENT_ID),
      fixedChoice('filter', 'Activity', ACTIVITY_FILTERS),
    ],
    marks: ONE.transitions,
    rows: [agentNow(), agentActivity(), agentQueueAndIssues(), agentTasks(), agentTools(), agentModels()],
  });
}
