import type { AnyValue } from './model.ts';

/** Attributes while a decoder fills them. */
export type OpenAttributes = Record<string, AnyValue>;

/** Sets one attribute; the last of two equal keys wins. `__proto__` becomes a key like any other. */
export function setAttribute(attributes: OpenAttributes, key: string, value: AnyValue): void {
  if (key === '__proto__') {
    Object.defineProperty(attributes, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    attributes[key] = value;
  }
}
