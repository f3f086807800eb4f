/** An integer as {@link AnyValue} holds it: a number where a double is exact, else the bigint itself. */
export function narrowInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
