import { sayOnce } from '../otel/diag.ts';

/** On a prototype that {@link forgiveDetached} has been through: itself, so that its methods know their objects. */
const OWNER = Symbol('hiveloop-otel.owner');

type Method = (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown) => unknown;

/**
 * Makes the public methods of a class safe to take off their object: `const { retry } = task`, `setTimeout(task.complete)`.
 * Called without an object of the class they say so once and do what `nothing` does: record nothing, and run what
 * the caller wants run. Done once for each class, on its prototype: no object is any larger. The up to four arguments are
 * passed on by name, since a rest parameter would be a list for each call.
 * @param nothing the handle that records nothing; its methods are those that are made safe
 * @param owner what the object is called in the sentence
 */
export function forgiveDetached(prototype: object, nothing: object, owner: string): void {
  Object.defineProperty(prototype, OWNER, { value: prototype });
  for (const name of Reflect.ownKeys(nothing)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    const instead: unknown = Reflect.get(nothing, name);
    if (typeof descriptor?.value !== 'function' || typeof instead !== 'function') continue;
    const method = descriptor.value as Method;
    const value = attached(prototype, method, (args) => {
      sayDetached(owner, String(name));
      return (instead as (...args: readonly unknown[]) => unknown)(...args);
    });
    Object.defineProperty(prototype, name, { ...descriptor, value });
  }
}

function attached(prototype: object, method: Method, otherwise: (args: readonly unknown[]) => unknown): Method {
  return function (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown): unknown {
    if ((this as { readonly [OWNER]?: object } | null | undefined)?.[OWNER] === prototype) {
      return method.call(this, a, b, c, d);
    }
    return otherwise([a, b, c, d]);
  };
}

function sayDetached(owner: string, name: string): void {
  sayOnce(
    `detached ${owner} ${name}`,
    `${owner}.${name} was called without its ${owner}, so nothing was recorded: pass (...args) => ${owner}.${name}(...args) on instead`,
  );
}
