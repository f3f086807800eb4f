import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { moduleFolder, PROGRAMS } from '../../backends/programs.ts';
import { ROOT } from './real-process.ts';

const programs = Object.entries(PROGRAMS).map(([name, program]) => ({ name, ...program }));

test.each(programs)('the module of $name requires the version in versions.json', ({ name, module }) => {
  const required = readFileSync(join(moduleFolder(name), 'go.mod'), 'utf8');
  expect(required.split(/\n\t?(?:require )?/)).toContain(module);
});

test.each(programs)('the image of $name is of the same version as the binary', ({ version, image }) => {
  expect(image.replace(/^.*:v?/, '')).toBe(version);
});

test.each(programs)('compose runs the image of $name that versions.json names', ({ name, image }) => {
  const compose: unknown = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'));
  expect(compose).toMatchObject({ services: { [name]: { image } } });
});
