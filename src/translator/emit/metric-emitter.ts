import {
  METRIC_ISSUE_ACTIVE,
  METRIC_ISSUE_OCCURRENCES,
  METRIC_ISSUE_OLDEST_AGE,
  METRIC_ISSUE_OPENED_AT,
  METRIC_ISSUE_TIME_TO_RESOLVE,
  METRIC_ISSUE_TRANSITIONS,
  type MetricDefinition,
} from '../../semconv.ts';
import type { MetricData } from '../otlp/model.ts';
import type { DerivedSink } from '../outbox/derived-sink.ts';
import { startTimer, type Timer } from '../outbox/timer.ts';
import type { Counters, Store } from '../store/store.ts';
import { Admission } from './admission.ts';
import { AliveSeries } from './alive-series.ts';
import { Exemplars } from './exemplars.ts';
import { listMetrics, type MetricSnapshot, readSnapshot } from './metric-source.ts';
import { MetricBatch } from './metrics.ts';
import { sendMetrics } from './send-metrics.ts';
import { type Series, seriesName } from './series.ts';

/** Computes the derived metrics from the store and sends them. They never wait in the outbox: the next snapshot says it all again. */
export interface MetricEmitter {
  /** Examples of what is counted, for the next snapshot. */
  readonly exemplars: Exemplars;
  /** Something changed: a snapshot within a second. */
  touch(): void;
  /** One snapshot now. */
  emit(): Promise<void>;
  /** All metrics as they stand now, for a reader; nothing is sent. */
  read(): Promise<readonly MetricData[]>;
  close(): Promise<void>;
}

export interface MetricEmitterOptions {
  readonly store: Store;
  /** Default: none; then nothing is sent. */
  readonly sink?: DerivedSink | undefined;
  /** Between snapshots, in milliseconds; at most 60 000. */
  readonly intervalMillis: number;
  /** Unix ns. */
  readonly now: () => bigint;
  /** Where something is counted outside the store: its counters with that. Default: the store's. */
  readonly counters?: () => Promise<Counters>;
  readonly onError: (error: Error) => void;
}

/** A backend takes a series for gone that it has not heard of for 5 minutes; once a minute leaves room for failures. */
const INTERVAL_MILLIS_MAX = 60_000;
const CHANGE_DELAY_MILLIS = 1000;
const MILLISECOND_NANOS = 1_000_000n;
/** With a million issues a snapshot takes a while: it may take this part of the time, and no more. */
const SHARE_OF_TIME = 20;

export function openMetricEmitter(options: MetricEmitterOptions): MetricEmitter {
  return new StoreMetricEmitter(options);
}

class StoreMetricEmitter implements MetricEmitter {
  readonly exemplars: Exemplars = new Exemplars();
  readonly #options: MetricEmitterOptions;
  readonly #intervalMillis: number;
  readonly #alive: AliveSeries;
  #admission: Admission | undefined;
  #last = 0n;
  #timer: Timer | undefined;
  #changeDelayMillis = CHANGE_DELAY_MILLIS;
  #isTouched = false;
  #isClosed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: MetricEmitterOptions) {
    this.#options = options;
    this.#intervalMillis = Math.min(options.intervalMillis, INTERVAL_MILLIS_MAX);
    this.#alive = new AliveSeries(options.store);
    this.#schedule(this.#intervalMillis);
  }

  touch(): void {
    if (!this.#isTouched) this.#schedule(this.#changeDelayMillis);
    this.#isTouched = true;
  }

  emit(): Promise<void> {
    const { sink, onError } = this.#options;
    this.#isTouched = false;
    if (sink === undefined) return Promise.resolve();
    this.#running = this.#running
      .then(() => this.#send(sink))
      .catch((error: unknown) => onError(toError(error)))
      .finally(() => this.#schedule(this.#isTouched ? this.#changeDelayMillis : this.#intervalMillis));
    return this.#running;
  }

  async read(): Promise<readonly MetricData[]> {
    const { store, now } = this.#options;
    return listMetrics(store, await this.#snapshot(now(), new Map()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #schedule(delayMillis: number): void {
    this.#timer?.cancel();
    if (this.#isClosed || this.#options.sink === undefined) return;
    this.#timer = startTimer(delayMillis, () => void this.emit());
  }

  async #send(sink: DerivedSink): Promise<void> {
    const { store } = this.#options;
    const at = this.#nextTime();
    const { taken, giveBack } = this.exemplars.take();
    try {
      const snapshot = await this.#snapshot(at, taken);
      this.#limitShareOfTime(at);
      const { zeroed, ended } = await this.#alive.begin(snapshot.derived);
      await this.#isWritten(this.#alive.remember());
      // Whose counters are not forgotten does not end: who has ended is not known to be gone, and would be back.
      const isForgotten = await this.#isWritten(forget(store, snapshot.gone));
      const derived = new MetricBatch(store.identity, at);
      for (const point of snapshot.derived.values()) derived.add(point);
      for (const series of zeroed) derived.addZero(definitionOf(series), series);
      for (const series of ended) derived.end(definitionOf(series), series);
      const own = new MetricBatch(store.identity, at);
      for (const point of snapshot.own) own.addOwn(point);
      // In requests of their own: whatever is wrong with one of them, the other arrives.
      const failure = await caught(sendMetrics(sink, own.list()));
      await sendMetrics(sink, derived.list());
      await this.#isWritten(this.#alive.finish(zeroed.map(seriesName), isForgotten ? ended.map(seriesName) : []));
      if (failure !== undefined) throw failure;
    } catch (error) {
      giveBack();
      throw error;
    }
    const admission = await this.#admit();
    admission.keepOnly((await this.#alive.load()).values());
  }

  async #snapshot(at: bigint, exemplars: ReturnType<Exemplars['take']>['taken']): Promise<MetricSnapshot> {
    const { store, counters = () => store.counters() } = this.#options;
    const admission = await this.#admit();
    return readSnapshot({ store, counters, admission, at, exemplars, alive: (await this.#alive.load()).values() });
  }

  /** A store that cannot be written holds up no metrics: what it does not know now, it is told with the next snapshot. */
  async #isWritten(write: Promise<void>): Promise<boolean> {
    const failure = await caught(write);
    if (failure === undefined) return true;
    const { message } = failure;
    this.#options.onError(
      new Error(`the series that were sent could not be remembered: ${message}`, { cause: failure }),
    );
    return false;
  }

  async #admit(): Promise<Admission> {
    this.#admission ??= new Admission((await this.#alive.load()).values());
    return this.#admission;
  }

  /** Two samples of one series with one time are refused by Prometheus, and it counts in milliseconds. */
  #nextTime(): bigint {
    const clock = this.#options.now();
    this.#last = clock >= this.#last + MILLISECOND_NANOS ? clock : this.#last + MILLISECOND_NANOS;
    return this.#last;
  }

  #limitShareOfTime(begunAt: bigint): void {
    const tookMillis = Number((this.#options.now() - begunAt) / MILLISECOND_NANOS);
    this.#changeDelayMillis = Math.min(Math.max(CHANGE_DELAY_MILLIS, tookMillis * SHARE_OF_TIME), this.#intervalMillis);
  }
}

const DEFINITIONS: ReadonlyMap<string, MetricDefinition> = new Map(
  [
    METRIC_ISSUE_ACTIVE,
    METRIC_ISSUE_OLDEST_AGE,
    METRIC_ISSUE_OPENED_AT,
    METRIC_ISSUE_TRANSITIONS,
    METRIC_ISSUE_OCCURRENCES,
    METRIC_ISSUE_TIME_TO_RESOLVE,
  ].map((definition) => [definition.name, definition]),
);

/** A series that an earlier version sent and this one does not know ends as a gauge: the end has no value. */
function definitionOf({ metric }: Series): MetricDefinition {
  return DEFINITIONS.get(metric) ?? { name: metric, kind: 'gauge', unit: '', description: '' };
}

function forget(store: Store, gone: Counters): Promise<void> {
  return gone.size === 0 ? Promise.resolve() : store.forgetCounters(gone);
}

/** What it failed with, for later; undefined when it did not. */
function caught(act: Promise<void>): Promise<Error | undefined> {
  return act.then(
    () => undefined,
    (error: unknown) => toError(error),
  );
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
