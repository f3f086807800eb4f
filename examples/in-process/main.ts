/**
 * Issue lifecycles inside one service, with no infrastructure: this project's traces-only packages, no Collector between.
 * What the processor derives goes to `OTEL_EXPORTER_OTLP_ENDPOINT`; `hiveloop dev` in another terminal shows it.
 *
 *     node examples/in-process/main.ts
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { init } from 'hiveloop-otel';
import { IssueLifecycleProcessor } from 'hiveloop-otel/translator';

const lifecycle = new IssueLifecycleProcessor();
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'lead-qualifier', 'deployment.environment.name': 'demo' }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter()), lifecycle], // with logs: to the LoggerProvider as well
});
provider.register();

const agent = init().agent('lead-qualifier', { type: 'sales' });
agent.task('lead-1', (task) => {
  const issue = agent.reportIssue({ summary: 'CRM API returns 403', severity: 'high', issueId: 'crm-403' });
  task.retry('Again with a new token', { attempt: 2 });
  issue.resolve('CRM API took the new token');
  agent.reportIssue({ summary: 'Enrichment API is slow', severity: 'low', issueId: 'enrichment-slow' });
});

// The same that the backend hears, for a health page of the service's own.
await provider.forceFlush();
for (const { issueId, state, severity } of await lifecycle.issues()) console.log(`${issueId} ${state} ${severity}`);
await provider.shutdown();
