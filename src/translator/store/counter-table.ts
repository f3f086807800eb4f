import type { Statements } from './sqlite-statements.ts';
import { addCounts, type Counters } from './store.ts';

interface Counter {
  readonly id: number;
  count: number;
  isSaved: boolean;
}

/** The counters, in memory; their sums are written behind the journal, which holds what was added since, by their ids. */
export class CounterTable {
  readonly #statements: Statements;
  readonly #byName = new Map<string, Counter>();
  readonly #byId = new Map<number, Counter>();

  constructor(statements: Statements) {
    this.#statements = statements;
    for (const { id, name, count } of statements.counters.all()) {
      this.#keep(String(name), { id: Number(id), count: addCounts(Number(count), 0), isSaved: true });
    }
  }

  read(): Counters {
    return new Map(Array.from(this.#byName, ([name, { count }]) => [name, count]));
  }

  /** Within a transaction: gives every name an id; `done` once that is committed. */
  name(counted: Counters): {
    readonly ids: readonly (readonly [id: number, count: number])[];
    readonly done: () => void;
  } {
    const added: [string, Counter][] = [];
    const ids = Array.from(counted, ([name, count]): readonly [number, number] => {
      if (!Number.isSafeInteger(count) || count < 0) throw new Error(`counter ${name} cannot grow by ${count}`);
      const known = this.#byName.get(name);
      if (known !== undefined) return [known.id, count];
      const id = Number(this.#statements.addCounter.run(name).lastInsertRowid);
      added.push([name, { id, count: 0, isSaved: true }]);
      return [id, count];
    });
    return { ids, done: () => added.forEach(([name, counter]) => this.#keep(name, counter)) };
  }

  add(ids: readonly (readonly [id: number, count: number])[]): void {
    for (const [id, count] of ids) {
      const counter = this.#byId.get(id);
      if (counter === undefined || count === 0) continue; // forgotten since
      counter.count = addCounts(counter.count, count);
      counter.isSaved = false;
    }
  }

  /** Writes the sums, within a transaction; `done` once that is committed. */
  save(): { readonly done: () => void } {
    const changed = [...this.#byId.values()].filter(({ isSaved }) => !isSaved);
    for (const { id, count } of changed) this.#statements.saveCounter.run(count, id);
    return { done: () => changed.forEach((counter) => (counter.isSaved = true)) };
  }

  /** Forgets those that still have this count, within a transaction; `done` once that is committed. */
  forget(counters: Counters): { readonly done: () => void } {
    const gone = [...counters].flatMap(([name, count]) => {
      const counter = this.#byName.get(name);
      return counter?.count === count ? [{ name, id: counter.id }] : [];
    });
    for (const { id } of gone) this.#statements.forgetCounter.run(id);
    return {
      done: () => {
        for (const { name, id } of gone) {
          this.#byName.delete(name);
          this.#byId.delete(id);
        }
      },
    };
  }

  #keep(name: string, counter: Counter): void {
    this.#byName.set(name, counter);
    this.#byId.set(counter.id, counter);
  }
}
