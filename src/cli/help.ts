import type { Command } from './command.ts';
import type { OptionDefinition } from './options.ts';

const FOOTER = 'hiveloop COMMAND --help tells the flags of a command, hiveloop --version the version.';

/** `hiveloop --help`. */
export function formatOverview(commands: readonly Command[]): string {
  const usages = commands.map(({ name, operand = '' }) => `${name} ${operand}`.trim());
  const widest = Math.max(...usages.map(({ length }) => length));
  const rows = commands.map(({ title }, index) => `  ${(usages[index] ?? '').padEnd(widest)}   ${title}`);
  return ['Usage: hiveloop COMMAND [FLAGS]', '', ...rows, '', FOOTER, ''].join('\n');
}

/** `hiveloop COMMAND --help`. */
export function formatCommandHelp({ name, operand, description, options }: Command): string {
  const rows = Object.values(options).flatMap(formatOption);
  const usage = `Usage: hiveloop ${name}${operand === undefined ? '' : ` ${operand}`} [FLAGS]`;
  return [usage, '', description, '', ...rows, '  --help', '      Prints this.', ''].join('\n');
}

function formatOption({ flag, value, help, fallback, variables = [] }: OptionDefinition): readonly string[] {
  const notes = [
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(variables.length === 0 ? [] : [`variable ${variables.join(' or ')}`]),
  ];
  return [
    `  --${flag}${value === undefined ? '' : ` ${value}`}`,
    `      ${help}`,
    ...(notes.length === 0 ? [] : [`      (${notes.join(', ')})`]),
  ];
}
