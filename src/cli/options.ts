import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** One flag: its environment twin, its default and its help stand in one row, from which parsing and `--help` are both made. */
export interface OptionDefinition {
  /** Without the dashes. */
  readonly flag: string;
  /** Environment variables that say the same, first wins; the flag wins over them. Empty counts as unset. */
  readonly variables?: readonly string[];
  /** What the value is called in the help; without it the flag is a switch. */
  readonly value?: string;
  readonly fallback?: string;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, OptionDefinition>>;

/** A switch is a boolean, a value a string, undefined where neither caller nor table gives one. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends { readonly value: string }
    ? Table[Key] extends { readonly fallback: string }
      ? string
      : string | undefined
    : boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a command's flags and their environment twins.
 * @throws UsageError on an unknown flag, a stray word, a flag given twice with different values, a missing value, or a
 *   switch that is neither true nor false
 */
export function readOptions<Table extends OptionTable>(
  command: string,
  table: Table,
  argv: readonly string[],
  environment: Environment,
): OptionValues<Table> {
  const { values, operands } = readArguments(command, table, argv, environment);
  const [stray] = operands;
  if (stray !== undefined) throw new UsageError(`unexpected argument '${stray}'; ${seeHelp(command)}`);
  return values;
}

/**
 * The same for a command that works on something: its operands are the words that belong to no flag.
 * @throws UsageError on an unknown flag, a flag given twice with different values, or a missing value
 */
export function readArguments<Table extends OptionTable>(
  command: string,
  table: Table,
  argv: readonly string[],
  environment: Environment,
): { readonly values: OptionValues<Table>; readonly operands: readonly string[] } {
  const { given, operands } = readFlags(command, table, argv);
  const values = Object.entries(table).map(([key, option]) => {
    const text = given.get(option.flag) ?? fromEnvironment(option, environment) ?? option.fallback;
    return [key, option.value === undefined ? isOn(option, text) : text];
  });
  return { values: Object.fromEntries(values) as OptionValues<Table>, operands };
}

interface Flags {
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

function readFlags(command: string, table: OptionTable, argv: readonly string[]): Flags {
  const definitions = new Map(Object.values(table).map((option) => [option.flag, option]));
  const types = [...definitions.values()].map(({ flag, value }) => [
    flag,
    { type: value === undefined ? ('boolean' as const) : ('string' as const) },
  ]);
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(types) as Record<string, { type: 'boolean' | 'string' }>,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const help = seeHelp(command);
  const given = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = definitions.get(token.name);
    if (option === undefined) throw new UsageError(`unknown flag ${token.rawName}; ${help}`);
    const value = option.value === undefined ? (token.value ?? 'true') : token.value;
    if (value === undefined || value === '' || (token.inlineValue === false && value.startsWith('--'))) {
      throw new UsageError(`${token.rawName} needs a value (${option.value ?? 'true|false'}); ${help}`);
    }
    const before = given.get(option.flag);
    if (before !== undefined && before !== value) throw new UsageError(`${token.rawName} is given twice; ${help}`);
    given.set(option.flag, value);
  }
  return { given, operands };
}

function seeHelp(command: string): string {
  return `see hiveloop ${command} --help`;
}

function fromEnvironment(option: OptionDefinition, environment: Environment): string | undefined {
  return option.variables?.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
}

const ON = ['1', 'true', 'yes', 'on'];
const OFF = ['', '0', 'false', 'no', 'off'];

function isOn({ flag, variables: [variable] = [] }: OptionDefinition, text: string | undefined): boolean {
  const word = text?.toLowerCase() ?? '';
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return false;
  const names = [`--${flag}`, ...(variable === undefined ? [] : [variable])].join(' or ');
  throw new UsageError(`${names} is '${text}', which is neither true nor false; the flag alone is true`);
}
