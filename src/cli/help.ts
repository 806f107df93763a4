import { COMMAND_NAMES, COMMANDS, FLAGS, type CommandSpec, type Flag } from './flags.ts';

/**
 * The help that is asked for, about the command if one is named; undefined when none is. Drawn from
 * the tables alone, so that showing it loads nothing else.
 */
export function helpAskedFor(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const own = end === -1 ? argv : argv.slice(0, end);
  const isAsked =
    own.includes('--help') || own.includes('-h') || argv.length === 0 || own[0] === 'help';
  if (!isAsked) return undefined;
  const name = COMMAND_NAMES.find((each) => each === argv[0]);
  return name === undefined ? generalHelp() : commandHelp(COMMANDS[name]);
}

const HELP_LINE = ['-h, --help', 'Show this message'] as const;

function generalHelp(): string {
  const commands = Object.values<CommandSpec>(COMMANDS);
  return drawn([
    ['Usage', ['$ volley <command> [options]']],
    ['Commands', columns(commands.map(({ usage, description }) => [usage, description]))],
    ['Options', columns([HELP_LINE, ['-v, --version', 'Show the version']])],
    [
      'Examples',
      [
        '$ volley init && volley run volley.yaml',
        '$ volley run review.yaml -o results.jsonl',
        '$ volley ask -m anthropic/claude-haiku-5-5 "What is 2+2?"',
      ],
    ],
  ]);
}

function commandHelp({ usage, flags, examples }: CommandSpec): string {
  const lines = flags.map((name) => [written(name, FLAGS[name]), FLAGS[name].description] as const);
  return drawn([
    ['Usage', [`$ volley ${usage}`]],
    ['Options', columns([...lines, HELP_LINE])],
    ['Examples', examples.map((example) => `$ ${example}`)],
  ]);
}

/** `-j, --max-concurrent <N>` */
function written(name: string, { alias, value }: Flag): string {
  const short = alias === undefined ? '' : `-${alias}, `;
  return `${short}--${name}${value === undefined ? '' : ` <${value}>`}`;
}

function drawn(
  sections: ReadonlyArray<readonly [title: string, lines: readonly string[]]>,
): string {
  const texts = sections.map(
    ([title, lines]) => `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`,
  );
  return `volley\n\n${texts.join('\n')}`;
}

function columns(rows: ReadonlyArray<readonly [left: string, right: string]>): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
