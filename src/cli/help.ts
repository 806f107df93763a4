import { styleText } from 'node:util';
import { wrapWords } from '../report/width.ts';
import { COMMAND_GROUPS, COMMANDS, isCommandName } from './command-specs.ts';
import type { CommandSpec } from './command-specs/command-spec.ts';
import { FLAGS, groupedFlags, type FlagName } from './flags.ts';
import type { Flag } from './flags/flag.ts';

export interface HelpOptions {
  readonly columns?: number | undefined;
  readonly color?: boolean;
  /** Address of the docs. */
  readonly docs?: () => string;
}

/**
 * The help text for `--help`, `help run` or `run --help`. Undefined if the user asked for no help, or
 * for an unknown command. Built from the tables alone, so it loads nothing else.
 */
export function helpAskedFor(
  argv: readonly string[],
  options: HelpOptions = {},
): string | undefined {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const isCommand = own[0] === 'help';
  const isAsked = own.includes('--help') || own.includes('-h') || argv.length === 0 || isCommand;
  if (!isAsked) return undefined;
  const word = own[isCommand ? 1 : 0] ?? '';
  if (!isCommandName(word) && !/^(?:-|help$|version$|$)/.test(word)) return undefined;
  const { docs } = options;
  const sections = isCommandName(word) ? commandHelp(COMMANDS[word]) : generalHelp();
  const last = docs ? [{ title: 'Docs', rows: [[docs(), ''] as const] }] : [];
  return drawn([...sections, ...last], options);
}

interface Section {
  readonly title: string;
  readonly rows: ReadonlyArray<readonly [left: string, right: string]>;
}

const HELP_ROW = ['-h, --help', 'Show this help'] as const;

function generalHelp(): readonly Section[] {
  return [
    { title: 'Usage', rows: [['volley <command> [options]', '']] },
    {
      title: 'Examples',
      rows: [
        ['volley init && volley run', ''],
        ['volley run review.yaml -o results.jsonl', ''],
        ['volley ask -m anthropic/claude-haiku-5-5 "What is 2+2?"', ''],
      ],
    },
    ...COMMAND_GROUPS.map(({ title, commands }) => ({
      title,
      rows: Object.values(commands).map(({ usage, description }) => [usage, description] as const),
    })),
    {
      title: 'Options',
      rows: [
        HELP_ROW,
        ['-v, --version', 'Show the version'],
        ['help <command>', 'Show the options of a command'],
      ],
    },
  ];
}

function commandHelp(spec: CommandSpec): readonly Section[] {
  const groups = groupedFlags(spec.flags).map(({ title, names }) => ({
    title,
    rows: names.map((name) => flagRow(name, spec)),
  }));
  return [
    { title: 'Usage', rows: [[`volley ${spec.usage}`, spec.description]] },
    { title: 'Examples', rows: spec.examples.map((example) => [example, '']) },
    ...groups,
    { title: 'Help', rows: [HELP_ROW] },
  ];
}

/** `-j, --max-concurrent <N>` and its description with the default. */
function flagRow(name: FlagName, spec: CommandSpec): readonly [string, string] {
  const { alias, value, default: preset }: Flag = FLAGS[name];
  const short = alias === undefined ? '    ' : `-${alias}, `;
  const text = flagText(name, spec);
  return [
    `${short}--${name}${value === undefined ? '' : ` <${value}>`}`,
    preset === undefined ? text : `${text} (default: ${preset})`,
  ];
}

export function flagText(name: FlagName, { flagTexts }: CommandSpec): string {
  return flagTexts?.[name] ?? FLAGS[name].description;
}

/** If the left column is wider than this, the right one starts on the next row. */
const MAX_LEFT = 30;
const INDENT = '  ';

function drawn(
  sections: readonly Section[],
  { columns = Infinity, color = false }: HelpOptions,
): string {
  const bold = (text: string): string =>
    color ? styleText('bold', text, { validateStream: false }) : text;
  const described = sections.flatMap(({ rows }) => rows.filter(([, right]) => right !== ''));
  const width = Math.min(MAX_LEFT, Math.max(0, ...described.map(([left]) => left.length)));
  const texts = sections.map(({ title, rows }) => [
    bold(`${title}:`),
    ...rows.flatMap((row) => rowLines(row, { width, columns })),
    '',
  ]);
  return texts.flat().join('\n');
}

function rowLines(
  [left, right]: readonly [string, string],
  { width, columns }: { readonly width: number; readonly columns: number },
): readonly string[] {
  if (right === '') return [INDENT + left];
  // On a terminal too narrow for two words per row, use one column.
  const isNarrow = columns < width + 24;
  const indent = INDENT + ' '.repeat(isNarrow ? 4 : width + 2);
  const [first = '', ...rest] = wrapWords(right, columns - indent.length);
  const below = rest.map((row) => indent + row);
  return left.length > width || isNarrow
    ? [INDENT + left, indent + first, ...below]
    : [`${INDENT}${left.padEnd(width)}  ${first}`, ...below];
}
