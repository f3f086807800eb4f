import { configDefaults, defineConfig } from 'vitest/config';

/** Tests against the real Collector, Jaeger, Prometheus, Loki and Alertmanager. */
const STOCK = 'test/e2e/stock/**/*.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    restoreMocks: true,
    unstubEnvs: true,
    coverage: { provider: 'v8', include: ['src/**/*.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'own',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, STOCK],
          // Two files at once on two cores, with processes of their own: what takes a second alone may take five then.
          testTimeout: 20_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'stock',
          include: [STOCK],
          globalSetup: 'test/support/backends/say-absence.ts',
          setupFiles: 'test/support/backends/end-leftovers.ts',
          // Not beside the others, and one file at a time: a file runs up to six servers, and two cores bear no more.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
