import { currentTask } from 'hiveloop-otel';
import type { Clients, Message, ModelReply } from './clients.ts';

const MODEL = 'demo-model-1';
/** What the model's maker asks for, USD per token. */
const PRICE = { input: 3 / 1_000_000, output: 15 / 1_000_000 };

/**
 * One turn of the agent: the model reads the conversation and says which tool to call next. The call is a span while it
 * runs, so its HTTP request nests below it; tokens and cost are known, and told, when the answer is there.
 * @see HiveLoop manual, part 7, section 8.4
 */
export function runTurn(clients: Clients, conversation: readonly Message[]): Promise<ModelReply> {
  return currentTask().trackLlmCall('agent_turn', { model: MODEL, provider: 'demo' }, async (call) => {
    const reply = await clients.chat(MODEL, conversation);
    const { inputTokens, outputTokens } = reply.usage;
    call.setUsage({
      tokensIn: inputTokens,
      tokensOut: outputTokens,
      cost: inputTokens * PRICE.input + outputTokens * PRICE.output,
      responseModel: reply.model,
      finishReasons: [reply.stopReason],
    });
    return reply;
  });
}
