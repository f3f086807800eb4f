/** JSON with exact 64-bit integers, for what the engines keep as text. Only our own plain types go through it. */

const BIGINT_KEY = '$bigint';

export function encodeRow(value: object): string {
  return JSON.stringify(withoutBigints(value));
}

/** The value that {@link encodeRow} was given: the caller names its type, since the row was written by us. */
export function decodeRow(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isRecord(value)) restoreBigints(value);
  return value;
}

/** A copy: a replacer function takes three times as long. */
function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT_KEY]: value.toString() };
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = withoutBigints(value[key]);
  return copy;
}

/** In place, on what was just parsed: a reviver takes four times as long. */
function restoreBigints(container: Record<string, unknown>): void {
  for (const key in container) {
    const value = container[key];
    if (!isRecord(value)) continue;
    const digits = value[BIGINT_KEY];
    if (typeof digits === 'string') container[key] = BigInt(digits);
    else restoreBigints(value);
  }
}

/** True for an object and for a list, whose keys are its indexes. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
