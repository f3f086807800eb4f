import { context, type Context } from '@opentelemetry/api';
import { activeContext } from '../otel/context.ts';
import { attempt, sayProblem } from '../otel/guard.ts';

/** Something that lasts as long as a piece of the caller's code: it is told once how that code ended. */
export interface Followed {
  /** What is current below the code. */
  readonly context: Context;
  succeed(value: unknown): void;
  failWith(error: unknown): void;
  /** Bookkeeping of `runFollowed`, for a context manager that throws: how often code was entered, what it threw and gave. */
  entries: number;
  hasThrown: boolean;
  thrown: unknown;
  result: unknown;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;
const contextApi = context;

/**
 * Runs the caller's code with `followed` current, and tells it how the code ended: at once for a synchronous result,
 * when a promise settles, when a generator is done. Results and errors pass through untouched, and a synchronous
 * function stays synchronous. One shared function and arguments passed along: no closure a call.
 * @param args what the code is called with; left out, it is called with `followed` itself, which is its handle
 */
export function runFollowed(
  followed: Followed,
  fn: AnyFunction,
  thisArg?: unknown,
  args?: readonly unknown[],
): unknown {
  const entriesBefore = followed.entries;
  try {
    contextApi.with(followed.context, execute, undefined, followed, fn, thisArg, args);
  } catch (error) {
    // Not the caller's error: the host's context manager failed. The caller's code runs once all the same.
    if (!followed.hasThrown || !Object.is(followed.thrown, error)) sayProblem('the context manager', error);
  }
  if (followed.entries === entriesBefore) return execute(followed, fn, thisArg, args);
  if (followed.hasThrown) throw followed.thrown;
  const { result } = followed;
  followed.result = undefined;
  return result;
}

function execute(followed: Followed, fn: AnyFunction, thisArg: unknown, args: readonly unknown[] | undefined): unknown {
  followed.entries += 1;
  let result: unknown;
  try {
    result = args === undefined ? fn(followed) : Reflect.apply(fn, thisArg, args);
  } catch (error) {
    followed.hasThrown = true;
    followed.thrown = error;
    followed.failWith(error);
    throw error;
  }
  result = follow(followed, result);
  followed.result = result;
  return result;
}

function follow(followed: Followed, result: unknown): unknown {
  if ((typeof result !== 'object' && typeof result !== 'function') || result === null) {
    followed.succeed(result);
    return result;
  }
  switch (kindOf(result)) {
    case 'promise':
      return withFieldsOf(result, followPromise(followed, result as Promise<unknown>));
    case 'thenable':
      return attempt('following a promise', () => followThenable(followed, result as PromiseLike<unknown>), result);
    case 'generator':
      attempt('following a generator', () => followGenerator(result as Generator, () => followed), undefined);
      return result;
    case 'value':
      followed.succeed(result);
      return result;
  }
}

function kindOf(result: object): 'promise' | 'thenable' | 'generator' | 'value' {
  try {
    if (result instanceof Promise && result.constructor === Promise) return 'promise';
    if (typeof (result as { then?: unknown }).then === 'function') return 'thenable';
    return isGenerator(result) ? 'generator' : 'value';
  } catch (error) {
    sayProblem('following a result', error);
    return 'value';
  }
}

/** Whether a value is what a generator function or an async generator function gives. */
export function isGenerator(value: object): boolean {
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return tag === 'Generator' || tag === 'AsyncGenerator';
}

/** A new promise, so that a rejection that nobody handles is still reported by the runtime as the caller's. */
async function followPromise(followed: Followed, promise: Promise<unknown>): Promise<unknown> {
  try {
    const value = await promise;
    followed.succeed(value);
    return value;
  } catch (error) {
    followed.failWith(error);
    throw error;
  }
}

/** Some clients hang more on a promise (`cancel()`, a request id): the caller finds it on what we give instead. */
function withFieldsOf(promise: object, followed: Promise<unknown>): Promise<unknown> {
  for (const key of Object.keys(promise)) {
    const field = Object.getOwnPropertyDescriptor(promise, key);
    if (field !== undefined) Reflect.defineProperty(followed, key, field);
  }
  return followed;
}

/**
 * A promise of another class (an API client's, a query builder's) stays the object it is, with its own methods; only
 * its `then` tells us. So a lazy one still starts when the caller first waits for it, and never twice.
 */
function followThenable(followed: Followed, thenable: PromiseLike<unknown>): PromiseLike<unknown> {
  const then = Reflect.get(thenable, 'then') as AnyFunction;
  const tellingThen = function (this: unknown, onFulfilled?: unknown, onRejected?: unknown): unknown {
    // A lazy one does its work in here: below the scope. What the caller goes on with runs where the caller is.
    const outside = activeContext();
    return contextApi.with(
      followed.context,
      then,
      this,
      ...[
        (value: unknown) => {
          followed.succeed(value);
          return typeof onFulfilled === 'function'
            ? contextApi.with(outside, onFulfilled as AnyFunction, undefined, value)
            : value;
        },
        (error: unknown) => {
          followed.failWith(error);
          if (typeof onRejected === 'function')
            return contextApi.with(outside, onRejected as AnyFunction, undefined, error);
          throw error;
        },
      ],
    );
  };
  if (!Object.isExtensible(thenable)) return followPromise(followed, Promise.resolve(thenable));
  Object.defineProperty(thenable, 'then', {
    value: tellingThen,
    configurable: true,
    writable: true,
    enumerable: false,
  });
  return thenable;
}

/**
 * Follows a generator to its end: each step runs with the scope current, so that what happens between two yields is
 * told below it. The generator stays the object it is. `open` is called at the first step.
 */
export function followGenerator(generator: Generator | AsyncGenerator, open: () => Followed): void {
  let followed: Followed | undefined;
  for (const name of ['next', 'return', 'throw'] as const) {
    const step = Reflect.get(generator, name) as AnyFunction;
    const tellingStep = (...args: readonly unknown[]): unknown => {
      followed ??= open();
      return runFollowed(new GeneratorStep(followed), step, generator, args);
    };
    Object.defineProperty(generator, name, {
      value: tellingStep,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  }
}

/** One step of a generator: only a step that is `done`, or that throws, ends the scope. */
class GeneratorStep implements Followed {
  readonly context: Context;
  entries = 0;
  hasThrown = false;
  thrown: unknown;
  result: unknown;
  readonly #scope: Followed;

  constructor(scope: Followed) {
    this.#scope = scope;
    this.context = scope.context;
  }

  succeed(step: unknown): void {
    const isDone = attempt('following a generator', () => (step as IteratorResult<unknown>).done === true, true);
    if (isDone) this.#scope.succeed(undefined);
  }

  failWith(error: unknown): void {
    this.#scope.failWith(error);
  }
}
