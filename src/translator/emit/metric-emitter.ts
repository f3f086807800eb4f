import type { DerivedSink } from '../outbox/derived-sink.ts';
import { startTimer, type Timer } from '../outbox/timer.ts';
import type { ActiveIssues, Store } from '../store/store.ts';
import { seriesKey, snapshotMetrics } from './metrics.ts';

/** Computes the derived metrics from the store and sends them. They never wait in the outbox: the next snapshot says it all again. */
export interface MetricEmitter {
  /** Something changed: a snapshot within a second. */
  touch(): void;
  /** One snapshot now. */
  emit(): Promise<void>;
  close(): Promise<void>;
}

export interface MetricEmitterOptions {
  readonly store: Store;
  readonly sink: DerivedSink;
  /** Between snapshots, in milliseconds. */
  readonly intervalMillis: number;
  /** Unix ns. */
  readonly now: () => bigint;
  readonly onError: (error: Error) => void;
}

const CHANGE_DELAY_MILLIS = 1000;
const MILLISECOND_NANOS = 1_000_000n;

export function openMetricEmitter(options: MetricEmitterOptions): MetricEmitter {
  const { store, sink, intervalMillis, now, onError } = options;
  let known = new Map<string, ActiveIssues>();
  let last = 0n;
  let timer: Timer | undefined;
  let isTouched = false;
  let isClosed = false;
  let running: Promise<void> = Promise.resolve();

  const schedule = (delayMillis: number): void => {
    timer?.cancel();
    if (!isClosed) timer = startTimer(delayMillis, () => void emit());
  };
  const emit = (): Promise<void> => {
    isTouched = false;
    running = running
      .then(send)
      .catch((error: unknown) => onError(error instanceof Error ? error : new Error(String(error))))
      .finally(() => schedule(isTouched ? CHANGE_DELAY_MILLIS : intervalMillis));
    return running;
  };

  const send = async (): Promise<void> => {
    const counted = await store.activeIssues();
    const { active, ended, next } = withEnds(counted, known);
    const clock = now();
    // Two samples of one series with one time are refused by Prometheus, and it counts in milliseconds.
    last = clock >= last + MILLISECOND_NANOS ? clock : last + MILLISECOND_NANOS;
    const counters = await store.counters();
    const outcome = await sink.metrics(snapshotMetrics({ store: store.identity, at: last, active, ended, counters }));
    if (outcome.kind !== 'accepted')
      throw new Error(`derived metrics could not be sent, the next snapshot repeats them: ${outcome.reason}`);
    known = next;
  };

  schedule(intervalMillis);
  return {
    touch: () => {
      if (!isTouched) schedule(CHANGE_DELAY_MILLIS);
      isTouched = true;
    },
    emit,
    close: async () => {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}

interface WithEnds {
  readonly active: readonly ActiveIssues[];
  readonly ended: readonly ActiveIssues[];
  /** What to know at the next snapshot. */
  readonly next: Map<string, ActiveIssues>;
}

/** A series whose group is gone is sent as 0 once, and ends with the snapshot after that. */
function withEnds(counted: readonly ActiveIssues[], known: ReadonlyMap<string, ActiveIssues>): WithEnds {
  const next = new Map(counted.map((group) => [seriesKey(group), group]));
  const gone = [...known].filter(([key]) => !next.has(key));
  const zeroed = gone
    .filter(([, group]) => !isGone(group))
    .map(([key, group]) => [key, { ...group, open: GONE }] as const);
  const ended = gone.filter(([, group]) => isGone(group)).map(([, group]) => group);
  for (const [key, group] of zeroed) next.set(key, group);
  return { active: [...next.values()].map((group) => (isGone(group) ? { ...group, open: 0 } : group)), ended, next };
}

/** Marks a known group that the store has no more. */
const GONE = -1;

function isGone({ open }: ActiveIssues): boolean {
  return open === GONE;
}
