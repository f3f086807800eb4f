import { METRIC_ISSUE_ACTIVE, METRIC_ISSUE_OLDEST_AGE } from '../../semconv.ts';
import type { Store } from '../store/store.ts';
import { parseSeries, type Series } from './series.ts';

/** Gauges that say 0 once before they end: 0 is what is true of them. An issue did not open at 0, and a counter does not fall. */
const ZEROED: ReadonlySet<string> = new Set([METRIC_ISSUE_ACTIVE.name, METRIC_ISSUE_OLDEST_AGE.name]);

/** What a snapshot says of the series that it does not have any more. */
export interface Endings {
  readonly zeroed: readonly Series[];
  readonly ended: readonly Series[];
}

/**
 * The series that were sent and have not ended. The store remembers them, so that they end also when their issues go
 * while the translator is down: a backend would show the last value for minutes, and an alert on it would go on.
 */
export class AliveSeries {
  readonly #store: Store;
  #byName: Map<string, Series> | undefined;
  /** Those that the store remembers. */
  readonly #saved = new Set<string>();
  readonly #zeroed = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<ReadonlyMap<string, Series>> {
    if (this.#byName === undefined) {
      const names = await this.#store.emittedSeries();
      for (const name of names) this.#saved.add(name);
      this.#byName ??= new Map(names.map((name) => [name, parseSeries(name)]));
    }
    return this.#byName;
  }

  /** What is to be sent now, and what ends by it. */
  async begin(current: ReadonlyMap<string, { readonly series: Series }>): Promise<Endings> {
    const alive = new Map(await this.load());
    const gone = [...alive].filter(([name]) => !current.has(name));
    for (const [name, { series }] of current) {
      alive.set(name, series);
      this.#zeroed.delete(name);
    }
    this.#byName = alive;
    const isZeroed = ([name, { metric }]: readonly [string, Series]): boolean =>
      !ZEROED.has(metric) || this.#zeroed.has(name);
    return {
      zeroed: gone.filter((entry) => !isZeroed(entry)).map(([, series]) => series),
      ended: gone.filter(isZeroed).map(([, series]) => series),
    };
  }

  /**
   * Makes the store remember what is to be sent, before it is: a series that is remembered and was not sent ends for
   * nothing, the other way round it never ends. What cannot be remembered is tried again at the next snapshot.
   */
  async remember(): Promise<void> {
    const started = [...(await this.load()).keys()].filter((name) => !this.#saved.has(name));
    if (started.length === 0) return;
    await this.#store.saveEmittedSeries({ started, ended: [] });
    for (const name of started) this.#saved.add(name);
  }

  /** The endings have arrived. */
  async finish(zeroed: readonly string[], ended: readonly string[]): Promise<void> {
    for (const name of zeroed) this.#zeroed.add(name);
    if (ended.length > 0) await this.#store.saveEmittedSeries({ started: [], ended });
    for (const name of ended) {
      this.#byName?.delete(name);
      this.#saved.delete(name);
      this.#zeroed.delete(name);
    }
  }
}
