import type { Command } from './command.ts';
import type { OptionDefinition } from './options.ts';

const FOOTER = 'hiveloop COMMAND --help tells the flags of a command, hiveloop --version the version.';

/** `hiveloop --help`. */
export function formatOverview(commands: readonly Command[]): string {
  const widest = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, title }) => `  ${name.padEnd(widest)}   ${title}`);
  return ['Usage: hiveloop COMMAND [FLAGS]', '', ...rows, '', FOOTER, ''].join('\n');
}

/** `hiveloop COMMAND --help`. */
export function formatCommandHelp({ name, description, options }: Command): string {
  const rows = Object.values(options).flatMap(formatOption);
  return [`Usage: hiveloop ${name} [FLAGS]`, '', description, '', ...rows, '  --help', '      Prints this.', ''].join(
    '\n',
  );
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
