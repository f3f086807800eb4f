import { beforeAll, describe, expect, test } from 'vitest';
import { buildPackage } from '../support/build.ts';
import type { Arrived } from '../support/collector.ts';
import { runService, type Ended } from '../support/service.ts';
import { childrenOf, eventsNamed, spanEventsNamed, spanNamed } from '../support/story.ts';

let run: Arrived & Ended;

beforeAll(async () => {
  const built = await buildPackage();
  try {
    run = await runService('two-copies-service', { env: { DIST: built.folder } });
  } finally {
    await built.remove();
  }
});

describe('a process that has the package as ESM and as CJS', () => {
  test('two copies, one registry, one agent', () => {
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ areCopies: true, isOneRegistry: true, isOneAgent: true });
  });

  test('currentTask and currentAgent of one copy see what the other started', () => {
    expect(JSON.parse(run.stdout)).toMatchObject({ taskId: 'outer', agentId: 'support' });
  });

  test('what either copy records stands in the same trace', () => {
    const task = spanNamed(run, 'invoke_agent support');
    const [tool] = childrenOf(run, task);

    expect(run.spans).toHaveLength(3);
    expect(tool?.name).toBe('execute_tool from_cjs');
    expect(childrenOf(run, tool ?? task).map(({ name }) => name)).toEqual(['execute_tool from_esm']);
    expect(spanEventsNamed(task, 'hiveloop.retry')).toHaveLength(1);
  });

  test('each event arrives once', () => {
    for (const name of ['hiveloop.retry', 'hiveloop.issue.reported', 'hiveloop.agent.stopped']) {
      expect(eventsNamed(run, name), name).toHaveLength(1);
    }
  });
});
