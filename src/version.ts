import manifest from '../package.json' with { type: 'json' };

/** Version of this package, also of its instrumentation scope. */
export const version: string = manifest.version;
