import { UsageError } from '../usage-error.ts';

/**
 * The one key that a command works on, or the beginning of one.
 * @throws UsageError when there is none, more than one, or it is no key
 */
export function oneKey(command: string, operands: readonly string[]): string {
  const [key, stray] = operands;
  const help = `see hiveloop ${command} --help`;
  if (key === undefined) throw new UsageError(`which issue? Give its key, as hiveloop issues lists it; ${help}`);
  if (stray !== undefined) throw new UsageError(`unexpected argument '${stray}'; ${help}`);
  if (!/^[0-9a-f]{4,32}$/.test(key)) {
    throw new UsageError(
      `'${key}' is no key; it is the first 4 or more of 32 hex digits, as hiveloop issues lists them`,
    );
  }
  return key;
}
