import { defineConfig, type UserConfig } from 'tsdown';

// Three builds, one per output, so that the instrumentation shares no chunk with the translator: a service that
// imports `hiveloop-otel` must never load a line of the server.
const shared: UserConfig = {
  target: 'es2023',
  tsconfig: 'src/tsconfig.json',
  fixedExtension: true,
  clean: true,
  failOnWarn: true,
};

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts' },
    platform: 'neutral',
    format: ['esm', 'cjs'],
    dts: true,
    banner: { dts: '/// <reference lib="esnext.disposable" />' },
    deps: { onlyBundle: [], onlyImport: ['@opentelemetry/api'] },
  },
  {
    ...shared,
    entry: { translator: 'src/translator/index.ts' },
    format: ['esm', 'cjs'],
    dts: true,
    deps: { onlyBundle: [], onlyImport: [] },
  },
  {
    ...shared,
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    dts: false,
    deps: { onlyBundle: [], onlyImport: [] },
  },
]);
