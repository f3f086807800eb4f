import type { DashboardFile } from './dashboard.ts';
import { agentDashboard } from './agent.ts';
import { fleetDashboard } from './fleet.ts';
import { healthDashboard } from './health.ts';
import { issuesDashboard } from './issues.ts';
import { taskDashboard } from './task.ts';

export function allDashboards(): readonly DashboardFile[] {
  return [fleetDashboard(), agentDashboard(), taskDashboard(), issuesDashboard(), healthDashboard()];
}
