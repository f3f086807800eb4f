import type { Counters, Store } from './store/store.ts';

type Write = (counts: Counters) => Promise<void>;

/**
 * What is counted in memory until a write to the store takes it along: records that are no issue events, and answers,
 * are worth no disk write of their own. Reading needs none either: on a full disk, people look at the counters.
 */
export class UnsavedCounts {
  #counts: Counters = new Map();
  readonly #writes = new Set<Promise<unknown>>();
  #readers = 0;

  add(counts: Counters): void {
    this.#counts = sum(this.#counts, counts);
  }

  /** Makes the write that takes all along, if there is anything. When it fails, nothing has changed. */
  async save(write: Write): Promise<void> {
    if (this.#counts.size > 0) await this.#take(write);
  }

  /** Makes a write that has reasons of its own, with all that is counted, or with nothing while somebody waits to read. */
  takeAlong(write: Write): Promise<void> {
    return this.#readers > 0 || this.#counts.size === 0 ? write(new Map()) : this.#take(write);
  }

  /**
   * The store's counters and these, each count once: a write on its way is in neither, or in the store already, so it
   * is waited for. A sum without it would fall, and a counter that falls is taken for a restart.
   */
  async readWith(store: Pick<Store, 'counters'>): Promise<Counters> {
    this.#readers++;
    try {
      while (this.#writes.size > 0) await Promise.allSettled(this.#writes);
      const counts = this.#counts;
      return sum(await store.counters(), counts);
    } finally {
      this.#readers--;
    }
  }

  async #take(write: Write): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    const writing = write(counts);
    this.#writes.add(writing);
    try {
      await writing;
    } catch (error) {
      this.add(counts);
      throw error;
    } finally {
      this.#writes.delete(writing);
    }
  }
}

export function sum(a: Counters, b: Counters): Counters {
  const total = new Map(a);
  for (const [name, count] of b) total.set(name, (total.get(name) ?? 0) + count);
  return total;
}
