/**
 * The service: leads come in, three workers take them from a queue, each is qualified by the agent. It prints nothing:
 * what happens is told by telemetry alone. It ends when all leads are done, or at SIGINT or SIGTERM.
 */
import { startTelemetry } from './telemetry.ts';
import { agent, hive, queue } from './agent.ts';
import { Clients } from './clients.ts';
import { openMockApis } from './crm-api.ts';
import { ARRIVALS, type Lead } from './leads.ts';
import { pause } from './pace.ts';
import { processLead } from './process-lead.ts';

const WORKERS = 3;
/** Exit status of a program that a signal ended, as shells write it: 128 + the signal's number. */
const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

const telemetry = startTelemetry();
const apis = await openMockApis();
const clients = new Clients(apis.url);
let leadsDone = 0;

const endedBy = await Promise.race([work(), signalled()]);

await hive.shutdown(); // tasks that are still open are told as abandoned, the agent as stopped
await telemetry.shutdown();
const problem = telemetry.problem();
const stopped = endedBy === 'done' ? undefined : `stopped by ${endedBy}`;
const sentences = [stopped, problem].filter((sentence) => sentence !== undefined);
if (sentences.length > 0) say(`${leadsDone} of ${ARRIVALS.length} leads processed; ${sentences.join('; ')}`);
process.exit(endedBy === 'done' ? Number(problem !== undefined) : SIGNAL_STATUS[endedBy]);

async function work(): Promise<'done'> {
  await Promise.all([receiveLeads(), ...Array.from({ length: WORKERS }, workOff)]);
  await apis.close();
  agent.queueSnapshot(queue.snapshot()); // the last word on the queue; on the way the heartbeats tell it
  return 'done';
}

async function receiveLeads(): Promise<void> {
  await Promise.all(
    ARRIVALS.map(async ({ afterMillis, lead }) => {
      await pause(afterMillis);
      queue.put(lead);
    }),
  );
  queue.close();
}

async function workOff(): Promise<void> {
  for (let lead = await queue.take(); lead !== undefined; lead = await queue.take()) {
    await processLead(lead, clients).catch(leaveForPeople(lead));
    leadsDone += 1;
  }
}

/** The task has failed and told why; the service goes on with the next lead. */
function leaveForPeople(lead: Lead): () => void {
  return () => {
    agent.todo(`qualify-${lead.id}`, 'created', `Qualify ${lead.company} by hand`, { priority: lead.priority });
  };
}

function signalled(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
}

function say(sentence: string): void {
  process.stderr.write(`lead-qualifier: ${sentence}\n`);
}
