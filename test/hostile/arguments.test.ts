import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { currentAction, currentTask, init, toolPayload, type Agent } from '../../src/index.ts';
import { openHost } from '../instrumentation/host.ts';
import { hostileArguments, hostileRecipe, type Recipe } from './values.ts';

vi.setConfig({ testTimeout: 30_000 }); // thousands of calls, on a machine that does other things as well

type Method = (...args: readonly unknown[]) => unknown;

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled.splice(0)).toEqual([]);
});

/** Methods of a handle by name, bound to it. */
function methodsOf(handle: object): readonly (readonly [string, Method])[] {
  const found = new Map<string, Method>();
  for (let level: object | null = handle; level !== null && level !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const value = (handle as Record<string, unknown>)[name];
      if (name !== 'constructor' && typeof value === 'function') found.set(name, value.bind(handle) as Method);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return [...found];
}

/** A function that is given may be called, so one that throws on a call is the caller's own throw: left out here. */
const harmless = (recipes: readonly Recipe[]): unknown[] =>
  recipes.map((make) => make()).map((value) => (typeof value === 'function' ? () => 'called' : value));

/** Calls and says which call threw. */
function call(name: string, method: Method, args: readonly unknown[]): unknown {
  try {
    return method(...args);
  } catch (error) {
    throw new Error(`${name}() threw into the caller's code`, { cause: error });
  }
}

const PUBLIC: Readonly<Record<string, readonly string[]>> = {
  agent: [
    ...['task', 'startTask', 'trackContext', 'startAction', 'track', 'llmCall', 'trackLlmCall', 'reportIssue'],
    ...['resolveIssue', 'queueSnapshot', 'todo', 'scheduled', 'event', 'stop'],
  ],
  task: [
    ...['run', 'trackContext', 'startAction', 'plan', 'planStep', 'retry', 'escalate', 'requestApproval'],
    ...['approvalReceived', 'llmCall', 'trackLlmCall', 'setPayload', 'event', 'complete', 'fail'],
  ],
  action: ['run', 'trackContext', 'startAction', 'setPayload', 'complete', 'fail'],
  hive: ['agent', 'getAgent', 'diagnose', 'flush', 'shutdown'],
};

function publicMethods(kind: string, handle: object): readonly (readonly [string, Method])[] {
  const methods = methodsOf(handle).filter(([name]) => PUBLIC[kind]?.includes(name));
  expect(methods.map(([name]) => name).sort()).toEqual([...(PUBLIC[kind] ?? [])].sort());
  return methods;
}

function methodOf(kind: string, handle: object, name: string): Method {
  const [, method] = publicMethods(kind, handle).find(([method]) => method === name) ?? [];
  if (method === undefined) throw new Error(`${kind} has no method ${name}`);
  return method;
}

const anyMethod = (kind: string): fc.Arbitrary<string> => fc.constantFrom(...(PUBLIC[kind] ?? []));

test.each(['agent', 'task', 'action'] as const)('no method of %s throws, whatever it is given', (kind) => {
  const host = openHost();
  const agent = host.agent();
  const handles: Record<typeof kind, (agent: Agent) => object> = {
    agent: () => agent,
    task: () => agent.startTask('t1'),
    action: () => agent.startAction('tool'),
  };
  fc.assert(
    fc.property(anyMethod(kind), hostileArguments, (name, args) => {
      const result = call(name, methodOf(kind, handles[kind](agent), name), harmless(args));
      if (name !== 'reportIssue') return;
      for (const [inner, method] of methodsOf(result as object)) call(`issue.${inner}`, method, harmless(args));
    }),
    { numRuns: 1500 },
  );
});

test('no method of what is current outside a task throws, whatever it is given', () => {
  openHost();
  const task = currentTask();
  fc.assert(
    fc.property(
      fc.constantFrom(
        ...publicMethods('task', task),
        ...publicMethods('agent', task.agent),
        ...publicMethods('action', currentAction()),
      ),
      hostileArguments,
      ([name, method], args) => void call(name, method, harmless(args)),
    ),
    { numRuns: 1500 },
  );
});

test('init, its methods and toolPayload never throw or reject, whatever they are given', async () => {
  const host = openHost();
  await fc.assert(
    fc.asyncProperty(anyMethod('hive'), hostileArguments, async (name, args) => {
      call('init', init as Method, harmless(args));
      call('toolPayload', toolPayload as Method, harmless(args));
      const given = name === 'flush' || name === 'shutdown' ? [{ timeoutMillis: 1 }] : harmless(args);
      await call(name, methodOf('hive', host.hive, name), given);
    }),
    { numRuns: 500 },
  );
  await host.hive.flush(undefined);
});

test('a task with hostile ids and options still runs its function once, and gives back its value', () => {
  const host = openHost();
  const agent = host.agent();
  fc.assert(
    fc.property(hostileRecipe, hostileRecipe, hostileRecipe, (makeId, makeOptions, makeValue) => {
      let runs = 0;
      const [id, options, value] = [makeId(), makeOptions(), makeValue()];
      const given = typeof options === 'function' ? {} : options;
      const work = (): unknown => {
        runs += 1;
        return { value };
      };
      const task = agent.task(id as string, given as object, work) as { value: unknown };
      const tool = agent.trackContext(id as string, given as object, work) as { value: unknown };
      const reply = agent.trackLlmCall(id as string, given as never, work) as { value: unknown };
      expect(runs).toBe(3);
      for (const result of [task, tool, reply]) expect(Object.is(result.value, value)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('whatever is thrown, the caller gets the very same thing back', async () => {
  const host = openHost();
  const agent = host.agent();
  await fc.assert(
    fc.asyncProperty(hostileRecipe, async (make) => {
      const error = make();
      const fail = (): never => {
        throw error;
      };
      const caught: unknown[] = [];
      const run = async (work: () => unknown): Promise<void> => {
        try {
          await work();
        } catch (thrown) {
          caught.push({ thrown });
        }
      };
      await run(() => agent.task('t', fail));
      await run(() => agent.trackContext('tool', fail));
      await run(() => agent.trackLlmCall('turn', { model: 'm' }, fail));
      await run(() => agent.track('fn', fail)());
      await run(() => agent.task('t', () => Promise.resolve().then(fail)));
      await run(() => agent.task('t', (task) => task.run(fail)));
      expect(caught).toHaveLength(6);
      for (const { thrown } of caught as { thrown: unknown }[]) expect(Object.is(thrown, error)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
