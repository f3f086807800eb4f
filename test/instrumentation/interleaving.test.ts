/** A thousand tasks of five agents at once on one thread: all that is told belongs to the task, agent and parent it was told in. */
import { EventEmitter, once } from 'node:events';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Agent, Task } from '../../src/index.ts';
import * as semconv from '../../src/semconv.ts';
import { openHost, type Host } from './host.ts';

const AGENTS = 5;
const TASKS_PER_RUN = 250;

type Step = 'timer' | 'microtask' | 'immediate' | 'stream' | 'emitter' | 'nested' | 'tool' | 'generator' | 'parallel';
const anyStep = fc.constantFrom<Step[]>(
  ...(['timer', 'microtask', 'immediate', 'stream', 'emitter', 'nested', 'tool', 'generator', 'parallel'] as const),
);
const anyTask = fc.record({ agent: fc.nat(AGENTS - 1), steps: fc.array(anyStep, { minLength: 1, maxLength: 4 }) });

/** As `expect(actual).toBe(expected)`, which a few hundred thousand times is most of the run. */
function same(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toBe(expected);
}

/** Walks a task's steps; all that it tells carries the task's own key. */
class Walk {
  readonly #host: Host;
  readonly #agents: readonly Agent[];
  #nested = 0;

  constructor(host: Host, agents: readonly Agent[]) {
    this.#host = host;
    this.#agents = agents;
  }

  async run(agentIndex: number, key: string, steps: readonly Step[]): Promise<void> {
    await this.#agents[agentIndex]?.task(key, async (task) => {
      for (const [index, step] of steps.entries()) {
        await this.#take(step, agentIndex, task, `${key}/${index}`);
        this.#tell(task, key);
      }
    });
  }

  /** Tells something in each way, found by what is current and not by what was passed along. */
  #tell(expected: Task, key: string): void {
    const { currentTask, currentAgent } = this.#host.module;
    same(currentTask().id, expected.id);
    same(currentAgent()?.id, expected.agent.id);
    currentTask().retry(key, { attempt: 1 });
    currentTask().agent.trackContext(key, (action) => {
      same(this.#host.module.currentAction(), action);
      currentTask().llmCall(key, { model: key });
      currentTask().agent.event('told', { key });
    });
  }

  async #take(step: Step, agentIndex: number, task: Task, key: string): Promise<void> {
    const tell = (): void => this.#tell(task, task.id);
    switch (step) {
      case 'timer':
        await delay(this.#nested % 3);
        break;
      case 'microtask':
        await Promise.resolve().then(tell);
        break;
      case 'immediate':
        await immediate();
        tell();
        break;
      case 'stream':
        await this.#stream(tell);
        break;
      case 'emitter': {
        const emitter = new EventEmitter();
        emitter.on('ready', tell);
        setTimeout(() => emitter.emit('ready'), 0);
        await once(emitter, 'ready');
        break;
      }
      case 'nested':
        this.#nested += 1;
        await this.run((agentIndex + 1) % AGENTS, `${key}/nested${this.#nested}`, ['microtask', 'timer']);
        tell();
        break;
      case 'tool':
        await task.trackContext(task.id, async () => {
          await delay(0);
          tell();
        });
        break;
      case 'generator':
        await this.#generate(task, tell);
        break;
      case 'parallel':
        await Promise.all([delay(1).then(tell), Promise.resolve().then(tell), delay(0).then(tell)]);
        break;
    }
  }

  async #stream(tell: () => void): Promise<void> {
    const middle = new Transform({
      objectMode: true,
      transform: (chunk, _encoding, done) => {
        tell();
        done(null, chunk);
      },
    });
    await pipeline(Readable.from(['a', 'b']), middle, async (source: AsyncIterable<unknown>) => {
      for await (const chunk of source) {
        same(typeof chunk, 'string');
        tell();
      }
    });
  }

  async #generate(task: Task, tell: () => void): Promise<void> {
    const numbers = task.agent.track(task.id, async function* () {
      await delay(0);
      tell();
      yield 1;
    });
    for await (const number of numbers()) {
      same(number, 1);
      tell();
    }
  }
}

/** Every name, label and attribute says the key of the task that it was told in: compare them with where it arrived. */
function expectAllInPlace(host: Host): number {
  const spans = new Map(host.spans.map((span) => [span.spanContext().spanId, span]));
  const tasks = new Map(
    host.spans.flatMap((span) => {
      const id = span.attributes[semconv.ATTR_TASK_ID];
      return typeof id === 'string' ? [[span.spanContext().traceId, { id, span }] as const] : [];
    }),
  );
  for (const span of host.spans) {
    const task = tasks.get(span.spanContext().traceId);
    if (task === undefined) throw new Error(`${span.name} belongs to no task`);
    same(span.attributes[semconv.ATTR_AGENT_ID], task.span.attributes[semconv.ATTR_AGENT_ID]);
    if (span === task.span) {
      same(span.parentSpanContext, undefined);
      for (const event of span.events) same(event.attributes?.[semconv.ATTR_SUMMARY], task.id);
    } else {
      same(span.name.slice(-task.id.length), task.id);
      const parent = spans.get(span.parentSpanContext?.spanId ?? '');
      same(parent?.spanContext().traceId, span.spanContext().traceId);
      if (span.name.startsWith('chat ')) same(parent?.name, `execute_tool ${task.id}`);
    }
  }
  for (const { attributes, spanContext, eventName } of host.logs) {
    const task = tasks.get(spanContext?.traceId ?? '');
    if (eventName !== 'told') same(attributes[semconv.ATTR_TASK_ID], task?.id);
    same(attributes[semconv.ATTR_AGENT_ID], task?.span.attributes[semconv.ATTR_AGENT_ID]);
    if (eventName === 'told') same(attributes[`${semconv.ATTR_PAYLOAD_PREFIX}key`], task?.id);
  }
  return tasks.size;
}

test('a thousand interleaved tasks keep their children, events and log records', { timeout: 120_000 }, async () => {
  let tasks = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyTask, { minLength: TASKS_PER_RUN, maxLength: TASKS_PER_RUN }), async (plan) => {
      const host = openHost();
      const agents = Array.from({ length: AGENTS }, (_, index) => host.agent(`agent-${index}`));
      const walk = new Walk(host, agents);
      await Promise.all(plan.map(({ agent, steps }, index) => walk.run(agent, `${tasks}-${index}`, steps)));
      tasks += expectAllInPlace(host);
      await host.close();
    }),
    { numRuns: 4, endOnFailure: true },
  );
  expect(tasks).toBeGreaterThanOrEqual(1000);
});
