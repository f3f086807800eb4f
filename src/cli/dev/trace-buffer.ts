import type { Span } from '../../translator/otlp/model.ts';
import { RecentMap } from './recent.ts';
import { isCarried, runOfTaskSpan, type RunContext, type SpanRole } from './span-events.ts';

/** A span that has something to tell, and waits until it is known which task it belongs to. */
export interface WaitingSpan {
  readonly role: SpanRole;
  readonly span: Span;
  /** Which process sent it. */
  readonly sender: string;
  readonly arrivedMillis: number;
}

/** What may be told now: the spans of one task, or of none (`run` undefined). */
export interface ReleasedSpans {
  readonly run: RunContext | undefined;
  readonly spans: readonly WaitingSpan[];
}

interface TaskSpan {
  readonly key: string;
  readonly run: RunContext;
  readonly arrivedMillis: number;
}

/** Spans whose task never arrives are told without it beyond this many. */
const WAITING_SPANS_MAX = 20_000;
const REMEMBERED_SPANS = 100_000;

/**
 * Spans arrive children first, in batches; their task's span ends last. This holds them until the task is there, however
 * many spans of other libraries lie between, and a little longer (`hold`), so that a log record on its way can come first.
 */
export class TraceBuffer {
  readonly #parents = new RecentMap<string>(REMEMBERED_SPANS);
  readonly #tasks = new RecentMap<TaskSpan>(REMEMBERED_SPANS);
  readonly #waiting = new Map<string, WaitingSpan>();

  take(entry: WaitingSpan): void {
    const { role, span, arrivedMillis } = entry;
    const key = keyOf(span.traceId, span.spanId);
    this.#parents.set(key, span.parentSpanId === '' ? '' : keyOf(span.traceId, span.parentSpanId));
    if (role === 'task') this.#tasks.set(key, { key, run: runOfTaskSpan(span), arrivedMillis });
    if (role !== 'foreign' || span.events.some(({ attributes }) => isCarried(attributes)))
      this.#waiting.set(key, entry);
  }

  /**
   * Takes out what is due.
   * @param holdMillis how long spans of this sender wait after their task has arrived
   */
  release(nowMillis: number, holdMillis: (sender: string) => number): readonly ReleasedSpans[] {
    const groups = new Map<string, { run: RunContext | undefined; spans: WaitingSpan[] }>();
    let surplus = this.#waiting.size - WAITING_SPANS_MAX;
    for (const [key, entry] of this.#waiting) {
      const task = this.#taskOf(key);
      const isSurplus = surplus-- > 0;
      if (!isSurplus && nowMillis < readyMillis(task, entry) + holdMillis(entry.sender)) continue;
      this.#waiting.delete(key);
      const known = task === 'unknown' ? undefined : task;
      const group = groups.get(known?.key ?? '') ?? { run: known?.run, spans: [] };
      group.spans.push(entry);
      groups.set(known?.key ?? '', group);
    }
    return [...groups.values()];
  }

  /** Takes out everything, also what still waits for its task. */
  drain(): readonly ReleasedSpans[] {
    return this.release(Infinity, () => -Infinity);
  }

  /** The nearest task above a span, itself included; undefined when there is none, `unknown` when a span between has not arrived. */
  #taskOf(spanKey: string): TaskSpan | undefined | 'unknown' {
    for (let key: string | undefined = spanKey, steps = 0; steps < 1000; steps++) {
      const task = this.#tasks.get(key);
      if (task !== undefined) return task;
      key = this.#parents.get(key);
      if (key === undefined) return 'unknown';
      if (key === '') return undefined;
    }
    return undefined;
  }
}

function readyMillis(task: TaskSpan | undefined | 'unknown', entry: WaitingSpan): number {
  if (task === 'unknown') return Number.MAX_VALUE;
  return task?.arrivedMillis ?? entry.arrivedMillis;
}

function keyOf(traceId: string, spanId: string): string {
  return `${traceId}/${spanId}`;
}
