import type { Exemplar } from '../otlp/model.ts';

/** Counters with an example, at most: memory stays flat whatever comes in before the next export. */
const EXEMPLARS_MAX = 10_000;

/** The newest example of what each counter counted since the last export that arrived. Not kept over restarts: it is a pointer, no fact. */
export class Exemplars {
  #byCounter = new Map<string, Exemplar>();

  readonly note = (counter: string, exemplar: Exemplar): void => {
    if (this.#byCounter.size < EXEMPLARS_MAX || this.#byCounter.has(counter)) this.#byCounter.set(counter, exemplar);
  };

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
        for (const [counter, exemplar] of taken) if (!this.#byCounter.has(counter)) this.note(counter, exemplar);
      },
    };
  }
}
