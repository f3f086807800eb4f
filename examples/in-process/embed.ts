/**
 * The translator inside a program of yours: an OTLP receiver of your own hands it what comes in, and code of yours takes
 * what it derives. Here both ends are a few lines: one report in, the transitions out.
 *
 *     node examples/in-process/embed.ts
 */
import { createTranslator, type DerivedSink } from 'hiveloop-otel/translator';

const sink: DerivedSink = {
  logs: (batch) => {
    for (const { logRecords } of batch) for (const { body } of logRecords) console.log(JSON.stringify(body));
    return Promise.resolve({ kind: 'accepted' });
  },
  traces: () => Promise.resolve({ kind: 'accepted' }),
  metrics: () => Promise.resolve({ kind: 'accepted' }),
};

// `sqlite:./hiveloop.db` keeps it over restarts: then `accepted` means that it is on disk.
const translator = await createTranslator({ store: 'memory:', sink });

const tell = (name: 'reported' | 'resolved', summary: string, secondsAgo: number) =>
  translator.receiver.logs([
    {
      resource: { attributes: { 'service.name': 'lead-qualifier' } },
      scope: { name: 'my-agents', version: '1.0.0' },
      logRecords: [
        {
          timeUnixNano: BigInt(Date.now() - secondsAgo * 1000) * 1_000_000n,
          observedTimeUnixNano: 0n,
          severityNumber: 17,
          eventName: `hiveloop.issue.${name}`,
          body: summary,
          attributes: { 'hiveloop.agent.id': 'lead-qualifier', 'hiveloop.issue.id': 'crm-403' },
          traceId: '',
          spanId: '',
        },
      ],
    },
  ]);

const receipt = await tell('reported', 'CRM API returns 403', 90);
if (receipt.kind !== 'accepted') throw new Error(receipt.message); // tell your sender to come back
await tell('resolved', 'CRM API recovered', 30);

const { issues } = await translator.listIssues({ state: 'resolved' });
for (const { issueId, timeToResolveSeconds } of issues)
  console.log(`${issueId} took ${Math.round(timeToResolveSeconds ?? 0)} s`);
await translator.close();
