import { expect, test } from 'vitest';
import * as semconv from '../../src/semconv.ts';
import { openHost, deferred } from './host.ts';

test('a tracked function is an action with the name given, and says which function it was', () => {
  const host = openHost();
  const scoreLead = host.agent('a1').track('score', function scoreLead(value: number) {
    return value * 2;
  });

  expect(host.agent('a1').task('t1', () => scoreLead(21))).toBe(42);

  const span = host.span('score');
  expect(span.attributes).toMatchObject({
    [semconv.ATTR_ACTION_NAME]: 'score',
    [semconv.ATTR_CODE_FUNCTION_NAME]: 'scoreLead',
    [semconv.ATTR_AGENT_ID]: 'a1',
  });
  expect(span.parentSpanContext?.spanId).toBe(host.span('invoke_agent a1').spanContext().spanId);
  expect(host.log(semconv.EVENT_ACTION_STARTED).attributes).toMatchObject({
    [semconv.ATTR_ACTION_NAME]: 'score',
    [semconv.ATTR_TASK_ID]: 't1',
  });
  expect(host.log(semconv.EVENT_ACTION_COMPLETED).attributes[semconv.ATTR_DURATION]).toBeTypeOf('number');
});

test('a tracked function keeps its name, length, constructor and properties', () => {
  const agent = openHost().agent();
  const named = (a: number, b: string): string => b.repeat(a);
  const original = Object.assign(named, { cacheKey: 'k' });

  const tracked = agent.track('action', original);

  expect(tracked.name).toBe('named');
  expect(tracked).toHaveLength(2);
  expect(tracked.cacheKey).toBe('k');
  expect(tracked.constructor).toBe(Function);
  const trackedAsync = agent.track('action', async () => await Promise.resolve());
  expect(trackedAsync.constructor.name).toBe('AsyncFunction');
  const trackedGenerator = agent.track('action', function* () {
    yield 1;
  });
  expect(trackedGenerator.constructor.name).toBe('GeneratorFunction');
});

test('a tracked function without a name given is told by its own', () => {
  const host = openHost();

  host.agent().track('', function enrich() {
    return 1;
  })();

  host.span('enrich');
});

test('a tracked method keeps this and its private fields', () => {
  const host = openHost();
  class Counter {
    #count = 0;
    add(by: number): this {
      this.#count += by;
      return this;
    }
    get count(): number {
      return this.#count;
    }
  }
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back where it was
  Counter.prototype.add = host.agent().track('add', Counter.prototype.add);

  const counter = new Counter();

  expect(counter.add(1).add(2)).toBe(counter);
  expect(counter.count).toBe(3);
  expect(host.spans.map(({ name }) => name)).toEqual(['add', 'add']);
});

test('a tracked class still makes its objects, and is no action', () => {
  const host = openHost();
  class Client {
    readonly url: string;
    constructor(url: string) {
      this.url = url;
    }
  }

  const Tracked = host.agent().track('client', Client as never) as unknown as typeof Client;
  const client = new Tracked('http://crm');

  expect(client).toBeInstanceOf(Client);
  expect(client.url).toBe('http://crm');
  expect(client.constructor).toBe(Client);
  expect(host.spans).toHaveLength(0);
});

test('a tracked recursion nests as deep as its calls', () => {
  const host = openHost();
  const factorial = host.agent().track('factorial', (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1)));

  expect(factorial(4)).toBe(24);

  const [innermost, ...others] = host.spans;
  let child = innermost;
  for (const parent of others) {
    expect(child?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    child = parent;
  }
  expect(host.spans).toHaveLength(4);
  expect(child?.parentSpanContext).toBeUndefined();
});

test('calls of one tracked function that overlap are actions of their own', async () => {
  const host = openHost();
  const doors = [deferred<number>(), deferred<number>()] as const;
  const wait = host.agent().track('wait', (index: 0 | 1) => doors[index].promise);

  const calls = [wait(0), wait(1)];
  doors[1].resolve(1);
  await calls[1];
  expect(host.spans).toHaveLength(1);
  doors[0].resolve(0);

  expect(await Promise.all(calls)).toEqual([0, 1]);
  expect(host.spans).toHaveLength(2);
});
