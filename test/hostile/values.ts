/** Any value for any argument, the nasty ones first. */
import fc, { type Arbitrary } from 'fast-check';

/** Makes a value. Values that throw when they are looked at cannot be generated, shrunk or printed; their recipe can. */
export type Recipe = () => unknown;

function throwing(what: string): never {
  throw new Error(`hostile ${what}`);
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cycle(): object {
  const value: Record<string, unknown> = { list: [] };
  value['self'] = value;
  (value['list'] as unknown[]).push(value);
  return value;
}

/** Every operation on it throws. */
function allThrowing(target: object): object {
  const trap = (): never => throwing('trap');
  const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'set', 'defineProperty'];
  return new Proxy(target, Object.fromEntries(traps.map((name) => [name, trap])));
}

/** An object of which every field that we might read throws. */
function throwingFields(): object {
  const names = [
    ...['summary', 'severity', 'issueId', 'category', 'context', 'occurrenceCount', 'depth', 'items', 'processing'],
    ...['model', 'provider', 'operation', 'tokensIn', 'cost', 'error', 'metadata', 'durationMs', 'type', 'payload'],
    ...['taskRunId', 'links', 'attempt', 'backoffSeconds', 'revision', 'message', 'name', 'stack', 'code', 'then'],
    ...['status', 'timeoutMillis', 'environment', 'limits', 'redact', 'tracerProvider', 'loggerProvider'],
  ];
  const value = {};
  for (const name of names) {
    Object.defineProperty(value, name, { enumerable: true, get: () => throwing(name) });
  }
  return value;
}

const nasty: Arbitrary<Recipe> = fc.constantFrom<Recipe[]>(
  () => undefined,
  () => null,
  () => Symbol('hostile'),
  () => 12n,
  () => Number.NaN,
  () => -1,
  () => Number.MAX_VALUE,
  () => '',
  () => '__proto__',
  () => 'constructor',
  () => '\ud800',
  () => 'x'.repeat(200_000),
  () => cycle(),
  () => revoked({}),
  () => revoked([]),
  () => revoked(() => undefined),
  () => allThrowing({}),
  () => allThrowing([]),
  () => allThrowing(() => undefined),
  () => throwingFields(),
  () => [throwingFields(), null, undefined, revoked({})],
  () => new Array<unknown>(1_000_000),
  () => ({ toString: () => throwing('toString'), toJSON: () => throwing('toJSON') }),
  () => ({ [Symbol.toPrimitive]: () => throwing('toPrimitive'), [Symbol.iterator]: () => throwing('iterator') }),
  () => Object.create(null) as unknown,
  () => new Map<unknown, unknown>([[{}, cycle()]]),
  () => new Set([cycle()]),
  () => new Date(Number.NaN),
  () => new Uint8Array(10),
  () => new WeakMap(),
  () => new Proxy(new Date(), {}),
  () => Promise.resolve(),
  () => /x/g,
  () => throwing,
  () => Map,
  () =>
    function* hostile(): Generator {
      yield throwing('generator');
    },
  () => ({ then: () => throwing('then') }),
);

const ordinary: Arbitrary<Recipe> = fc
  .anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
  .map((value) => () => value);

/** Objects with our own option names and any values. */
const options: Arbitrary<Recipe> = fc
  .dictionary(
    fc.constantFrom(
      ...['summary', 'severity', 'issueId', 'context', 'depth', 'items', 'processing', 'oldestAgeSeconds', 'links'],
      ...['model', 'operation', 'finishReasons', 'metadata', 'error', 'durationMs', 'payload', 'callId', 'type'],
      ...['taskRunId', 'project', 'revision', 'attempt', 'category', 'dueBy', 'status', 'limits', 'events', 'version'],
      ...['args', 'result', 'argsMaxLength', 'environment', 'planRevision', 'totalSteps', 'decision', 'approvalId'],
    ),
    fc.oneof(nasty, ordinary),
    { maxKeys: 6 },
  )
  .map((fields) => () => Object.fromEntries(Object.entries(fields).map(([key, make]) => [key, make()])));

export const hostileRecipe: Arbitrary<Recipe> = fc.oneof(
  { weight: 3, arbitrary: nasty },
  { weight: 2, arbitrary: options },
  { weight: 1, arbitrary: fc.array(options, { maxLength: 3 }).map((items) => () => items.map((make) => make())) },
  { weight: 2, arbitrary: ordinary },
);

export const hostileArguments: Arbitrary<Recipe[]> = fc.array(hostileRecipe, { maxLength: 5 });
