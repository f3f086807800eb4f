/**
 * The steps of the Dockerfile without an engine: each stage is an empty folder, COPY copies, RUN runs, and at the end the
 * entry point is started. What the base images hold it cannot show. With the stock tests, since it installs packages.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../faults/support/translator-process.ts';
import { stock } from '../../support/backends/binaries.ts';
import { ROOT } from '../../support/backends/real-process.ts';
import { openPlayedBackend } from '../../support/played-backend.ts';

const NODE = dirname(process.execPath);
const run = promisify(execFile);

stock('Dockerfile', () => {
  const image = mkdtempSync(join(tmpdir(), 'hiveloop-image-'));
  let built: Image;

  beforeAll(async () => {
    built = await buildImage(image);
  });
  afterAll(() => rmSync(image, { recursive: true, force: true }));

  it('sends the builder what it copies and nothing that is secret or large', () => {
    const context = contextFiles();
    expect(context).not.toContain('node_modules');
    expect(context.filter((name) => name.startsWith('.env') || name.startsWith('.git'))).toEqual([]);
  });

  it('leaves the packed package alone, in a few hundred kilobytes', () => {
    expect(readdirSync(join(built.folder, 'opt/hiveloop')).sort()).toEqual(['LICENSE', 'dist', 'package.json']);
    const dist = join(built.folder, 'opt/hiveloop/dist');
    const bytes = readdirSync(dist).reduce((sum, file) => sum + statSync(join(dist, file)).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it('runs as a user that is not root', () => {
    expect(built.user).toBe('node');
  });

  it('starts the translator on all addresses and on its volume, and the health check sees it', async () => {
    expect(built.environment).toMatchObject({
      HIVELOOP_LISTEN: '0.0.0.0:4328',
      HIVELOOP_STORE: 'sqlite:/var/lib/hiveloop/issues.db',
    });
    const port = await freePort();
    const inside = (text: string): string =>
      text.replaceAll('/var/lib', join(built.folder, 'var/lib')).replaceAll('4328', String(port));
    const environment = Object.entries(built.environment).map(([name, value]) => [name, inside(value)] as const);
    const env = { PATH: NODE, ...Object.fromEntries(environment), HIVELOOP_EXPORT: 'none' };
    const [program = '', ...argv] = [...built.entrypoint, ...built.command];
    const translator = spawn(
      program,
      argv.map((word) => word.replace(/^\/opt/, join(built.folder, 'opt'))),
      { env },
    );
    try {
      const [check = '', ...checkArguments] = built.healthcheck.map(inside);
      const isHealthy = (): Promise<unknown> => run(check, checkArguments, { env });
      await vi.waitFor(isHealthy, { timeout: 20_000, interval: 100 });
      const closed = once(translator, 'close');
      translator.kill('SIGTERM'); // as an engine stops a container
      expect(await closed).toEqual([0, null]);
      await expect(isHealthy()).rejects.toMatchObject({ code: 1 });
    } finally {
      translator.kill('SIGKILL');
    }
  });

  it('has the example service in a stage of its own, which tells its story to the Collector that compose names', async () => {
    const collector = await openPlayedBackend();
    const { folder, workdir, command } = built.demo;
    const [program = '', ...argv] = command;
    const env = { PATH: NODE, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const ended = await run(program, argv, { cwd: join(folder, workdir), env });
    await collector.close();
    expect(ended.stderr).toBe('');
    expect(new Set(collector.requests.map(({ path }) => path))).toEqual(
      new Set(['/v1/traces', '/v1/metrics', '/v1/logs']),
    );
    expect(collector.requests.map(({ body }) => body.toString()).join('\n')).toContain('invoke_agent lead-qualifier');
  });
});

interface Image {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly healthcheck: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** What `docker compose run demo` starts. */
  readonly demo: { readonly folder: string; readonly workdir: string; readonly command: readonly string[] };
}

async function buildImage(folder: string): Promise<Image> {
  const context = contextFiles();
  const environment: Record<string, string> = {};
  const said: Record<string, string> = {};
  const stages = new Map<string, string>();
  let stage = folder;
  let workdir = '/';
  const inStage = (path: string): string => join(stage, path.startsWith('/') ? path : join(workdir, path));
  for (const [instruction, text] of instructions()) {
    switch (instruction) {
      case 'FROM':
        // A stage on top of another goes on in its folder: nothing below it is used again.
        stage = stages.get(/^\w+/.exec(text)?.[0] ?? '') ?? join(folder, /AS (\w+)/.exec(text)?.[1] ?? 'image');
        stages.set(/AS (\w+)/.exec(text)?.[1] ?? 'image', stage);
        break;
      case 'WORKDIR':
        workdir = text;
        mkdirSync(inStage(''), { recursive: true });
        break;
      case 'COPY': {
        const words = text.split(' ');
        const from = /^--from=(.*)/.exec(words[0] ?? '')?.[1];
        const target = words.at(-1) ?? '';
        for (const source of words.slice(from === undefined ? 0 : 1, -1)) {
          if (from === undefined) expect(context, 'what .dockerignore lets through').toContain(source);
          const isFolder = target.endsWith('/');
          const path = from === undefined ? join(ROOT, source) : join(stages.get(from) ?? '', source);
          cpSync(path, inStage(isFolder ? join(target, basename(source)) : target), { recursive: true });
        }
        break;
      }
      case 'RUN': {
        // The user `node` is the base image's, and so is the root of its file system.
        const command = text.replace(/ && chown \S+ \S+/, '').replaceAll(' /var/', ` ${join(stage, '/var/')}`);
        const env = { ...process.env, PATH: `${NODE}:${process.env['PATH'] ?? ''}` };
        await run('sh', ['-e', '-c', command], { cwd: inStage(''), env });
        break;
      }
      case 'CMD':
        said[`CMD ${[...stages.keys()].at(-1)}`] = text;
        break;
      case 'ENV':
        for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) environment[name] = value;
        break;
      default:
        said[instruction] = text;
    }
  }
  const list = (text = '[]'): readonly string[] => JSON.parse(/\[.*\]$/.exec(text)?.[0] ?? '[]') as readonly string[];
  const { USER: user = 'root', HEALTHCHECK, ENTRYPOINT } = said;
  const words = { healthcheck: list(HEALTHCHECK), entrypoint: list(ENTRYPOINT), command: list(said['CMD image']) };
  const demo = { folder: stages.get('demo') ?? '', workdir: '/build', command: list(said['CMD demo']) };
  return { folder: stage, environment, user, demo, ...words };
}

function instructions(): readonly (readonly [string, string])[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replace(/\\\n\s*/g, '');
  return [...text.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, instruction = '', rest = '']) => [instruction, rest]);
}

/** What of the project's root goes to the builder: `.dockerignore` refuses all and takes back a list. */
function contextFiles(): readonly string[] {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  expect(lines[0]).toBe('*');
  return lines.slice(1).map((line) => line.replace(/^!/, ''));
}
