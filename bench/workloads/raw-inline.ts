import { randomUUID } from 'node:crypto';
import { SpanKind, trace, type Span } from '@opentelemetry/api';
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
import type { Work } from './work.ts';

/** As `raw`, but with try, catch and finally written out at every call site: what nobody does, and the least it can cost. */
export function openRawInline(): Work {
  const tracer = trace.getTracer(SCOPE, SCOPE_VERSION);

  const tool = (name: string, argument: string, inner?: () => Promise<unknown>): Promise<unknown> =>
    tracer.startActiveSpan(
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
      async (span) => {
        try {
          if (inner !== undefined) await inner();
          return await runTool(name, argument);
        } catch (error) {
          recordFailure(span, error);
          throw error;
        } finally {
          span.end();
        }
      },
    );

  const tools = async ({ tools: [first, second, third], nested }: Step, argument: string): Promise<void> => {
    await tool(first, argument);
    if (nested) {
      await tool(second, argument, () => tool(third, argument));
    } else {
      await tool(second, argument);
      await tool(third, argument);
    }
  };

  const ask = (prompt: string): Promise<Reply> =>
    tracer.startActiveSpan(
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
        try {
          const reply = await askModel(prompt);
          span.setAttributes({
            'gen_ai.response.model': reply.model,
            'gen_ai.usage.input_tokens': reply.tokensIn,
            'gen_ai.usage.output_tokens': reply.tokensOut,
            'gen_ai.response.finish_reasons': [...reply.finishReasons],
          });
          return reply;
        } catch (error) {
          recordFailure(span, error);
          throw error;
        } finally {
          span.end();
        }
      },
    );

  const story = async (task: Span): Promise<void> => {
    const plan = new PlanProgress(TITLES);
    let retries = 0;
    let backoffSeconds = 0;
    task.addEvent('hiveloop.plan.created', {
      'hiveloop.plan.goal': GOAL,
      'hiveloop.plan.steps': [...TITLES],
      'hiveloop.plan.step.total': TITLES.length,
      'hiveloop.plan.revision': 0,
      'hiveloop.summary': GOAL,
      'log.record.uid': nextUid(),
    });
    for (const [index, step] of STEPS.entries()) {
      plan.move(index, 'started');
      task.addEvent('hiveloop.plan.step', {
        'hiveloop.plan.step.action': 'started',
        'hiveloop.plan.step.index': index,
        'hiveloop.plan.step.total': TITLES.length,
        'hiveloop.plan.revision': 0,
        'hiveloop.summary': step.title,
        'log.record.uid': nextUid(),
      });
      const reply = await ask(step.title);
      await tools(step, reply.text);
      for (let attempt = 1; attempt <= step.retries; attempt += 1) {
        retries += 1;
        backoffSeconds += 2 * attempt;
        task.addEvent('hiveloop.retry', {
          'hiveloop.retry.attempt': attempt,
          'hiveloop.retry.backoff_seconds': 2 * attempt,
          'hiveloop.summary': RETRY_SUMMARY,
          'hiveloop.event.severity': 'WARN',
          'log.record.uid': nextUid(),
        });
      }
      plan.move(index, 'completed');
      task.addEvent('hiveloop.plan.step', {
        'hiveloop.plan.step.action': 'completed',
        'hiveloop.plan.step.index': index,
        'hiveloop.plan.step.total': TITLES.length,
        'hiveloop.plan.revision': 0,
        'hiveloop.plan.step.turns': 2,
        'hiveloop.plan.step.tokens': reply.tokensIn + reply.tokensOut,
        'hiveloop.summary': `done: ${step.title}`,
        'log.record.uid': nextUid(),
      });
    }
    task.addEvent('hiveloop.escalation', {
      'hiveloop.escalation.assigned_to': ASSIGNED_TO,
      'hiveloop.escalation.reason': REASON,
      'hiveloop.summary': ESCALATION_SUMMARY,
      'hiveloop.event.severity': 'WARN',
      'log.record.uid': nextUid(),
    });
    task.setAttributes({
      'hiveloop.task.status': 'success',
      'hiveloop.plan.bar': plan.bar(),
      'hiveloop.plan.goal': GOAL,
      'hiveloop.plan.revision': 0,
      'hiveloop.plan.step.total': TITLES.length,
      'hiveloop.plan.steps.completed': plan.completed(),
      'hiveloop.retry.count': retries,
      'hiveloop.retry.backoff': backoffSeconds,
      'hiveloop.escalation.count': 1,
    });
  };

  return (count) =>
    tracer.startActiveSpan(
      'invoke_agent lead-qualifier',
      {
        kind: SpanKind.INTERNAL,
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'lead-qualifier',
          'hiveloop.agent.id': 'lead-qualifier',
          'hiveloop.agent.type': 'sales',
          'hiveloop.agent.framework': 'custom',
          'hiveloop.task.id': `lead-${count}`,
          'hiveloop.task.run_id': randomUUID(),
          'hiveloop.task.type': 'lead_processing',
          'hiveloop.project.id': 'sales-pipeline',
        },
      },
      async (span) => {
        try {
          await story(span);
        } catch (error) {
          recordFailure(span, error);
          throw error;
        } finally {
          span.end();
        }
      },
    );
}
