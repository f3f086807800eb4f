import type { AttributeValue, Context, Span } from '@opentelemetry/api';
import {
  ATTR_ACTION_NAME,
  ATTR_ERROR_TYPE,
  ATTR_EVENT_CATEGORY,
  ATTR_EVENT_NAME,
  ATTR_EVENT_SEVERITY,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_ISSUE_SUMMARY,
  ATTR_LOG_RECORD_UID,
  ATTR_OTEL_EVENT_NAME,
  ATTR_SUMMARY,
  CATEGORY_BY_EVENT,
  type EventCategory,
} from '../semconv.ts';
import { freshAnchor, ticks, timeOf, type Anchor } from './clock.ts';
import { activeContext, isSuppressed, spanIn } from './context.ts';
import { sayOnce } from './diag.ts';
import { sayProblem } from './guard.ts';
import { Metrics } from './metrics.ts';
import { addKept, addPayload, type Payload } from './payload.ts';
import { Providers } from './providers.ts';
import { DEFAULT_SETTINGS, redacted, type Settings } from './settings.ts';
import { nextUid } from './uid.ts';
import { toAttribute, toText, type RecordAttributes } from './values.ts';

export type SeverityText = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
const SEVERITY_NUMBERS: Readonly<Record<SeverityText, number>> = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };

/** One event of the story, before it is known which signals carry it. The attributes are the emitter's to change. */
export interface StoryEvent {
  readonly name: string;
  /** Default: the category of the name. */
  readonly category?: EventCategory;
  /** Default INFO. */
  readonly severity?: SeverityText;
  readonly summary: string;
  readonly attributes: RecordAttributes;
  readonly payload?: { readonly prefix: string; readonly value: Payload | undefined };
  /** A payload that was read, and seen by the `redact` hook, when it was given. */
  readonly kept?: RecordAttributes | undefined;
}

/** What went through the `redact` hook when it was read, for the span and the log record alike: it sees each value once. */
const CLEARED_WHEN_READ: ReadonlySet<string> = new Set([
  ATTR_ACTION_NAME,
  ATTR_GEN_AI_TOOL_NAME,
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_ISSUE_SUMMARY,
]);

/** Whose event it is: the attributes that stand on each of its log records. */
export interface Origin {
  readonly commonAttributes: RecordAttributes;
}

/** A set of signals that carry an event. */
export type Carriers = number;
export const NOBODY = 0;
const LOG = 1;
const SPAN_EVENT = 2;
const OWN_SPAN = 4;

/** A task as far as its events need it. */
export interface TaskOrigin extends Origin {
  readonly span: Span;
  readonly anchor: Anchor;
  readonly isEnded: boolean;
  /** The context that its log records belong to: the active one inside the task, else the task's. */
  currentContext(): Context;
}

/**
 * Where every event of the story becomes signals, and the only place that decides which: a log record at once, a span
 * event on the task's span, and with no logs provider the span alone. Nothing here throws: a provider of the host
 * that does is said once, and the next signal still goes out.
 */
export class Signals {
  settings: Settings = DEFAULT_SETTINGS;
  readonly providers: Providers = new Providers();
  /** Events lost with spans that the sampler dropped, on a host with traces only. */
  lostEvents = 0;
  readonly metrics: Metrics = new Metrics(this.providers, () => this.settings);

  /** Which signals would carry a narrative event of this task now; asked first, so that an event nobody sees costs nothing. */
  carriersFor(task: TaskOrigin): Carriers {
    const isSpanOpen = !task.isEnded && task.span.isRecording();
    if (this.hasLogs) {
      const { events } = this.settings;
      if (events === 'log' || !isSpanOpen) return LOG;
      return events === 'span' ? SPAN_EVENT : LOG | SPAN_EVENT;
    }
    if (isSpanOpen) return SPAN_EVENT;
    if (!this.providers.hasTracing) return NOBODY;
    if (task.isEnded) return OWN_SPAN;
    this.#countDropped();
    return NOBODY;
  }

  /**
   * A narrative event of a task (plan, step, retry, escalation, approval): a log record now and its mirror on the
   * task's span. When the span is its only carrier it has a uid there, so that the translator takes it from the trace.
   * After the task's end the record still goes out, with no logs provider as a span of its own.
   */
  recordTaskEvent(task: TaskOrigin, carriers: Carriers, event: StoryEvent, at: number): void {
    this.#clear(event.attributes);
    if ((carriers & SPAN_EVENT) !== 0) {
      const isSole = carriers === SPAN_EVENT;
      this.#addSpanEvent(
        task.span,
        event,
        isSole ? event.attributes : { ...event.attributes },
        at,
        task.anchor,
        isSole,
      );
    }
    if ((carriers & LOG) !== 0) this.#emit(task, task.currentContext(), event, at, task.anchor);
    if ((carriers & OWN_SPAN) !== 0) this.#recordAsSpan(task, event, at, task.anchor);
  }

  /** Whether what a span says anyway (starts, ends, LLM calls) is told by a log record too. */
  get hasTwins(): boolean {
    return this.hasLogs && this.settings.events !== 'span';
  }

  /** The log twin of something that a span says anyway; ask `hasTwins` first. */
  recordTwin(origin: Origin, context: Context, event: StoryEvent, at: number, anchor: Anchor): void {
    this.#clear(event.attributes);
    this.#emit(origin, context, event, at, anchor);
  }

  /**
   * An agent-level event (issue, queue, to-do, custom): a log record. With no logs provider a span event on the span it
   * was called in, and outside any span that records a root span of the same name, one nanosecond long.
   */
  recordAgentEvent(
    origin: Origin,
    event: StoryEvent,
    context: Context = activeContext(),
    anchor: Anchor = freshAnchor(),
  ): void {
    const at = ticks();
    this.providers.look();
    this.#clear(event.attributes);
    if (this.hasLogs) {
      this.#emit(origin, context, event, at, anchor);
      return;
    }
    if (!this.providers.hasTracing || isSuppressed(context)) return;
    const span = spanIn(context);
    if (span?.isRecording() === true) {
      const attributes = { ...origin.commonAttributes, ...event.attributes };
      this.#addSpanEvent(span, event, attributes, at, anchor, true);
    } else {
      this.#recordAsSpan(origin, event, at, anchor);
    }
  }

  /** Whether an agent-level event would go anywhere. */
  get hasAgentCarrier(): boolean {
    this.providers.look();
    return this.providers.hasTracing || this.hasLogs;
  }

  /** A log record and nothing else: heartbeats, which without a logs provider do not exist. */
  recordLog(origin: Origin, event: StoryEvent): void {
    const context = activeContext();
    this.providers.look();
    this.#clear(event.attributes);
    this.#emit(origin, context, event, ticks(), freshAnchor());
  }

  get hasLogs(): boolean {
    return this.providers.logger() !== undefined;
  }

  /** Sets one attribute on a span of ours; undefined is left out, and the `redact` hook sees the value. */
  put(span: Span, key: string, value: AttributeValue | undefined): void {
    if (value === undefined) return;
    const cleared = this.settings.redact === undefined ? value : this.#cleared(key, value);
    if (cleared === undefined) return;
    try {
      span.setAttribute(key, cleared);
    } catch (error) {
      sayProblem('the span', error);
    }
  }

  /** A name or id as it may be shown: through the `redact` hook and cut to the limit. */
  name(value: unknown, key: string): string {
    const { redact, limits } = this.settings;
    if (redact === undefined) return toText(value, limits.idLength);
    return toText(redacted(redact, toText(value, limits.idLength), key), limits.idLength);
  }

  #emit(origin: Origin, context: Context, event: StoryEvent, at: number, anchor: Anchor): void {
    const logger = this.providers.logger();
    if (logger === undefined || isSuppressed(context)) return;
    const { name, severity = 'INFO' } = event;
    const timestamp = timeOf(at, anchor);
    // Measured against a literal of names and two spreads: 3 % of `reportIssue`.
    const attributes: RecordAttributes = { ...origin.commonAttributes };
    attributes[ATTR_LOG_RECORD_UID] = nextUid();
    attributes[ATTR_EVENT_CATEGORY] = categoryOf(event);
    Object.assign(attributes, event.attributes);
    if (this.providers.dropsEventNames) {
      attributes[ATTR_OTEL_EVENT_NAME] = name;
      attributes[ATTR_EVENT_NAME] = name;
    }
    this.#addPayload(attributes, event);
    try {
      logger.emit({
        eventName: name,
        timestamp,
        observedTimestamp: timestamp,
        severityNumber: SEVERITY_NUMBERS[severity],
        severityText: severity,
        body: this.#summaryOf(event),
        attributes,
        context,
      });
    } catch (error) {
      sayProblem('the logger', error);
    }
  }

  #addSpanEvent(
    span: Span,
    event: StoryEvent,
    attributes: RecordAttributes,
    at: number,
    anchor: Anchor,
    isSole: boolean,
  ): void {
    attributes[ATTR_SUMMARY] = this.#summaryOf(event);
    if (isSole) addSoleCarrierAttributes(attributes, event);
    this.#addPayload(attributes, event);
    try {
      span.addEvent(event.name, attributes, timeOf(at, anchor));
    } catch (error) {
      sayProblem('the span', error);
    }
  }

  #recordAsSpan(origin: Origin, event: StoryEvent, at: number, anchor: Anchor): void {
    if (!this.providers.hasTracing) return;
    const attributes = { ...origin.commonAttributes, ...event.attributes, [ATTR_SUMMARY]: this.#summaryOf(event) };
    addSoleCarrierAttributes(attributes, event);
    this.#addPayload(attributes, event);
    const startTime = timeOf(at, anchor);
    try {
      const span = this.providers.tracer().startSpan(event.name, { root: true, startTime, attributes });
      if (!span.isRecording()) this.#countDropped();
      span.end(timeOf(at + 1, anchor)); // a nanosecond: Jaeger warns of a span that ends when it starts
    } catch (error) {
      sayProblem('the tracer', error);
    }
  }

  #countDropped(): void {
    if (!this.providers.hasTracing) return;
    this.lostEvents += 1;
    if (this.lostEvents > 1) return;
    sayOnce(
      'sampled out',
      'events are lost: this host has traces only and its sampler dropped the span that would have carried one. ' +
        'Register a logger provider, or sample always.',
    );
  }

  #summaryOf(event: StoryEvent): string {
    return this.summary(event.summary);
  }

  /** A summary as it is sent: through the `redact` hook, and cut. */
  summary(text: string): string {
    const { redact, limits } = this.settings;
    const cleared = redact === undefined ? text : redacted(redact, text, ATTR_SUMMARY);
    return toText(cleared, limits.summaryLength);
  }

  #addPayload(attributes: RecordAttributes, { payload, kept }: StoryEvent): void {
    if (kept !== undefined) addKept(attributes, kept, this.settings.limits);
    if (payload?.value !== undefined) addPayload(attributes, payload.prefix, payload.value, this.settings);
  }

  #clear(attributes: RecordAttributes): void {
    if (this.settings.redact === undefined) return;
    for (const [key, value] of Object.entries(attributes)) {
      if (CLEARED_WHEN_READ.has(key)) continue;
      const cleared = this.#cleared(key, value);
      if (cleared === undefined) Reflect.deleteProperty(attributes, key);
      else attributes[key] = cleared;
    }
  }

  /** What the `redact` hook leaves of a value; an item of a list that it drops leaves its place empty. */
  #cleared(key: string, value: AttributeValue): AttributeValue | undefined {
    const { redact, limits } = this.settings;
    return Array.isArray(value)
      ? value.map((item, index) => toText(redacted(redact, item, `${key}.${index}`), limits.summaryLength))
      : toAttribute(value, limits.payloadBytes, redact, key);
  }
}

function categoryOf(event: StoryEvent): EventCategory {
  return event.category ?? CATEGORY_BY_EVENT[event.name] ?? 'task';
}

function addSoleCarrierAttributes(attributes: RecordAttributes, event: StoryEvent): void {
  attributes[ATTR_LOG_RECORD_UID] = nextUid();
  if (event.severity !== undefined && event.severity !== 'INFO') attributes[ATTR_EVENT_SEVERITY] = event.severity;
  if (event.category !== undefined) attributes[ATTR_EVENT_CATEGORY] = event.category;
}
