import { randomUUID } from 'node:crypto';
import { SpanKind, trace, type Attributes, type Span, type SpanOptions } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import {
  askModel,
  ASSIGNED_TO,
  ESCALATION_SUMMARY,
  GOAL,
  nextCallId,
  REASON,
  RETRY_SUMMARY,
  runTool,
  STEPS,
  TITLES,
  type Reply,
  type Step,
} from './agent-work.ts';
import { nextUid, PlanProgress, recordFailure, SCOPE, SCOPE_VERSION } from './by-hand.ts';
import { openMetrics } from './by-hand-metrics.ts';
import type { Work } from './work.ts';

const INFO = { severityNumber: SeverityNumber.INFO, severityText: 'INFO' } as const;
const WARN = { severityNumber: SeverityNumber.WARN, severityText: 'WARN' } as const;
type Severity = typeof INFO | typeof WARN;
/** Ends what was told of a span that went well: its log record and its metrics, inside the span. */
type TellDone<T> = (seconds: number, result: T) => void;

/** The run by hand with all signals: spans, a log record of each event, metrics. */
export function openRawAllSignals(): Work {
  const tracer = trace.getTracer(SCOPE, SCOPE_VERSION);
  const logger = logs.getLogger(SCOPE, SCOPE_VERSION);
  const metrics = openMetrics();

  async function withSpan<T>(
    name: string,
    options: SpanOptions,
    fn: (span: Span) => Promise<T>,
    tellDone: TellDone<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    return tracer.startActiveSpan(name, options, async (span) => {
      try {
        const result = await fn(span);
        tellDone((performance.now() - startedAt) / 1000, result);
        return result;
      } catch (error) {
        recordFailure(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
  }

  function emit(eventName: string, severity: Severity, body: string, attributes: Attributes): void {
    const { severityNumber, severityText } = severity;
    logger.emit({ eventName, severityNumber, severityText, body, attributes });
  }

  /** One run: its log records carry the ids of the task. */
  class Run {
    readonly common: Attributes;
    readonly plan = new PlanProgress(TITLES);
    readonly task: Span;
    retries = 0;
    backoffSeconds = 0;

    constructor(task: Span, id: string, runId: string) {
      this.task = task;
      this.common = {
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.task.id': id,
        'hiveloop.task.run_id': runId,
        'hiveloop.task.type': 'lead_processing',
        'hiveloop.project.id': 'sales-pipeline',
      };
    }

    log(name: string, severity: Severity, body: string, category: string, attributes: Attributes): void {
      emit(name, severity, body, {
        'log.record.uid': nextUid(),
        'hiveloop.event.category': category,
        ...this.common,
        ...attributes,
      });
    }

    /** An event of the task: a log record now, and the same on the task's span. */
    tell(name: string, severity: Severity, summary: string, category: string, attributes: Attributes): void {
      this.task.addEvent(name, { ...attributes, 'hiveloop.summary': summary });
      this.log(name, severity, summary, category, attributes);
    }

    tool(name: string, argument: string, inner?: () => Promise<unknown>): Promise<unknown> {
      const parentSpanId = trace.getActiveSpan()?.spanContext().spanId;
      return withSpan(
        `execute_tool ${name}`,
        {
          kind: SpanKind.INTERNAL,
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.agent.name': 'lead-qualifier',
            'gen_ai.tool.name': name,
            'gen_ai.tool.type': 'function',
            'gen_ai.tool.call.id': nextCallId(),
            'hiveloop.agent.id': 'lead-qualifier',
            'hiveloop.agent.type': 'sales',
          },
        },
        async () => {
          this.log('hiveloop.action.started', INFO, `${name} started`, 'action', {
            'hiveloop.action.name': name,
            'gen_ai.tool.name': name,
            'hiveloop.parent_span_id': parentSpanId,
          });
          if (inner !== undefined) await inner();
          return runTool(name, argument);
        },
        (seconds) => {
          this.log('hiveloop.action.completed', INFO, `${name} completed`, 'action', {
            'hiveloop.action.name': name,
            'gen_ai.tool.name': name,
            'hiveloop.parent_span_id': parentSpanId,
            'hiveloop.duration': seconds,
          });
          metrics.toolDuration.record(seconds, {
            'hiveloop.agent.id': 'lead-qualifier',
            'gen_ai.agent.name': 'lead-qualifier',
            'gen_ai.tool.name': name,
            'gen_ai.operation.name': 'execute_tool',
          });
        },
      );
    }

    async tools({ tools: [first, second, third], nested }: Step, argument: string): Promise<void> {
      await this.tool(first, argument);
      if (nested) {
        await this.tool(second, argument, () => this.tool(third, argument));
      } else {
        await this.tool(second, argument);
        await this.tool(third, argument);
      }
    }

    ask(prompt: string): Promise<Reply> {
      const parentSpanId = trace.getActiveSpan()?.spanContext().spanId;
      return withSpan(
        'chat gpt-4o',
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.agent.name': 'lead-qualifier',
            'hiveloop.llm.name': 'agent_turn',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4o',
            'hiveloop.agent.id': 'lead-qualifier',
            'hiveloop.agent.type': 'sales',
          },
        },
        async (span) => {
          const reply = await askModel(prompt);
          span.setAttributes({
            'gen_ai.response.model': reply.model,
            'gen_ai.usage.input_tokens': reply.tokensIn,
            'gen_ai.usage.output_tokens': reply.tokensOut,
            'gen_ai.response.finish_reasons': [...reply.finishReasons],
          });
          return reply;
        },
        (seconds, reply) => this.#tellAsked(seconds, reply, parentSpanId),
      );
    }

    #tellAsked(seconds: number, reply: Reply, parentSpanId: string | undefined): void {
      const body = `agent_turn → gpt-4o, ${reply.tokensIn} in, ${reply.tokensOut} out`;
      this.log('hiveloop.llm.call', INFO, body, 'llm', {
        'hiveloop.llm.name': 'agent_turn',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': reply.model,
        'gen_ai.usage.input_tokens': reply.tokensIn,
        'gen_ai.usage.output_tokens': reply.tokensOut,
        'gen_ai.response.finish_reasons': [...reply.finishReasons],
        'hiveloop.parent_span_id': parentSpanId,
        'hiveloop.duration': seconds,
      });
      const labels = {
        'hiveloop.agent.id': 'lead-qualifier',
        'gen_ai.agent.name': 'lead-qualifier',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.operation.name': 'chat',
      };
      metrics.llmDuration.record(seconds, labels);
      metrics.tokenUsage.record(reply.tokensIn, { ...labels, 'gen_ai.token.type': 'input' });
      metrics.tokenUsage.record(reply.tokensOut, { ...labels, 'gen_ai.token.type': 'output' });
    }

    planStep(index: number, action: string, summary: string, more: Attributes): void {
      this.plan.move(index, action);
      metrics.planSteps.add(1, {
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.task.type': 'lead_processing',
        'hiveloop.outcome': action,
      });
      this.tell('hiveloop.plan.step', INFO, summary, 'task', {
        'hiveloop.plan.step.action': action,
        'hiveloop.plan.step.index': index,
        'hiveloop.plan.step.total': TITLES.length,
        'hiveloop.plan.revision': 0,
        ...more,
      });
    }

    retry(attempt: number): void {
      this.retries += 1;
      this.backoffSeconds += 2 * attempt;
      const labels = {
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.task.type': 'lead_processing',
      };
      metrics.retries.add(1, labels);
      metrics.backoff.add(2 * attempt, labels);
      this.tell('hiveloop.retry', WARN, RETRY_SUMMARY, 'task', {
        'hiveloop.retry.attempt': attempt,
        'hiveloop.retry.backoff_seconds': 2 * attempt,
      });
    }

    escalate(): void {
      metrics.escalations.add(1, {
        'hiveloop.agent.id': 'lead-qualifier',
        'hiveloop.agent.type': 'sales',
        'hiveloop.task.type': 'lead_processing',
      });
      this.tell('hiveloop.escalation', WARN, ESCALATION_SUMMARY, 'human', {
        'hiveloop.escalation.assigned_to': ASSIGNED_TO,
        'hiveloop.escalation.reason': REASON,
      });
    }

    async story(): Promise<void> {
      this.log('hiveloop.task.started', INFO, `${String(this.common['hiveloop.task.id'])} started`, 'task', {});
      this.tell('hiveloop.plan.created', INFO, GOAL, 'task', {
        'hiveloop.plan.goal': GOAL,
        'hiveloop.plan.steps': [...TITLES],
        'hiveloop.plan.step.total': TITLES.length,
        'hiveloop.plan.revision': 0,
      });
      for (const [index, step] of STEPS.entries()) {
        this.planStep(index, 'started', step.title, {});
        const reply = await this.ask(step.title);
        await this.tools(step, reply.text);
        for (let attempt = 1; attempt <= step.retries; attempt += 1) this.retry(attempt);
        this.planStep(index, 'completed', `done: ${step.title}`, {
          'hiveloop.plan.step.turns': 2,
          'hiveloop.plan.step.tokens': reply.tokensIn + reply.tokensOut,
        });
      }
      this.escalate();
    }

    end(seconds: number): void {
      const rollUps = {
        'hiveloop.task.status': 'success',
        'hiveloop.plan.bar': this.plan.bar(),
        'hiveloop.plan.goal': GOAL,
        'hiveloop.plan.revision': 0,
        'hiveloop.plan.step.total': TITLES.length,
        'hiveloop.plan.steps.completed': this.plan.completed(),
        'hiveloop.retry.count': this.retries,
        'hiveloop.retry.backoff': this.backoffSeconds,
        'hiveloop.escalation.count': 1,
      };
      this.task.setAttributes(rollUps);
      const body = `${String(this.common['hiveloop.task.id'])} completed`;
      this.log('hiveloop.task.completed', INFO, body, 'task', { ...rollUps, 'hiveloop.duration': seconds });
      metrics.taskDuration.record(seconds, {
        'hiveloop.agent.id': 'lead-qualifier',
        'gen_ai.agent.name': 'lead-qualifier',
        'hiveloop.task.type': 'lead_processing',
        'gen_ai.operation.name': 'invoke_agent',
      });
    }
  }

  return async (count) => {
    const id = `lead-${count}`;
    const runId = randomUUID();
    let run: Run | undefined;
    metrics.state.running += 1;
    try {
      await withSpan(
        'invoke_agent lead-qualifier',
        {
          kind: SpanKind.INTERNAL,
          attributes: {
            'gen_ai.operation.name': 'invoke_agent',
            'gen_ai.agent.name': 'lead-qualifier',
            'hiveloop.agent.id': 'lead-qualifier',
            'hiveloop.agent.type': 'sales',
            'hiveloop.agent.framework': 'custom',
            'hiveloop.task.id': id,
            'hiveloop.task.run_id': runId,
            'hiveloop.task.type': 'lead_processing',
            'hiveloop.project.id': 'sales-pipeline',
          },
        },
        async (span) => {
          run = new Run(span, id, runId);
          await run.story();
        },
        (seconds) => run?.end(seconds),
      );
    } finally {
      metrics.state.running -= 1;
    }
  };
}
