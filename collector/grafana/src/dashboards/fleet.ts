import { dashboard, environmentVariable, type DashboardFile } from './dashboard.ts';
import { fleetNow } from './rows/fleet-now.ts';
import { fleetAgents } from './rows/fleet-agents.ts';
import { fleetWork, fleetModels } from './rows/fleet-work.ts';

export function fleetDashboard(): DashboardFile {
  return dashboard({
    uid: 'hiveloop-fleet',
    title: 'HiveLoop: Fleet',
    description: 'Which agents need a person now, and what the fleet did.',
    from: '3h',
    variables: [environmentVariable()],
    rows: [fleetNow(), fleetAgents(), fleetWork(), fleetModels()],
  });
}
