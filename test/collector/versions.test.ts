import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import versions from '../backends/versions.json' with { type: 'json' };
import package_ from '../../package.json' with { type: 'json' };

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const COMPOSE = read('docker-compose.yml');
const IMAGES = [...COMPOSE.matchAll(/^ +image: (\S+)$/gm)].flatMap(([, image]) => image ?? []);

describe('versions', () => {
  it.each(Object.entries(versions))('compose runs the %s that the tests run', (_name, { image }) => {
    expect(IMAGES).toContain(image);
  });

  it('every image is pinned to a whole version, but our own', () => {
    const own = new Set(['hiveloop-translator']);
    expect(IMAGES.filter((image) => !own.has(image) && !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
  });

  it('the image is built and run on the Node that the tests run on', () => {
    const bases = [...read('Dockerfile').matchAll(/^FROM node:(\d+\.\d+\.\d+)-/gm)].map(([, version]) => version);
    expect(bases).toEqual([package_.devDependencies.node, package_.devDependencies.node]);
  });

  it('every knob of .env is one of compose', () => {
    const knobs = [...read('.env').matchAll(/^([A-Z_\d]+)=/gm)].flatMap(([, name]) => name ?? []);
    expect(knobs.length).toBeGreaterThan(10);
    expect(knobs.filter((name) => !COMPOSE.includes(`\${${name}:-`))).toEqual([]);
    const used = [...COMPOSE.matchAll(/\$\{([A-Z_\d]+):-/g)].flatMap(([, name]) => name ?? []);
    expect([...new Set(used)].sort()).toEqual([...knobs].sort());
  });

  it('every knob of the translator is a variable of it, at its default', () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const help = execFileSync(process.execPath, [main, 'translator', '--help'], { encoding: 'utf8' });
    const knobs = [...read('.env').matchAll(/^(HIVELOOP_\w+)=(.*)$/gm)];
    expect(knobs.length).toBeGreaterThan(4);
    for (const [, name, value] of knobs) expect(help).toContain(`(default ${value}, variable ${name})`);
    const given = [...COMPOSE.matchAll(/^ +(HIVELOOP_\w+): /gm), ...read('Dockerfile').matchAll(/\b(HIVELOOP_\w+)=/g)];
    for (const [, name] of given) expect(help).toMatch(new RegExp(`variable ${name}\\b`));
  });
});
