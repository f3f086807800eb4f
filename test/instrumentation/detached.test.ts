/** Methods taken off their object, `const { retry } = task` or `setTimeout(task.complete)`: nothing throws, and one sentence says so. */
import { describe, expect, test } from 'vitest';
import { NO_ACTION, NO_AGENT, NO_ISSUE, NO_LLM_CALL, NO_TASK } from '../../src/instrumentation/nothing.ts';
import { openFreshHost, openHost, type Host } from './host.ts';

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;
type Handle = 'hive' | 'agent' | 'task' | 'action' | 'call' | 'issue';

/** A real handle of each kind; the handles that record nothing name all public methods, or they would not compile. */
function handlesOf(host: Host): Readonly<Record<Handle, object>> {
  const agent = host.agent();
  const task = agent.startTask('lead-1');
  let call: object = {};
  task.trackLlmCall('turn', { model: 'm' }, (given) => void (call = given));
  const issue = agent.reportIssue({ summary: 'CRM API returns 403', severity: 'high', issueId: 'crm-403' });
  return { hive: host.hive, agent, task, action: task.startAction('search_crm'), call, issue };
}
const PUBLIC: Readonly<Record<Exclude<Handle, 'hive'>, object>> = {
  agent: NO_AGENT,
  task: NO_TASK,
  action: NO_ACTION,
  call: NO_LLM_CALL,
  issue: NO_ISSUE,
};

function methodNames(handle: Handle, object: object): readonly PropertyKey[] {
  const internal = new Set<PropertyKey>(['constructor', 'configure']);
  const names =
    handle === 'hive' ? Reflect.ownKeys(Object.getPrototypeOf(object) as object) : Reflect.ownKeys(PUBLIC[handle]);
  return names.filter((name) => !internal.has(name) && typeof Reflect.get(object, name) === 'function');
}

/** What a method finds as `this`: nothing, the emitter or timer that calls it, the object that it was copied to, a handle of another kind. */
function strangers(handles: Readonly<Record<Handle, object>>, handle: Handle): readonly unknown[] {
  return [undefined, null, 'text', {}, globalThis, handle === 'task' ? handles.agent : handles.task];
}

test('every public method, called without its object, throws nothing and says one sentence', async () => {
  const host = await openFreshHost();
  const handles = handlesOf(host);
  let methods = 0;
  for (const [handle, object] of Object.entries(handles) as [Handle, object][]) {
    for (const name of methodNames(handle, object)) {
      const method = Reflect.get(object, name) as Method;
      const where = `${handle}.${String(name)}`;
      for (const stranger of strangers(handles, handle)) {
        for (const args of [[], ['x', {}, () => 1], [Symbol('x'), null, 'y', 1]]) {
          const call = (): unknown => method.apply(stranger, args);
          expect(call, `${where} on ${typeof stranger}`).not.toThrow();
        }
      }
      expect(host.said(`${where} was called without its ${handle}`), where).toHaveLength(1);
      methods++;
    }
  }
  expect(methods).toBeGreaterThan(45);
});

test('nothing is recorded by it, and the object goes on as if nothing had been', () => {
  const host = openHost();
  const handles = handlesOf(host);
  const before = host.logs.length;
  for (const [handle, object] of Object.entries(handles) as [Handle, object][]) {
    for (const name of methodNames(handle, object))
      (Reflect.get(object, name) as Method).call(undefined, 'x', {}, () => 1);
  }
  expect(host.logs).toHaveLength(before);
  const task = handles.task as ReturnType<ReturnType<Host['agent']>['startTask']>;
  task.retry('again');
  task.complete();
  expect(host.logs.length).toBeGreaterThan(before);
  expect(host.span('invoke_agent lead-qualifier').ended).toBe(true);
});

describe('what the caller wants run, runs once, with its own result and error', () => {
  const failure = new Error('mine');
  const fail = (): never => {
    throw failure;
  };

  test('in a task, a tool call, a model call, a run', async () => {
    const { agent, task } = handlesOf(openHost()) as { agent: typeof NO_AGENT; task: typeof NO_TASK };
    /* eslint-disable @typescript-eslint/unbound-method -- this is the mistake */
    const { task: runTask, trackContext, trackLlmCall, track } = agent;
    const { run } = task;
    expect(runTask('id', ({ retry }) => (retry('x'), 'result'))).toBe('result');
    expect(await runTask('id', {}, () => Promise.resolve('later'))).toBe('later');
    expect(trackContext('tool', () => 1)).toBe(1);
    expect(trackContext('tool', {}, () => 2)).toBe(2);
    expect(trackLlmCall('turn', { model: 'm' }, () => 3)).toBe(3);
    expect(track('action', Math.max)(4, 1)).toBe(4);
    expect(run(() => 5)).toBe(5);
    for (const act of [() => runTask('id', fail), () => trackContext('tool', fail), () => run(fail)]) {
      expect(act).toThrow(failure);
    }
    /* eslint-enable @typescript-eslint/unbound-method */
  });
});

test('attached methods are as they were, also when they are handed on with their object', () => {
  const host = openHost();
  const task = host.agent().startTask('lead-1');
  const complete = task.complete.bind(task);
  const retry: typeof task.retry = (...args) => task.retry(...args);
  retry('again', { attempt: 2 });
  complete({ status: 'partial' });
  expect(host.span('invoke_agent lead-qualifier').attributes).toMatchObject({ 'hiveloop.retry.count': 1 });
  expect(host.said('was called without its')).toEqual([]);
});
