import type { AnyValue } from '../../src/translator/otlp/model.ts';

/** An attribute's value as text: a string as it is, the rest as JSON. */
export function textOf(value: AnyValue | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value ?? null);
}
