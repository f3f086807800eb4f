import { SpanKind, type Attributes, type HrTime, type Span } from '@opentelemetry/api';
import { ticks, ticksAt } from '../otel/clock.ts';
import { scopeIn, spanIn } from '../otel/context.ts';
import { sayOnce } from '../otel/diag.ts';
import { readFailure, type Failure } from '../otel/failure.ts';
import { attempt, guard, readable, sayProblem } from '../otel/guard.ts';
import { addPayload } from '../otel/payload.ts';
import type { Settings } from '../otel/settings.ts';
import type { RecordAttributes } from '../otel/values.ts';
import * as semconv from '../semconv.ts';
import { describeOwner } from './action.ts';
import { forgiveDetached } from './detached.ts';
import { runFollowed } from './follow.ts';
import type { Action, LlmHandle, Task } from './handles.ts';
import { llmSummary, readLlmCall, type LlmCall, type LlmCallOptions, type LlmFields } from './llm-call.ts';
import { NO_LLM_CALL } from './nothing.ts';
import { failureAttributes, Scope, silentSpan, startSpan, type ScopeStart } from './scope.ts';
import type { TaskState } from './task-state.ts';

const NANOS_PER_MILLI = 1_000_000;

/** A model call: a CLIENT span `chat {model}`, in the mode `story` an INTERNAL span with the call's own name. Manual §8.4. */
export class LlmScope extends Scope implements LlmHandle {
  static {
    forgiveDetached(this.prototype, NO_LLM_CALL, 'call');
  }

  declare readonly taskState: TaskState | undefined;
  declare readonly task: Task | undefined;
  declare readonly action: Action | undefined;
  readonly #name: unknown;
  #call: Partial<LlmCall>;

  constructor(start: ScopeStart, span: Span, name: unknown, call: Partial<LlmCall>) {
    const outer = scopeIn(start.parent) as Scope | undefined;
    super(start, span, outer);
    this.taskState = outer?.taskState;
    this.task = outer?.task;
    this.action = outer?.action;
    this.#name = name;
    this.#call = call;
  }

  setUsage(usage: Partial<LlmCall>): void {
    if (this.isEnded) {
      sayOnce('usage after end', 'call.setUsage() was called after the LLM call ended: the usage was left out');
      return;
    }
    if (this.isSilent) return;
    attempt('call.setUsage', () => (this.#call = withUsage(this.#call, readable(usage))), undefined);
  }

  protected end(failure: Failure | undefined): void {
    if (!this.isSilent) this.finish(ticks(), failure);
  }

  /**
   * Ends the call at a given time and tells it: the span's attributes, the log event, the metrics.
   * @param saidSeconds how long the call took by the caller's word, where its span had to be cut to its parent's start
   */
  finish(at: number, thrown: Failure | undefined, saidSeconds?: number): void {
    const { signals } = this.state.core;
    const isSeen = this.span.isRecording() || signals.hasLogs || signals.metrics.refresh();
    const fields = isSeen ? readSafely(this.#name, this.#call, signals.settings) : undefined;
    const said = fields?.hasError === true ? readFailure(fields.error, signals.settings) : undefined;
    const failure = thrown ?? said;
    if (fields !== undefined)
      guard('describing an LLM call', describeLlm, this, fields, undefined, undefined, undefined);
    const seconds = Math.max(this.endSpan(failure, at), saidSeconds ?? 0);
    if (this.taskState !== undefined) this.taskState.progressAt = at;
    if (fields === undefined) return;
    measureLlm(this, fields, seconds, failure);
    if (!signals.hasTwins) return;
    const attributes: RecordAttributes = { ...fields.attributes, [semconv.ATTR_DURATION]: seconds };
    if (this.outer !== undefined) attributes[semconv.ATTR_PARENT_SPAN_ID] = this.outer.span.spanContext().spanId;
    if (this.taskState !== undefined && this.taskState.agent !== this.state) {
      Object.assign(attributes, this.state.commonAttributes);
    }
    if (failure !== undefined) Object.assign(attributes, failureAttributes(failure));
    const event = {
      name: semconv.EVENT_LLM_CALL,
      severity: failure === undefined ? ('INFO' as const) : ('ERROR' as const),
      summary: llmSummary(this.#name, fields, signals.settings.limits.summaryLength),
      attributes,
      payload: { prefix: semconv.ATTR_LLM_METADATA_PREFIX, value: fields.metadata },
    };
    signals.recordTwin(this.taskState ?? this.state, this.context, event, at, this.anchor);
  }
}

function readSafely(name: unknown, call: Partial<LlmCall>, settings: Settings): LlmFields | undefined {
  try {
    return readLlmCall(name, call, settings);
  } catch (error) {
    sayProblem('reading an LLM call', error);
    return undefined;
  }
}

/** Runs a function as a model call below `start`. */
export function trackLlm(start: ScopeStart, name: unknown, options: LlmCallOptions, fn: unknown): unknown {
  if (typeof fn !== 'function') {
    sayOnce(
      'trackLlmCall without function',
      'trackLlmCall(name, options, fn) needs a function to run; nothing was run',
    );
    return undefined;
  }
  const scope = start.isSilent
    ? new LlmScope(start, silentSpan(start), name, {})
    : openLlm(
        start,
        name,
        attempt<Partial<LlmCall>>('trackLlmCall', () => ({ ...readable(options) }), {}),
      );
  return runFollowed(scope, fn as (...args: readonly unknown[]) => unknown);
}

/**
 * Records a model call that is over: its span ends now and began `durationMs` ago, but not before the scope that it is in,
 * since a child that starts before its parent is drawn outside it.
 */
export function recordLlmCall(start: ScopeStart, name: unknown, call: Partial<LlmCall>): void {
  if (!start.isSilent) guard('llmCall', recordFinishedCall, start, name, call, undefined, undefined);
}

function recordFinishedCall(start: ScopeStart, name: unknown, call: Partial<LlmCall>): void {
  const { settings } = start.state.core.signals;
  const fields = readLlmCall(name, call, settings);
  const endedAt = start.startedAt;
  const outer = scopeIn(start.parent) as Scope | undefined;
  const wanted = endedAt - Math.max(0, Math.round((fields.durationMillis ?? 0) * NANOS_PER_MILLI));
  const parentStartedAt = Math.min(outer?.startedAt ?? startOfParent(start) ?? wanted, endedAt);
  const startedAt = Math.max(wanted, parentStartedAt);
  // A nanosecond where no duration is known: Jaeger warns of a span that ends when it starts.
  openLlm({ ...start, startedAt }, name, { ...readable(call) }).finish(
    Math.max(endedAt, startedAt + 1),
    undefined,
    (fields.durationMillis ?? 0) / 1000,
  );
}

/** What the response said over what is known: a model that it names is the one that answered, not the one asked for. */
function withUsage(call: Partial<LlmCall>, usage: Partial<LlmCall>): Partial<LlmCall> {
  const { model, ...rest } = usage;
  if (model === undefined) return { ...call, ...rest };
  return call.model === undefined || call.model === ''
    ? { ...call, ...usage }
    : { ...call, responseModel: model, ...rest };
}

/** Where a span of the host's that is the parent began; the SDK lets it be read. */
function startOfParent({ parent, anchor }: ScopeStart): number | undefined {
  const time = (spanIn(parent) as { startTime?: Partial<HrTime> } | undefined)?.startTime;
  if (typeof time?.[0] !== 'number' || typeof time[1] !== 'number') return undefined;
  return ticksAt([time[0], time[1]], anchor);
}

function openLlm(start: ScopeStart, name: unknown, call: Partial<LlmCall>): LlmScope {
  const { signals } = start.state.core;
  const isStory = signals.settings.llm === 'story';
  const operation = signals.name(call.operation ?? semconv.OPERATION_CHAT, semconv.ATTR_GEN_AI_OPERATION_NAME);
  const model = signals.name(call.model, semconv.ATTR_GEN_AI_REQUEST_MODEL);
  const attributes: Attributes = isStory ? {} : { [semconv.ATTR_GEN_AI_OPERATION_NAME]: operation };
  const span = startSpan(start, {
    name: isStory ? signals.name(name, semconv.ATTR_LLM_NAME) || operation : `${operation} ${model}`.trim(),
    kind: isStory ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes,
  });
  return new LlmScope(start, span, name, call);
}

function describeLlm(scope: LlmScope, fields: LlmFields): void {
  const { span, state } = scope;
  const { signals } = state.core;
  if (!span.isRecording()) return;
  if (signals.settings.llm === 'full') {
    signals.put(span, semconv.ATTR_GEN_AI_AGENT_NAME, state.displayName);
  }
  if (signals.settings.redact === undefined) span.setAttributes(fields.attributes);
  else for (const key in fields.attributes) signals.put(span, key, fields.attributes[key]);
  if (fields.metadata !== undefined) {
    const metadata: RecordAttributes = {};
    addPayload(metadata, semconv.ATTR_LLM_METADATA_PREFIX, fields.metadata, signals.settings);
    span.setAttributes(metadata);
  }
  describeOwner(scope);
}

function measureLlm(scope: LlmScope, fields: LlmFields, seconds: number, failure: Failure | undefined): void {
  const { core, id, type, displayName } = scope.state;
  const { model, operation } = fields;
  if (fields.cost !== undefined && fields.cost > 0) core.instruments.llmCost.add(fields.cost, id, type, model);
  if (core.signals.settings.llm !== 'full') return;
  core.fullLlmCalls += 1;
  core.instruments.llmDuration.record(seconds, id, displayName, model, failure?.type, operation);
  if (fields.tokensIn !== undefined) {
    core.instruments.tokenUsage.record(fields.tokensIn, id, displayName, model, 'input', operation);
  }
  if (fields.tokensOut !== undefined) {
    core.instruments.tokenUsage.record(fields.tokensOut, id, displayName, model, 'output', operation);
  }
}
