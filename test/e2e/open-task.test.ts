import { beforeAll, describe, expect, test } from 'vitest';
import { openCollector, type Arrived } from '../support/collector.ts';
import { runService, startService } from '../support/service.ts';
import { activityStream, eventsNamed, inOrder, spanNamed } from '../support/story.ts';
import { renderTree } from '../support/tree.ts';

const BEFORE_THE_END = [
  'hiveloop.task.started',
  'hiveloop.plan.created',
  'hiveloop.plan.step',
  'hiveloop.approval.requested',
];

function names({ logs }: Arrived): readonly string[] {
  return inOrder(logs).map(({ eventName }) => eventName);
}

async function runKilled(): Promise<Arrived> {
  const collector = await openCollector();
  const service = startService('open-task-service', collector, { env: { END: 'wait' } });
  await service.says('working');
  service.kill('SIGKILL');
  await service.ended;
  await collector.close();
  return collector.arrived;
}

describe.each([
  ['is killed', runKilled],
  ['exits without shutdown', () => runService('open-task-service', { env: { END: 'exit' } })],
])('a process that %s with a task open', (_how, runToEnd) => {
  let run: Arrived;
  beforeAll(async () => {
    run = await runToEnd();
  });

  test('what happened until then has arrived as log events', () => {
    expect(names(run)).toEqual(BEFORE_THE_END);
    expect(eventsNamed(run, 'hiveloop.plan.step')[0]?.attributes['hiveloop.task.id']).toBe('job-1');
  });

  test('there is no span: it never ended', () => {
    expect(run.spans).toEqual([]);
  });

  test('the gauge of running tasks still says one', () => {
    const active = run.points.filter(({ name }) => name === 'hiveloop.task.active');

    expect(active.at(-1)?.value).toBe(1);
  });
});

describe('a process that shuts down with a task open', () => {
  let run: Arrived;
  beforeAll(async () => {
    run = await runService('open-task-service', { env: { END: 'shutdown' } });
  });

  test('the task arrives as abandoned, with all that it had', () => {
    expect(renderTree(run, spanNamed(run, 'invoke_agent worker'))).toBe(`\
invoke_agent worker [INTERNAL] [ERROR: Task job-1 was still open at shutdown]
  error.type="TaskAbandoned"
  gen_ai.agent.name="worker"
  gen_ai.operation.name="invoke_agent"
  hiveloop.agent.framework="custom"
  hiveloop.agent.id="worker"
  hiveloop.agent.type="general"
  hiveloop.approval.count=1
  hiveloop.plan.bar="[▪ Read] [  Write]"
  hiveloop.plan.goal="Sync"
  hiveloop.plan.revision=0
  hiveloop.plan.step.total=2
  hiveloop.plan.steps.completed=0
  hiveloop.task.id="job-1"
  hiveloop.task.run_id=<uuid>
  hiveloop.task.status="abandoned"
  hiveloop.task.type="sync"
  · hiveloop.plan.created hiveloop.plan.goal="Sync" hiveloop.plan.revision=0 hiveloop.plan.step.total=2 hiveloop.plan.steps=["Read","Write"] hiveloop.summary="Sync"
  · hiveloop.plan.step hiveloop.plan.revision=0 hiveloop.plan.step.action="started" hiveloop.plan.step.index=0 hiveloop.plan.step.total=2 hiveloop.summary="Reading"
  · hiveloop.approval.requested hiveloop.approval.approver="ops" hiveloop.summary="May I write?"
  · exception exception.message="Task job-1 was still open at shutdown" exception.type="TaskAbandoned"`);
  });

  test('the log events say that it failed, and then that the agent stopped', () => {
    expect(names(run)).toEqual([...BEFORE_THE_END, 'hiveloop.task.failed', 'hiveloop.agent.stopped']);
    expect(activityStream(run, 'error')).toMatchObject([
      {
        eventName: 'hiveloop.task.failed',
        body: 'job-1 failed: Task job-1 was still open at shutdown',
        attributes: { 'hiveloop.task.status': 'abandoned', 'error.type': 'TaskAbandoned' },
      },
    ]);
    expect(eventsNamed(run, 'hiveloop.agent.stopped')[0]?.attributes['hiveloop.agent.tasks.running']).toBe(0);
  });

  test('the duration of the task counts as a failure', () => {
    const duration = run.points.find(({ name }) => name === 'gen_ai.invoke_agent.duration');

    expect(duration?.attributes['error.type']).toBe('TaskAbandoned');
  });
});
