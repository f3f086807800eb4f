/** The examples as a user runs them: on the built package, each in a process of its own. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ATTR_ISSUE_TRANSITION, EVENT_ISSUE_LIFECYCLE } from '../../src/semconv.ts';
import { openCollector } from '../support/collector.ts';
import { openBuiltCopy, type BuiltCopy } from './support/built-copy.ts';
import { Program } from './support/program.ts';

let built: BuiltCopy;
beforeAll(async () => {
  built = await openBuiltCopy();
}, 60_000);
afterAll(() => built.remove());

test('in-process/main: the lifecycle of a traces-only service arrives beside its traces', async () => {
  const collector = await openCollector();
  onTestFinished(() => collector.close());
  const program = new Program(built.path('examples/in-process/main.ts'), {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });

  expect(await program.ended).toMatchObject({ status: 0, stderr: '' });
  expect(program.stdout.trimEnd().split('\n').toSorted()).toEqual([
    'crm-403 resolved high',
    'enrichment-slow open low',
  ]);
  const lifecycle = collector.arrived.logs.filter(({ eventName }) => eventName === EVENT_ISSUE_LIFECYCLE);
  expect(lifecycle.map(({ attributes }) => attributes[ATTR_ISSUE_TRANSITION]).toSorted()).toEqual([
    'opened',
    'opened',
    'resolved',
  ]);
  expect(collector.arrived.spans.map(({ name }) => name)).toContain('invoke_agent lead-qualifier');
});

test('in-process/embed: a report and a resolve in, the transitions out', async () => {
  const program = new Program(built.path('examples/in-process/embed.ts'), {});
  expect(await program.ended).toEqual({
    status: 0,
    stderr: '',
    stdout: [
      '"issue opened: CRM API returns 403"',
      '"issue resolved: CRM API returns 403 (CRM API recovered)"',
      'crm-403 took 60 s\n',
    ].join('\n'),
  });
});
