import { styleText } from 'node:util';
import { wrapWords } from '../report/width.ts';
import {
  COMMAND_NAMES,
  COMMANDS,
  FLAG_GROUPS,
  FLAGS,
  type CommandSpec,
  type Flag,
  type FlagGroup,
} from './flags.ts';

export interface HelpOptions {
  /** Width of the terminal; undefined where it is not a terminal. */
  readonly columns?: number | undefined;
  readonly color?: boolean;
}

/**
 * The help that is asked for (`--help`, `help run`, `run --help`), about the command if one is named;
 * undefined when none is. Made from the tables alone, so that showing it loads nothing else.
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
  const word = own[isCommand ? 1 : 0];
  const name = COMMAND_NAMES.find((each) => each === word);
  const sections = name === undefined ? generalHelp() : commandHelp(COMMANDS[name]);
  return drawn(sections, options);
}

interface Section {
  readonly title: string;
  readonly rows: ReadonlyArray<readonly [left: string, right: string]>;
}

const HELP_ROW = ['-h, --help', 'Show this help'] as const;

function generalHelp(): readonly Section[] {
  const commands = Object.values<CommandSpec>(COMMANDS);
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
    { title: 'Commands', rows: commands.map(({ usage, description }) => [usage, description]) },
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

function commandHelp({ usage, description, flags, examples }: CommandSpec): readonly Section[] {
  const groups = Object.entries(FLAG_GROUPS).flatMap(([group, title]) => {
    const own = flags.filter((name) => groupOf(name) === group);
    return own.length === 0 ? [] : [{ title, rows: own.map(flagRow) }];
  });
  return [
    { title: 'Usage', rows: [[`volley ${usage}`, description]] },
    { title: 'Examples', rows: examples.map((example) => [example, '']) },
    ...groups,
    { title: 'Help', rows: [HELP_ROW] },
  ];
}

function groupOf(name: keyof typeof FLAGS): FlagGroup {
  return FLAGS[name].group;
}

/** `-j, --max-concurrent <N>`, and what it does with its default. */
function flagRow(name: keyof typeof FLAGS): readonly [string, string] {
  const { alias, value, description, default: preset }: Flag = FLAGS[name];
  const short = alias === undefined ? '    ' : `-${alias}, `;
  const text = preset === undefined ? description : `${description} (default: ${preset})`;
  return [`${short}--${name}${value === undefined ? '' : ` <${value}>`}`, text];
}

/** Where the left column is wider, the right one begins on the next row. */
const MAX_LEFT = 30;
const INDENT = '  ';

function drawn(
  sections: readonly Section[],
  { columns = Infinity, color = false }: HelpOptions,
): string {
  const bold = (text: string): string =>
    color ? styleText('bold', text, { validateStream: false }) : text;
  const texts = sections.map(({ title, rows }) => {
    const described = rows.filter(([, right]) => right !== '').map(([left]) => left.length);
    const width = Math.min(MAX_LEFT, Math.max(0, ...described));
    return [bold(`${title}:`), ...rows.flatMap((row) => rowLines(row, { width, columns })), ''];
  });
  return texts.flat().join('\n');
}

function rowLines(
  [left, right]: readonly [string, string],
  { width, columns }: { readonly width: number; readonly columns: number },
): readonly string[] {
  if (right === '') return [INDENT + left];
  // A terminal narrower than two words a row gets one column.
  const isNarrow = columns < width + 24;
  const indent = INDENT + ' '.repeat(isNarrow ? 4 : width + 2);
  const [first = '', ...rest] = wrapWords(right, columns - indent.length);
  const below = rest.map((row) => indent + row);
  return left.length > width || isNarrow
    ? [INDENT + left, indent + first, ...below]
    : [`${INDENT}${left.padEnd(width)}  ${first}`, ...below];
}
