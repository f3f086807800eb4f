import type { Exemplar } from '../otlp/model.ts';

/** Counters with an example, at most: memory stays flat whatever comes in before the next export. */
const EXEMPLARS_MAX = 10_000;

/** An example that is no older than this is new enough: exports are a second apart at least. */
const NEW_NANOS = 1_000_000_000n;

/**
 * A new example of what each counter counted since the last export that arrived. Not kept over restarts: it is a
 * pointer, no fact.
 */
export class Exemplars {
  #byCounter = new Map<string, Noted>();

  /** False while there is one that is new enough, so that nobody need look for another. @param now unix ns */
  isWanted(counter: string, now: bigint): boolean {
    const known = this.#byCounter.get(counter);
    return known === undefined || now >= known.notedAt + NEW_NANOS || now < known.notedAt;
  }

  /** @param now unix ns */
  note(counter: string, exemplar: Exemplar, now: bigint): void {
    if (this.#byCounter.size >= EXEMPLARS_MAX && !this.#byCounter.has(counter)) return;
    this.#byCounter.set(counter, { ...exemplar, notedAt: now });
  }

  get(counter: string): Exemplar | undefined {
    return this.#byCounter.get(counter);
  }

  /** What is noted from now on is for the next export; the result gives back what it takes when the export failed. */
  take(): { readonly taken: ReadonlyMap<string, Exemplar>; readonly giveBack: () => void } {
    const taken = this.#byCounter;
    this.#byCounter = new Map();
    return {
      taken,
      giveBack: () => {
        for (const [counter, noted] of taken)
          if (!this.#byCounter.has(counter)) this.note(counter, noted, noted.notedAt);
      },
    };
  }
}

interface Noted extends Exemplar {
  /** Unix ns. */
  readonly notedAt: bigint;
}
