import { sayOnce } from '../otel/diag.ts';
import type { Payload } from '../otel/payload.ts';
import type { Settings } from '../otel/settings.ts';
import { toCount, toNumber, toOptionalText, toText, type RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import type { Open } from './open.ts';

/** What is known of a model call before it is made. */
export interface LlmCallOptions {
  /** Model asked for. */
  readonly model: string;
  /** Provider by its GenAI name: `openai`, `anthropic` and so on. Default: left out. */
  readonly provider?: string;
  /** Default `chat`. */
  readonly operation?: Open<'chat' | 'text_completion' | 'embeddings' | 'generate_content'>;
}

/** A model call that is over. Manual §8.4. */
export interface LlmCall extends LlmCallOptions {
  /** Input tokens, cached ones included. */
  readonly tokensIn?: number;
  /** Output tokens, reasoning included. */
  readonly tokensOut?: number;
  readonly cachedTokensIn?: number;
  readonly cacheWriteTokensIn?: number;
  readonly reasoningTokens?: number;
  /** USD. */
  readonly cost?: number;
  /** Milliseconds. Default 0: a span without length. */
  readonly durationMs?: number;
  /** Model that answered, where it differs. */
  readonly responseModel?: string;
  readonly finishReasons?: readonly string[];
  /** Recorded only with `init({ captureContent: true })`. */
  readonly promptPreview?: string;
  /** Recorded only with `init({ captureContent: true })`. */
  readonly responsePreview?: string;
  /** More about the call: one attribute a top-level key. */
  readonly metadata?: Payload;
  /** The call failed with this. */
  readonly error?: unknown;
}

/** A model call as it was read from the caller: values checked and cut. */
export interface LlmFields {
  readonly model: string;
  readonly provider: string | undefined;
  readonly operation: string;
  readonly tokensIn: number | undefined;
  readonly tokensOut: number | undefined;
  readonly cost: number | undefined;
  /** Milliseconds. */
  readonly durationMillis: number | undefined;
  readonly metadata: Payload | undefined;
  readonly hasError: boolean;
  readonly error: unknown;
  /** All attributes of the call in the mode of the host (`llm: 'full'` or `'story'`). */
  readonly attributes: RecordAttributes;
}

/** Reads a call; a field of the wrong type is left out. */
export function readLlmCall(name: unknown, call: Partial<LlmCall> | undefined, settings: Settings): LlmFields {
  const { idLength } = settings.limits;
  const error = call?.error;
  const fields = {
    model: toOptionalText(call?.model, idLength) ?? 'unknown',
    provider: toOptionalText(call?.provider, idLength),
    operation: toOptionalText(call?.operation, idLength) ?? semconv.OPERATION_CHAT,
    tokensIn: toCount(call?.tokensIn),
    tokensOut: toCount(call?.tokensOut),
    cost: toNumber(call?.cost),
    durationMillis: toNumber(call?.durationMs),
    metadata: call?.metadata,
    hasError: error !== undefined && error !== null,
    error,
  };
  const attributes: RecordAttributes = { [semconv.ATTR_LLM_NAME]: toText(name, idLength) };
  if (settings.llm === 'full') addGenAi(attributes, fields, call, idLength);
  else addStory(attributes, fields);
  if (fields.cost !== undefined) attributes[semconv.ATTR_LLM_COST] = fields.cost;
  if (settings.captureContent) addContent(attributes, call, settings.limits.summaryLength);
  return { ...fields, attributes };
}

/** One line for people: `agent_turn → claude-sonnet, 812 in, 96 out, $0.0041`. */
export function llmSummary(name: unknown, fields: LlmFields, limit: number): string {
  const tokens = [
    fields.tokensIn === undefined ? [] : `${fields.tokensIn} in`,
    fields.tokensOut === undefined ? [] : `${fields.tokensOut} out`,
  ];
  const cost = fields.cost === undefined ? [] : `$${fields.cost}`;
  return toText([`${toText(name, limit)} → ${fields.model}`, tokens, cost].flat(2).join(', '), limit);
}

function addGenAi(
  attributes: RecordAttributes,
  fields: Pick<LlmFields, 'model' | 'provider' | 'operation' | 'tokensIn' | 'tokensOut'>,
  call: Partial<LlmCall> | undefined,
  idLength: number,
): void {
  const cached = toCount(call?.cachedTokensIn);
  const reasons: unknown = call?.finishReasons;
  if (cached !== undefined && fields.tokensIn !== undefined && cached > fields.tokensIn) {
    sayOnce(
      'cached tokens',
      'an LLM call has more cached input tokens than input tokens: tokensIn must include the cached ones',
    );
  }
  put(attributes, semconv.ATTR_GEN_AI_OPERATION_NAME, fields.operation);
  put(attributes, semconv.ATTR_GEN_AI_PROVIDER_NAME, fields.provider);
  put(attributes, semconv.ATTR_GEN_AI_REQUEST_MODEL, fields.model);
  put(attributes, semconv.ATTR_GEN_AI_RESPONSE_MODEL, toOptionalText(call?.responseModel, idLength));
  put(attributes, semconv.ATTR_GEN_AI_INPUT_TOKENS, fields.tokensIn);
  put(attributes, semconv.ATTR_GEN_AI_OUTPUT_TOKENS, fields.tokensOut);
  put(attributes, semconv.ATTR_GEN_AI_CACHE_READ_TOKENS, cached);
  put(attributes, semconv.ATTR_GEN_AI_CACHE_WRITE_TOKENS, toCount(call?.cacheWriteTokensIn));
  put(attributes, semconv.ATTR_GEN_AI_REASONING_TOKENS, toCount(call?.reasoningTokens));
  if (Array.isArray(reasons)) {
    attributes[semconv.ATTR_GEN_AI_FINISH_REASONS] = reasons.slice(0, 10).map((reason) => toText(reason, idLength));
  }
}

function put(attributes: RecordAttributes, key: string, value: string | number | undefined): void {
  if (value !== undefined) attributes[key] = value;
}

/** Names that no backend adds up: the host's own instrumentation of the model client counts tokens and dollars. */
function addStory(
  attributes: RecordAttributes,
  fields: Pick<LlmFields, 'model' | 'provider' | 'tokensIn' | 'tokensOut'>,
): void {
  attributes[semconv.ATTR_LLM_MODEL] = fields.model;
  if (fields.provider !== undefined) attributes[semconv.ATTR_LLM_PROVIDER] = fields.provider;
  if (fields.tokensIn !== undefined) attributes[semconv.ATTR_LLM_INPUT_TOKENS] = fields.tokensIn;
  if (fields.tokensOut !== undefined) attributes[semconv.ATTR_LLM_OUTPUT_TOKENS] = fields.tokensOut;
}

function addContent(attributes: RecordAttributes, call: Partial<LlmCall> | undefined, limit: number): void {
  const prompt = toOptionalText(call?.promptPreview, limit);
  const response = toOptionalText(call?.responsePreview, limit);
  if (prompt !== undefined) attributes[semconv.ATTR_LLM_PROMPT_PREVIEW] = prompt;
  if (response !== undefined) attributes[semconv.ATTR_LLM_RESPONSE_PREVIEW] = response;
}
