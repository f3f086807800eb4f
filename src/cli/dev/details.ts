import {
  ATTR_ACTION_NAME,
  ATTR_APPROVAL_APPROVED_BY,
  ATTR_APPROVAL_DECISION,
  ATTR_DURATION,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_INPUT_TOKENS,
  ATTR_GEN_AI_OUTPUT_TOKENS,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_ISSUE_AGE,
  ATTR_ISSUE_EPISODE,
  ATTR_ISSUE_FINGERPRINT,
  ATTR_ISSUE_ID,
  ATTR_ISSUE_LATE,
  ATTR_ISSUE_OCCURRENCES,
  ATTR_ISSUE_SEVERITY,
  ATTR_ISSUE_TIME_TO_RESOLVE,
  ATTR_ISSUE_TRANSITION,
  ATTR_LLM_COST,
  ATTR_LLM_INPUT_TOKENS,
  ATTR_LLM_MODEL,
  ATTR_LLM_NAME,
  ATTR_LLM_OUTPUT_TOKENS,
  ATTR_PAYLOAD_PREFIX,
  ATTR_QUEUE_DEPTH,
  ATTR_QUEUE_OLDEST_AGE,
  ATTR_QUEUE_PROCESSING,
  ATTR_SCHEDULED_COUNT,
} from '../../semconv.ts';
import type { Attributes } from '../../translator/otlp/model.ts';
import type { IssueTransition, LlmCall, StoryDetail } from './story-item.ts';
import { numberOf, SEVERITY_ERROR, textOf, type StoryEvent } from './story-event.ts';

/** Name of a tool or tracked function. */
export function actionName({ attributes, summary }: StoryEvent): string {
  return textOf(attributes, ATTR_GEN_AI_TOOL_NAME) || textOf(attributes, ATTR_ACTION_NAME) || summary || 'action';
}

/** `TimeoutError: request timed out`; what is known of it, empty when nothing is. */
export function failureText(attributes: Attributes): string {
  const type = textOf(attributes, ATTR_EXCEPTION_TYPE) || textOf(attributes, ATTR_ERROR_TYPE);
  const message = textOf(attributes, ATTR_EXCEPTION_MESSAGE);
  return type === '' || message === '' ? type + message : `${type}: ${message}`;
}

export function llmCallOf({ attributes, severityNumber, summary }: StoryEvent): LlmCall {
  const failure = failureText(attributes);
  return {
    name: textOf(attributes, ATTR_LLM_NAME) || summary || 'llm call',
    model:
      [ATTR_GEN_AI_RESPONSE_MODEL, ATTR_GEN_AI_REQUEST_MODEL, ATTR_LLM_MODEL]
        .map((name) => textOf(attributes, name))
        .find(Boolean) ?? '',
    inputTokens: numberOf(attributes, ATTR_GEN_AI_INPUT_TOKENS) ?? numberOf(attributes, ATTR_LLM_INPUT_TOKENS),
    outputTokens: numberOf(attributes, ATTR_GEN_AI_OUTPUT_TOKENS) ?? numberOf(attributes, ATTR_LLM_OUTPUT_TOKENS),
    durationSeconds: numberOf(attributes, ATTR_DURATION),
    cost: numberOf(attributes, ATTR_LLM_COST),
    failure: severityNumber >= SEVERITY_ERROR || failure !== '' ? failure : undefined,
  };
}

export function approvalAnswer({ attributes }: StoryEvent): { readonly decision: string; readonly approvedBy: string } {
  return {
    decision: textOf(attributes, ATTR_APPROVAL_DECISION) || 'approved',
    approvedBy: textOf(attributes, ATTR_APPROVAL_APPROVED_BY),
  };
}

export function issueTransitionOf({ attributes }: StoryEvent): IssueTransition {
  return {
    transition: textOf(attributes, ATTR_ISSUE_TRANSITION),
    issueId: textOf(attributes, ATTR_ISSUE_ID) || textOf(attributes, ATTR_ISSUE_FINGERPRINT).slice(0, 8),
    severity: textOf(attributes, ATTR_ISSUE_SEVERITY),
    episode: numberOf(attributes, ATTR_ISSUE_EPISODE) ?? 1,
    occurrences: numberOf(attributes, ATTR_ISSUE_OCCURRENCES),
    ageSeconds: numberOf(attributes, ATTR_ISSUE_AGE),
    timeToResolveSeconds: numberOf(attributes, ATTR_ISSUE_TIME_TO_RESOLVE),
    isLate: attributes[ATTR_ISSUE_LATE] === true,
  };
}

export function queueOf({ attributes }: StoryEvent): StoryDetail & { readonly kind: 'queue' } {
  return {
    kind: 'queue',
    items: numberOf(attributes, ATTR_QUEUE_DEPTH) ?? 0,
    oldestSeconds: numberOf(attributes, ATTR_QUEUE_OLDEST_AGE),
    processing: processingText(textOf(attributes, ATTR_QUEUE_PROCESSING)),
  };
}

/** How many jobs a schedule has. */
export function scheduledCount({ attributes }: StoryEvent): number {
  return numberOf(attributes, ATTR_SCHEDULED_COUNT) ?? 0;
}

/** `key=value key=value` of an event's payload. */
export function payloadText({ attributes }: StoryEvent): string {
  return Object.entries(attributes)
    .filter(([name]) => name.startsWith(ATTR_PAYLOAD_PREFIX))
    .map(([name]) => `${name.slice(ATTR_PAYLOAD_PREFIX.length)}=${textOf(attributes, name)}`)
    .join(' ');
}

/** What the queue's JSON says is being worked on: its id, else its summary; empty when it says nothing that we can read. */
function processingText(json: string): string {
  if (json === '') return '';
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null) return '';
    const { id, summary } = value as { readonly id?: unknown; readonly summary?: unknown };
    return [id, summary].find((text) => typeof text === 'string' && text !== '')?.toString() ?? '';
  } catch {
    return ''; // another language's sender may write what it likes here; the badge stands without it
  }
}
