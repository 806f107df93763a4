import { styleText } from 'node:util';
import { wrapWords } from '../report/text-width.ts';
import { COMMAND_GROUPS, COMMANDS, isCommandName, type CommandName } from './command-specs.ts';
import { flagsOf, type Flag } from './flags.ts';

export interface HelpOptions {
  readonly columns?: number | undefined;
  readonly color?: boolean;
  /** Address of the docs. */
  readonly docs?: () => string;
}

/**
 * The help text for `--help`, `help run` or `run --help`. Undefined if the user did not ask for
 * help, or asked about an unknown command. Built from the tables alone, so it loads nothing else.
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
  const sections = isCommandName(word) ? commandHelp(word) : generalHelp();
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

function commandHelp(command: CommandName): readonly Section[] {
  const { usage, description, examples } = COMMANDS[command];
  const themes = Map.groupBy(flagsOf(command), ({ theme }) => theme);
  return [
    { title: 'Usage', rows: [[`volley ${usage}`, description]] },
    { title: 'Examples', rows: examples.map((example) => [example, ''] as const) },
    ...[...themes].map(([title, flags]) => ({ title, rows: flags.map(flagRow) })),
    { title: 'Help', rows: [HELP_ROW] },
  ];
}

function flagRow({ alias, written, description }: Flag): readonly [string, string] {
  return [alias === undefined ? `    ${written}` : written, description];
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
