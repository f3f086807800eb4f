/** docker-compose.yml, read by the loader inside of Docker Compose: no engine is needed to know what it would run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRequired } from '../../support/backends/binaries.ts';
import { ROOT, temporaryFolder } from '../../support/backends/real-process.ts';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly user?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly { readonly host_ip?: string; readonly published: string; readonly target: number }[];
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly read_only?: boolean }[];
  readonly command?: readonly string[];
  readonly cap_drop?: readonly string[];
}
interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const hasGo = spawnSync('go', ['version']).status === 0;
const FILE = join(ROOT, 'docker-compose.yml');

describe.skipIf(!hasGo && !isRequired)('docker-compose.yml', () => {
  const program = join(temporaryFolder('compose'), 'compose-spec');
  let project: Project;
  let services: readonly [string, Service][];

  beforeAll(() => {
    execFileSync('go', ['build', '-mod=readonly', '-o', program, '.'], {
      cwd: join(ROOT, 'test/backends/compose'),
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '-buildvcs=false' },
    });
    project = resolveProject(program, ROOT);
    services = Object.entries(project.services);
  });

  it('means the same without .env, which says the defaults', () => {
    const folder = temporaryFolder('no-env');
    copyFileSync(FILE, join(folder, 'docker-compose.yml'));
    expect(resolveProject(program, folder).services).toEqual(project.services);
  });

  it.each([
    [{}, ['collector', 'collector', 'collector']],
    [{ COLLECTOR_OVERLAY: 'a.yaml' }, ['a', 'a', 'a']],
    [{ COLLECTOR_OVERLAY: 'a.yaml', COLLECTOR_OVERLAY_2: 'b.yaml' }, ['a', 'b', 'b']],
  ])('with %o the Collector gets its overlays in order and none of the first file after them', (env, names) => {
    const { command = [] } = resolveProject(program, ROOT, env).services['collector'] ?? {};
    const files = ['collector', ...names].map((name) => `--config=/etc/hiveloop/${name}.yaml`);
    expect(command).toEqual(files);
  });

  it('mounts what is there, and read-only', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.filter(({ type }) => type === 'bind'));
    expect(mounts.length).toBeGreaterThan(5);
    expect(mounts.filter(({ source }) => !existsSync(join(ROOT, source)))).toEqual([]);
    expect(mounts.filter((mount) => mount.read_only !== true)).toEqual([]);
  });

  it('publishes on loopback only', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);
    expect(ports.length).toBeGreaterThan(5);
    expect(ports.filter(({ host_ip }) => host_ip !== '127.0.0.1')).toEqual([]);
  });

  it('keeps what must outlive a container in named volumes', () => {
    expect(Object.keys(project.volumes).sort()).toEqual(['alerts', 'grafana', 'issues', 'logs', 'metrics', 'queue']);
  });

  it('runs nothing as root but the one step that hands over a volume, and nothing with more than it needs', () => {
    expect(services.filter(([, { user }]) => user !== undefined).map(([name]) => name)).toEqual(['queue-owner']);
    expect(services.filter(([, { cap_drop = [] }]) => !cap_drop.includes('ALL'))).toEqual([]);
  });

  it('waits for health, or says with what it cannot', () => {
    // The translator's healthcheck is in its Dockerfile.
    const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    const checked = services.filter(([, { healthcheck, build }]) => healthcheck?.test ?? build);
    const unchecked = services.map(([name]) => name).filter((name) => !checked.some(([other]) => other === name));
    expect(unchecked).toEqual(['collector']);
    for (const [name, { depends_on = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const end = needed === 'queue-owner' ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} waits for ${needed}`).toBe(end);
        expect(unchecked).not.toContain(needed);
      }
    }
  });

  it.each([
    ['collector', ['collector/collector.yaml', 'collector/overlays/*.yaml'], ['COLLECTOR_METRICS_PORT']],
    ['jaeger', ['collector/jaeger/config.yaml'], []],
    ['loki', ['collector/loki/loki.yaml'], ['LOKI_GRPC_PORT', 'LOKI_HTTP_PORT']],
    ['grafana', ['collector/grafana/provisioning/datasources/*.yaml'], []],
  ])('%s is given every variable that its files read, but those whose default holds', (name, files, byDefault) => {
    const read = files.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).flatMap(variablesOf);
    const given = Object.keys(project.services[name]?.environment ?? {});
    expect(read.length).toBeGreaterThan(0);
    expect([...new Set(read)].filter((variable) => !given.includes(variable)).sort()).toEqual(byDefault);
  });
});

function resolveProject(program: string, cwd: string, variables: Readonly<Record<string, string>> = {}): Project {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  return JSON.parse(execFileSync(program, { cwd, env, encoding: 'utf8' })) as Project;
}

function variablesOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?<!\$)\$\{(?:env:)?([A-Z][A-Z0-9_]*)/g)].flatMap(([, variable]) => variable ?? []);
}
