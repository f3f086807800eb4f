import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node';
import * as names from '../../../src/semconv.ts';

const AGENT = { [names.ATTR_AGENT_ID]: 'lead-qualifier', [names.ATTR_AGENT_TYPE]: 'sales' };
let uids = 0;

/** What an agent sends, by the real SDK and exporters; attributes and names as the instrumentation writes them. */
export class AgentFeed {
  readonly #loggers: LoggerProvider;
  readonly #tracers: BasicTracerProvider;

  constructor(url: string) {
    const resource = resourceFromAttributes({
      [names.ATTR_SERVICE_NAME]: 'sales',
      [names.ATTR_SERVICE_INSTANCE_ID]: 'one',
    });
    const logs = new OTLPLogExporter({ url: `${url}/v1/logs` });
    const spans = new OTLPTraceExporter({ url: `${url}/v1/traces` });
    this.#loggers = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: logs })] });
    this.#tracers = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(spans)] });
  }

  log(
    eventName: string,
    body: string,
    attributes: Attributes = {},
    severityNumber: SeverityNumber = SeverityNumber.INFO,
    scope = names.SCOPE_INSTRUMENTATION,
  ): void {
    const own = { ...AGENT, [names.ATTR_LOG_RECORD_UID]: `uid-${++uids}` };
    this.#loggers.getLogger(scope).emit({
      eventName,
      body,
      severityNumber,
      timestamp: new Date(),
      attributes: { ...own, ...attributes },
    });
  }

  /** A task as spans only: an `invoke_agent` root that `work` hangs its children on. */
  taskSpan(
    taskId: string,
    work: (root: Span, child: (name: string, attributes: Attributes, failure?: Error) => Span) => void,
  ): void {
    const tracer = this.#tracers.getTracer(names.SCOPE_INSTRUMENTATION);
    const attributes = {
      ...AGENT,
      ...taskAttributes(taskId),
      [names.ATTR_GEN_AI_OPERATION_NAME]: names.OPERATION_INVOKE_AGENT,
    };
    const root = tracer.startSpan('invoke_agent lead-qualifier', { kind: SpanKind.INTERNAL, attributes }, ROOT_CONTEXT);
    const below = trace.setSpan(context.active(), root);
    work(root, (name, childAttributes, failure) => {
      const child = tracer.startSpan(name, { attributes: childAttributes }, below);
      if (failure !== undefined) {
        child.recordException(failure);
        child.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
      }
      child.end();
      return child;
    });
    root.end();
  }

  async flush(): Promise<void> {
    await this.#loggers.forceFlush();
    await this.#tracers.forceFlush();
  }

  async close(): Promise<void> {
    await this.#loggers.shutdown();
    await this.#tracers.shutdown();
  }
}

export function taskAttributes(taskId: string): Attributes {
  return {
    [names.ATTR_TASK_ID]: taskId,
    [names.ATTR_TASK_RUN_ID]: `run-of-${taskId}`,
    [names.ATTR_TASK_TYPE]: 'lead_processing',
    [names.ATTR_PROJECT_ID]: 'sales-pipeline',
  };
}

/** A task told by log records: a plan of two steps, a tool that works, one that fails, a retry, an escalation, an LLM call. */
export function tellTask(feed: AgentFeed, taskId: string): void {
  const task = taskAttributes(taskId);
  const step = (index: number, action: string): Attributes => ({
    ...task,
    [names.ATTR_PLAN_STEP_INDEX]: index,
    [names.ATTR_PLAN_STEP_ACTION]: action,
    [names.ATTR_PLAN_STEP_TOTAL]: 2,
    [names.ATTR_PLAN_REVISION]: 0,
  });
  const tool = (name: string): Attributes => ({
    ...task,
    [names.ATTR_ACTION_NAME]: name,
    [names.ATTR_GEN_AI_TOOL_NAME]: name,
  });
  feed.log(names.EVENT_TASK_STARTED, 'task started', task);
  feed.log(names.EVENT_PLAN_CREATED, 'Qualify lead', {
    ...task,
    [names.ATTR_PLAN_GOAL]: 'Qualify lead',
    [names.ATTR_PLAN_STEPS]: ['Search CRM', 'Enrich'],
    [names.ATTR_PLAN_REVISION]: 0,
  });
  feed.log(names.EVENT_PLAN_STEP, 'Searching CRM', step(0, 'started'));
  feed.log(names.EVENT_ACTION_STARTED, 'search_crm', tool('search_crm'));
  feed.log(names.EVENT_ACTION_COMPLETED, 'search_crm', { ...tool('search_crm'), [names.ATTR_DURATION]: 0.8 });
  feed.log(names.EVENT_PLAN_STEP, 'Found', step(0, 'completed'));
  feed.log(names.EVENT_LLM_CALL, 'agent_turn', {
    ...task,
    [names.ATTR_LLM_NAME]: 'agent_turn',
    [names.ATTR_GEN_AI_REQUEST_MODEL]: 'claude-sonnet',
    [names.ATTR_GEN_AI_INPUT_TOKENS]: 3200,
    [names.ATTR_GEN_AI_OUTPUT_TOKENS]: 210,
    [names.ATTR_LLM_COST]: 0.012,
    [names.ATTR_DURATION]: 1.4,
  });
  feed.log(names.EVENT_ACTION_STARTED, 'enrich_lead', tool('enrich_lead'));
  const failure = { [names.ATTR_EXCEPTION_TYPE]: 'TimeoutError', [names.ATTR_EXCEPTION_MESSAGE]: 'timed out' };
  feed.log(
    names.EVENT_ACTION_FAILED,
    'enrich_lead',
    { ...tool('enrich_lead'), ...failure, [names.ATTR_DURATION]: 5 },
    SeverityNumber.ERROR,
  );
  const retry = { [names.ATTR_RETRY_ATTEMPT]: 1, [names.ATTR_RETRY_BACKOFF_SECONDS]: 2 };
  feed.log(names.EVENT_RETRY, 'Enrichment API timeout', { ...task, ...retry }, SeverityNumber.WARN);
  feed.log(
    names.EVENT_ESCALATION,
    'Low score',
    { ...task, [names.ATTR_ESCALATION_ASSIGNED_TO]: 'senior-sales' },
    SeverityNumber.WARN,
  );
  feed.log(names.EVENT_TASK_COMPLETED, 'task completed', {
    ...task,
    [names.ATTR_TASK_STATUS]: 'success',
    [names.ATTR_DURATION]: 4.2,
  });
}
