import { COMMAND_GROUPS } from '../../src/cli/command-specs.ts';
import type { CommandSpec } from '../../src/cli/command-specs/command-spec.ts';
import { FLAGS, groupedFlags, type FlagName } from '../../src/cli/flags.ts';
import type { Flag } from '../../src/cli/flags/flag.ts';
import { flagText } from '../../src/cli/help.ts';
import { table } from './table.ts';

/** Every command with its examples and flags, from the tables that parsing and help read. */
export function cliReference(): string {
  return COMMAND_GROUPS.flatMap(({ title, commands }) => [
    `## ${title}`,
    ...Object.values(commands).flatMap(commandSection),
  ]).join('\n\n');
}

function commandSection(spec: CommandSpec): readonly string[] {
  const { usage, description, examples, flags } = spec;
  return [
    `### volley ${usage.split(' ')[0]}`,
    `\`volley ${usage}\`: ${description.charAt(0).toLowerCase()}${description.slice(1)}.`,
    `\`\`\`sh\n${examples.map(asComment).join('\n')}\n\`\`\``,
    ...groupedFlags(flags).map(({ title, names }) =>
      table(
        [title, 'what it does', 'default'],
        names.map((name) => flagRow(name, spec)),
      ),
    ),
  ];
}

/** What help says in brackets is a comment in a shell. */
function asComment(example: string): string {
  return example.replace(/^(.*\S) {2,}\((.*)\)$/, '$1   # $2');
}

function flagRow(name: FlagName, spec: CommandSpec): readonly string[] {
  const { alias, value, default: preset, negatable, repeatable }: Flag = FLAGS[name];
  const long = `\`--${name}${value === undefined ? '' : ` ${value}`}\``;
  const names = [
    long,
    ...(alias === undefined ? [] : [`\`-${alias}\``]),
    ...(negatable === true ? [`\`--no-${name}\``] : []),
  ];
  const text = flagText(name, spec) + (repeatable === true ? '; may be repeated' : '');
  return [names.join(', '), text, preset ?? ''];
}
