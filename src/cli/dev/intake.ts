import {
  ATTR_LOG_RECORD_UID,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  CATEGORY_BY_EVENT,
  EVENT_TASK_COMPLETED,
  EVENT_TASK_FAILED,
  EVENT_TASK_STARTED,
  SCOPE_INSTRUMENTATION,
} from '../../semconv.ts';
import type { Resource, ScopeLogs, ScopeMetrics, ScopeSpans } from '../../translator/otlp/model.ts';
import { eventOfLogRecord, identityOf, isStoryRecord } from './log-events.ts';
import { RecentMap, RecentSet } from './recent.ts';
import { eventsOfSpan, spanRole, type RunContext } from './span-events.ts';
import { textOf, type StoryEvent } from './story-event.ts';
import { TraceBuffer, type ReleasedSpans } from './trace-buffer.ts';

/** Records of one signal: HiveLoop's own, the same again (a retried export), and everybody else's. */
export interface SignalCounts {
  story: number;
  repeated: number;
  foreign: number;
}

export interface Received {
  readonly logs: SignalCounts;
  readonly spans: SignalCounts;
  readonly points: SignalCounts;
}

/** A log batch leaves an SDK a second after its first record: by then it is known whether the sender has logs at all. */
const HOLD_MILLIS = 2000;
/** A sender whose spans have come this long with no log record sends traces only. */
const TRACES_ONLY_MILLIS = 10_000;
const REMEMBERED = 200_000;
const NO_RUN: RunContext = { agentId: '', taskId: '', runId: '' };

/**
 * Turns what arrives into one story, told once. Log records tell live; a span tells the same at its end, so a run that
 * the logs have told is skipped when its spans come, and the other way round. Events with a uid that only a span
 * carries are always taken. No clock of its own: the caller says what time it is.
 */
export class Intake {
  readonly received: Received = { logs: noCounts(), spans: noCounts(), points: noCounts() };
  readonly #seen = new RecentSet(REMEMBERED);
  readonly #seenSpans = new RecentSet(REMEMBERED);
  readonly #runsInLogs = new RecentSet(REMEMBERED);
  readonly #runsInSpans = new RecentSet(REMEMBERED);
  readonly #agentsInLogs = new RecentSet(REMEMBERED);
  readonly #sendersWithLogs = new RecentSet(REMEMBERED);
  readonly #firstSpanMillis = new RecentMap<number>(REMEMBERED);
  readonly #traces = new TraceBuffer();

  logs(batch: readonly ScopeLogs[]): readonly StoryEvent[] {
    const events: StoryEvent[] = [];
    const counts = this.received.logs;
    for (const { resource, scope, logRecords } of batch) {
      for (const record of logRecords) {
        if (!isStoryRecord(scope, record)) counts.foreign++;
        else if (!this.#seen.add(identityOf(record))) counts.repeated++;
        else {
          counts.story++;
          const event = eventOfLogRecord(record);
          if (this.#isNewFromLogs(event, senderOf(resource))) events.push(event);
        }
      }
    }
    return inOrder(events);
  }

  /** Spans wait for their task and for log records on their way: what is due comes out here and of `due()`. */
  spans(batch: readonly ScopeSpans[], nowMillis: number): readonly StoryEvent[] {
    const counts = this.received.spans;
    const carried: StoryEvent[] = [];
    for (const { resource, scope, spans } of batch) {
      const sender = senderOf(resource);
      if (!this.#firstSpanMillis.has(sender)) this.#firstSpanMillis.set(sender, nowMillis);
      for (const span of spans) {
        if (!this.#seenSpans.add(`${span.traceId}/${span.spanId}`)) {
          counts.repeated++;
          continue;
        }
        const role = spanRole(scope.name, span);
        if (role === 'foreign') counts.foreign++;
        else counts.story++;
        if (role === 'carrier') carried.push(...this.#unseen(eventsOfSpan(role, span, NO_RUN, 'sole')));
        else this.#traces.take({ role, span, sender, arrivedMillis: nowMillis });
      }
    }
    return [...inOrder(carried), ...this.due(nowMillis)];
  }

  /** What has waited long enough. */
  due(nowMillis: number): readonly StoryEvent[] {
    return this.#traces
      .release(nowMillis, (sender) => this.#holdMillis(sender, nowMillis))
      .flatMap((group) => this.#tell(group));
  }

  /** What still waits, at the end. */
  drain(): readonly StoryEvent[] {
    return this.#traces.drain().flatMap((group) => this.#tell(group));
  }

  /** Data points are counted; what they say, the events say too. */
  metrics(batch: readonly ScopeMetrics[]): void {
    for (const { scope, pointCount } of batch) {
      if (scope.name === SCOPE_INSTRUMENTATION) this.received.points.story += pointCount;
      else this.received.points.foreign += pointCount;
    }
  }

  #isNewFromLogs(event: StoryEvent, sender: string): boolean {
    if (!isMirrored(event)) return true;
    if (this.#runsInSpans.has(event.runId)) return false;
    this.#sendersWithLogs.add(sender);
    this.#agentsInLogs.add(event.agentId);
    if (event.runId !== '') this.#runsInLogs.add(event.runId);
    return true;
  }

  #holdMillis(sender: string, nowMillis: number): number {
    const firstMillis = this.#firstSpanMillis.get(sender) ?? nowMillis;
    return this.#sendersWithLogs.has(sender) || nowMillis - firstMillis < TRACES_ONLY_MILLIS ? HOLD_MILLIS : 0;
  }

  #tell({ run = NO_RUN, spans }: ReleasedSpans): readonly StoryEvent[] {
    const hasRun = run.runId !== '';
    const isRunInLogs = hasRun && this.#runsInLogs.has(run.runId);
    if (hasRun && !isRunInLogs) this.#runsInSpans.add(run.runId);
    const events = spans.flatMap(({ role, span, sender }) => {
      const all = eventsOfSpan(role, span, run, 'all');
      const agentId = all[0]?.agentId ?? '';
      const isInLogs = hasRun ? isRunInLogs : this.#agentsInLogs.has(agentId) || this.#sendersWithLogs.has(sender);
      return isInLogs ? eventsOfSpan(role, span, run, 'sole') : all;
    });
    return blockInOrder(this.#unseen(events));
  }

  #unseen(events: readonly StoryEvent[]): readonly StoryEvent[] {
    return events.filter(({ agentId, attributes }) => {
      const uid = textOf(attributes, ATTR_LOG_RECORD_UID);
      return uid === '' || this.#seen.add(`${agentId} ${uid}`);
    });
  }
}

/** True for what both a log record and the task's spans tell; agent-level records have one carrier only. */
function isMirrored({ name }: StoryEvent): boolean {
  const category = CATEGORY_BY_EVENT[name];
  return category !== undefined && category !== 'pipeline';
}

function inOrder(events: readonly StoryEvent[]): readonly StoryEvent[] {
  return events.toSorted((a, b) => {
    if (a.timeUnixNano !== b.timeUnixNano) return a.timeUnixNano < b.timeUnixNano ? -1 : 1;
    return rankOf(a) - rankOf(b);
  });
}

/** A task's spans as one block: their clocks differ by parts of a millisecond, so its start and end are first and last whatever they say. */
function blockInOrder(events: readonly StoryEvent[]): readonly StoryEvent[] {
  return inOrder(events).toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** At equal times a task starts before and ends after what is in it. */
function rankOf({ name }: StoryEvent): number {
  if (name === EVENT_TASK_STARTED) return -1;
  return name === EVENT_TASK_COMPLETED || name === EVENT_TASK_FAILED ? 1 : 0;
}

function senderOf({ attributes }: Resource): string {
  return [ATTR_SERVICE_NAMESPACE, ATTR_SERVICE_NAME, ATTR_SERVICE_INSTANCE_ID]
    .map((name) => textOf(attributes, name))
    .join('/');
}

function noCounts(): SignalCounts {
  return { story: 0, repeated: 0, foreign: 0 };
}
