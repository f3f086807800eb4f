// Imports point one way: cli → translator → lifecycle; instrumentation → otel; semconv is imported by all, imports nothing.
const from = (folder, ...allowed) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: `^src/(${[folder, ...allowed].map((name) => `${name}/`).join('|')}|semconv[.]ts$|version[.]ts$)`,
  },
});

export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    from('otel'),
    from('instrumentation', 'otel'),
    from('lifecycle'),
    from('translator', 'lifecycle'),
    from('cli', 'translator', 'lifecycle'),
    {
      name: 'no-node',
      severity: 'error',
      from: { path: '^src/(index[.]ts|instrumentation/|otel/|lifecycle/|semconv)' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'src/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
