/**
 * The agent: all that HiveLoop needs to know before there is work. Other files import `agent` and tell their part of the
 * story; whether anybody listens is decided in `telemetry.ts` alone.
 */
import { init, type Agent, type HiveLoop } from 'hiveloop-otel';
import { paced } from './pace.ts';
import { LeadQueue } from './queue.ts';

export const hive: HiveLoop = init({ environment: 'demo', group: 'sales' });
export const queue: LeadQueue = new LeadQueue();

export const agent: Agent = hive.agent('lead-qualifier', {
  type: 'sales',
  version: '1.0.0',
  heartbeatIntervalSeconds: paced(2000) / 1000, // every 2 s for the demo; the default of 30 s is right for production
  queueProvider: () => queue.snapshot(),
});
