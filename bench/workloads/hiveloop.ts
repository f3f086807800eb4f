import type { Task } from 'hiveloop-otel';
import {
  AGENT,
  AGENT_TYPE,
  askModel,
  ASSIGNED_TO,
  ESCALATION_SUMMARY,
  GOAL,
  MODEL,
  nextCallId,
  PROJECT,
  PROVIDER,
  REASON,
  RETRY_SUMMARY,
  runTool,
  STEPS,
  TASK_TYPE,
  TITLES,
  type Step,
} from './agent-work.ts';
import type { Work } from './work.ts';

/** The run through our API, as the README shows it. */
export function openHiveLoop({ init }: typeof import('hiveloop-otel')): Work {
  const agent = init().agent(AGENT, { type: AGENT_TYPE, heartbeatIntervalSeconds: 0 });

  const tool = (name: string, argument: string): Promise<unknown> =>
    agent.trackContext(name, { callId: nextCallId(), type: 'function' }, () => runTool(name, argument));

  const tools = async ({ tools: [first, second, third], nested }: Step, argument: string): Promise<void> => {
    await tool(first, argument);
    if (nested) {
      await agent.trackContext(second, { callId: nextCallId(), type: 'function' }, async () => {
        await tool(third, argument);
        return runTool(second, argument);
      });
    } else {
      await tool(second, argument);
      await tool(third, argument);
    }
  };

  const story = async (task: Task): Promise<void> => {
    task.plan(GOAL, TITLES);
    for (const [index, step] of STEPS.entries()) {
      task.planStep(index, 'started', step.title);
      const reply = await task.trackLlmCall('agent_turn', { model: MODEL, provider: PROVIDER }, async (call) => {
        const answer = await askModel(step.title);
        const { tokensIn, tokensOut, finishReasons } = answer;
        call.setUsage({ responseModel: answer.model, tokensIn, tokensOut, finishReasons });
        return answer;
      });
      await tools(step, reply.text);
      for (let attempt = 1; attempt <= step.retries; attempt += 1) {
        task.retry(RETRY_SUMMARY, { attempt, backoffSeconds: 2 * attempt });
      }
      const tokens = reply.tokensIn + reply.tokensOut;
      task.planStep(index, 'completed', `done: ${step.title}`, { turns: 2, tokens });
    }
    task.escalate(ESCALATION_SUMMARY, { assignedTo: ASSIGNED_TO, reason: REASON });
  };

  return (count) => agent.task(`lead-${count}`, { project: PROJECT, type: TASK_TYPE }, story);
}
