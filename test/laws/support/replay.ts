import fc from 'fast-check';

/**
 * Checks a property on random histories, each run with a seed of its own. A failure prints how to play it again:
 * `HIVELOOP_SEED` and `HIVELOOP_PATH`; `HIVELOOP_RUNS` multiplies the number of histories.
 */
export async function forAll<T>(
  arbitrary: fc.Arbitrary<T>,
  histories: number,
  check: (value: T) => Promise<void> | void,
): Promise<void> {
  const { HIVELOOP_SEED: seed, HIVELOOP_PATH: path, HIVELOOP_RUNS: factor } = process.env;
  const property = fc.asyncProperty(arbitrary, async (value) => check(value));
  const result = await fc.check(property, {
    numRuns: histories * Number(factor ?? 1),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
  });
  if (!result.failed) return;
  const where = `HIVELOOP_SEED=${String(result.seed)} HIVELOOP_PATH=${result.counterexamplePath ?? ''}`;
  const what = fc.stringify(result.counterexample?.[0]);
  const why = result.errorInstance instanceof Error ? result.errorInstance : new Error(String(result.errorInstance));
  throw new Error(`play it again with ${where}\n${what}\n${why.message}`, { cause: why });
}
