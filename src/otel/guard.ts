import { sayOnce } from './diag.ts';

/**
 * Runs one call of the public API so that nothing it throws reaches the agent: the problem is said once, the agent goes on.
 * Arguments are passed along instead of captured, so that a call on the hot path makes no closure.
 *
 * When the call fails because an argument cannot be read (a getter that throws, a revoked proxy), it is made again
 * with what can be read of it, so that one bad field does not cost the whole event. So `act` must read all its
 * arguments before its first effect.
 */
export function guard<A, B, C, D, E>(
  where: string,
  act: (a: A, b: B, c: C, d: D, e: E) => void,
  a: A,
  b: B,
  c: C,
  d: D,
  e: E,
): void {
  try {
    act(a, b, c, d, e);
  } catch (error) {
    sayProblem(where, error);
    try {
      act(a, readable(b), readable(c), readable(d), readable(e));
    } catch {
      // Said above; the second try can fail only for the same reason.
    }
  }
}

/** Runs `make` and returns its result, or `fallback` when it throws. For what is not on the hot path. */
export function attempt<T>(where: string, make: () => T, fallback: T): T {
  try {
    return make();
  } catch (error) {
    sayProblem(where, error);
    return fallback;
  }
}

/** Says that something of ours or of the caller's failed inside `where`; the message is read with care. */
export function sayProblem(where: string, error: unknown): void {
  let reason = 'unreadable error';
  try {
    reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // An error whose message throws: its reason stays unknown.
  }
  sayOnce(`problem ${where}`, `${where} failed and was left out, the agent goes on: ${reason.slice(0, 300)}`);
}

/** Items that are read of a list: more than any limit of ours lets through. */
const MAX_ITEMS = 1000;

/** What can be read of a value: primitives and functions as they are, an object as a copy of the fields that do not throw. */
export function readable<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  try {
    if (Array.isArray(value)) return readableItems(value as readonly unknown[]) as T;
    return { ...value };
  } catch {
    return readableFields(value);
  }
}

/** The fields that do not throw, one by one; only where a copy of the whole threw, since it costs more. */
function readableFields<T extends object>(value: T): T {
  const copy: Record<string, unknown> = {};
  let keys: readonly string[];
  try {
    keys = Object.keys(value);
  } catch {
    return copy as T;
  }
  for (const key of keys) {
    try {
      copy[key] = (value as Record<string, unknown>)[key];
    } catch {
      // This field is lost, the others are not.
    }
  }
  return copy as T;
}

/** A copy of a list: an item that cannot be read leaves its place empty, so that the others keep theirs. */
function readableItems(list: readonly unknown[]): readonly unknown[] {
  const items: unknown[] = [];
  const { length } = list;
  for (let index = 0; index < length && index < MAX_ITEMS; index += 1) {
    try {
      items.push(list[index]);
    } catch {
      items.push(undefined);
    }
  }
  return items;
}
