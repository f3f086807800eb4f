import { sayOnce } from '../otel/diag.ts';
import { attempt } from '../otel/guard.ts';
import { toText } from '../otel/values.ts';
import { openFunction, type ActionScope } from './action.ts';
import { followGenerator, isGenerator, runFollowed } from './follow.ts';
import type { ScopeStart } from './scope.ts';

type AnyFunction = (...args: readonly unknown[]) => unknown;

/**
 * Wraps a function so that each call is an action. The wrapper is a proxy of the function: name, length, properties,
 * `this` and `new` stay as they are. A generator's action begins with its first step, so one that is never consumed
 * leaves nothing open. Manual §8.2.
 */
export function trackFunction<F extends AnyFunction>(start: () => ScopeStart, actionName: unknown, fn: F): F {
  if (typeof fn !== 'function') {
    sayOnce('track without function', 'agent.track(name, fn) needs a function to wrap; it was given back as it is');
    return fn;
  }
  const functionName = attempt('agent.track', () => toText(fn.name, 256), '');
  const name = actionName === undefined || actionName === '' ? functionName || 'action' : actionName;
  const open = (): ActionScope => openFunction(start(), name, functionName);
  const call = isGeneratorFunction(fn) ? callGenerator : callFunction;
  return new Proxy(fn, {
    apply: (target, thisArg: unknown, args: readonly unknown[]) => call(target, open, thisArg, args),
  });
}

function callFunction(fn: AnyFunction, open: () => ActionScope, thisArg: unknown, args: readonly unknown[]): unknown {
  return runFollowed(open(), fn, thisArg, args);
}

function callGenerator(fn: AnyFunction, open: () => ActionScope, thisArg: unknown, args: readonly unknown[]): unknown {
  const generator = Reflect.apply(fn, thisArg, args);
  attempt('following a generator', () => followGenerator(generator as Generator, open), undefined);
  return generator;
}

function isGeneratorFunction(fn: AnyFunction): boolean {
  const prototype = attempt('agent.track', () => (fn as { prototype?: unknown }).prototype, undefined);
  return (
    typeof prototype === 'object' && prototype !== null && attempt('agent.track', () => isGenerator(prototype), false)
  );
}
