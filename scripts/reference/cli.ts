import {
  COMMAND_GROUPS,
  COMMAND_NAMES,
  COMMANDS,
  type CommandName,
} from '../../src/cli/command-specs.ts';
import { flagsOf, type Flag } from '../../src/cli/flags.ts';
import { table } from './table.ts';

/** Every command with its examples and flags, from the tables that parsing and help read. */
export function cliReference(): string {
  return COMMAND_GROUPS.flatMap(({ title, commands }) => [
    `## ${title}`,
    ...COMMAND_NAMES.filter((name) => name in commands).flatMap(commandSection),
  ]).join('\n\n');
}

function commandSection(name: CommandName): readonly string[] {
  const { usage, description, examples } = COMMANDS[name];
  return [
    `### volley ${name}`,
    `\`volley ${usage}\`: ${description.charAt(0).toLowerCase()}${description.slice(1)}.`,
    `\`\`\`sh\n${examples.map(asComment).join('\n')}\n\`\`\``,
    ...[...Map.groupBy(flagsOf(name), ({ theme }) => theme)].map(([theme, flags]) =>
      table([theme, 'what it does', 'default'], flags.map(flagRow)),
    ),
  ];
}

/** Turns the note in brackets at the end of an example into a shell comment. */
function asComment(example: string): string {
  return example.replace(/^(.*\S) {2,}\((.*)\)$/, '$1   # $2');
}

function flagRow({
  name,
  alias,
  value,
  description,
  isNegatable,
  isRepeatable,
}: Flag): readonly string[] {
  const names = [
    `\`--${name}${value === undefined ? '' : ` ${value}`}\``,
    ...(alias === undefined ? [] : [`\`-${alias}\``]),
    ...(isNegatable ? [`\`--no-${name}\``] : []),
  ];
  const [, text = description, preset = ''] = /^(.*) \(default: (.*)\)$/.exec(description) ?? [];
  return [names.join(', '), text + (isRepeatable ? '; may be repeated' : ''), preset];
}
