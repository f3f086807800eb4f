import type { Statements } from './sqlite-statements.ts';
import type { Store } from './store.ts';

type EmittedSeriesMethods = Pick<Store, 'emittedSeries' | 'saveEmittedSeries'>;

/** The names of the metric series that are alive in the backends. */
export function emittedSeriesOn(
  statements: Statements,
  transaction: (act: () => void) => Promise<void>,
): EmittedSeriesMethods {
  return {
    emittedSeries: () =>
      new Promise((resolve) => {
        resolve(statements.emittedSeries.all().map(({ name }) => String(name)));
      }),
    saveEmittedSeries: ({ started, ended }) =>
      transaction(() => {
        for (const name of started) statements.saveEmittedSeries.run(name);
        for (const name of ended) statements.forgetEmittedSeries.run(name);
      }),
  };
}
