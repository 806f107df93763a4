import { cac } from 'cac';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { suggest } from '../errors/suggest.ts';
import { COMMAND_NAMES, COMMANDS, isCommandName, type CommandName } from './command-specs.ts';
import { flagsOf, type Flag } from './flags.ts';
import { COMMAND_SYNONYMS, FLAG_SYNONYMS, MANIFEST_FLAGS } from './synonyms.ts';

export interface Arguments {
  readonly command: CommandName;
  /** A lone `-` is kept as is. */
  readonly positionals: readonly string[];
  /** Flags with a value, in the order they were given. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlyMap<string, boolean>;
  /** Flags with a value, as the user spelled them: `-j` for `max-concurrent`. */
  readonly written: ReadonlyMap<string, string>;
}

/**
 * Parses the command line.
 * Throws a `VolleyError` (exit 2) for anything unknown, missing or left over.
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const name = commandName(argv);
  if (name === undefined) throw unknownCommand(argv);
  const { usage, description } = COMMANDS[name];
  const flags = flagsOf(name);
  const cli = cac('volley');
  const command = cli.command(usage, description);
  command.action(() => undefined);
  for (const flag of flags) command.option(`--${keyOf(flag)} <value>`, '', { type: [String] });
  const { given, positionals, written } = splitWords(argv, { usage, flags });
  const shielded = [
    ...positionals.map((word) => SHIELD + word),
    ...given.map(([flag, value]) => `--${keyOf(flag)}=${SHIELD}${value}`),
  ];
  cli.parse(['', '', name, ...shielded], { run: false });
  return {
    command: name,
    positionals: cli.args.map(unshield),
    ...collect(flags, cli.options),
    written,
  };
}

/** What a command accepts. */
interface Accepted {
  readonly usage: string;
  readonly flags: readonly Flag[];
}

function commandName(argv: readonly string[]): CommandName | undefined {
  const [word = ''] = argv;
  return isCommandName(word) ? word : undefined;
}

function unknownCommand(argv: readonly string[]): VolleyError {
  const help = argv[0] === 'help' ? 'help ' : '';
  const word = argv[help ? 1 : 0] ?? '';
  if (word.startsWith('-')) {
    const at = argv.findIndex(isCommandName);
    const sorted = [argv[at], ...argv.slice(0, at), ...argv.slice(at + 1)].join(' ');
    return usageError(
      `the command comes first, not \`${word}\``,
      at === -1
        ? 'for example, write `volley run manifest.yaml`; `volley --help` lists the commands'
        : `write \`volley ${sorted}\``,
    );
  }
  const near = COMMAND_SYNONYMS.get(word)?.[0] ?? suggest(word, COMMAND_NAMES);
  const manifest = /\.(ya?ml|json)$/.test(word);
  return usageError(
    `unknown command \`${word}\``,
    manifest
      ? `did you mean \`volley run ${word}\`?`
      : near
        ? `did you mean \`volley ${help}${near}\`?`
        : '`volley --help` lists the commands',
  );
}

/**
 * cac turns `007` into 7, drops a lone `-`, mistakes a value that starts with `-` for a flag, and
 * reads `no-` as a negation. So it gets each flag as `--flag_name=<shield>value`, which it leaves
 * alone. No command line can contain the shield.
 */
const SHIELD = '\u0000';

function keyOf({ name }: Pick<Flag, 'name'>): string {
  return name.replaceAll('-', '_');
}

interface SplitWords {
  readonly given: ReadonlyArray<readonly [flag: Pick<Flag, 'name'>, value: string]>;
  readonly positionals: readonly string[];
  readonly written: ReadonlyMap<string, string>;
}

/** Separates flags with their values from the other words. */
function splitWords(argv: readonly string[], accepted: Accepted): SplitWords {
  const writtenAs = new Map<string, string>();
  const given: Array<SplitWords['given'][number]> = [];
  const positionals: string[] = [];
  const words = argv.slice(1).flatMap((word) => spread(word, accepted.flags));
  for (let at = 0; at < words.length; at += 1) {
    const arg = words[at] ?? '';
    if (arg === '--') {
      positionals.push(...argv.slice(argv.indexOf('--') + 1));
      break;
    }
    const equals = arg.indexOf('=');
    const written = equals === -1 ? arg : arg.slice(0, equals);
    // A word that contains a space is a prompt, whatever it starts with.
    if (arg === '-' || !arg.startsWith('-') || /\s/.test(written)) {
      positionals.push(arg);
      continue;
    }
    const flag = findFlag(written, accepted);
    const { name } = flag;
    if (flag.value === undefined) {
      const value = equals === -1 ? undefined : arg.slice(equals + 1);
      if (value !== undefined && value !== flag.word) throw noSuchWord(written, flag);
      if (value !== undefined) given.push([{ name: value }, 'true']);
      given.push([flag, String(written !== `--no-${name}`)]);
      continue;
    }
    const isLeftOut =
      equals === -1 && flag.isValueOptional && isNoValue(words[at + 1], accepted.flags);
    const value = isLeftOut ? '' : equals === -1 ? words[(at += 1)] : arg.slice(equals + 1);
    if (value === undefined || (equals === -1 && looksLikeFlag(value, accepted.flags))) {
      throw usageError(
        `\`${written}\` needs a value`,
        `write \`${written} ${flag.choices[0] ?? flag.value}\``,
      );
    }
    writtenAs.set(name, written);
    given.push([flag, value]);
  }
  const extra = positionals.slice(mostArguments(accepted.usage));
  if (extra.length > 0) {
    throw usageError(
      `unexpected argument ${extra.map((word) => `\`${word}\``).join(', ')}`,
      leftoverHint(extra[0] ?? '', accepted, given),
    );
  }
  return { given, positionals, written: writtenAs };
}

function mostArguments(usage: string): number {
  return usage.includes('...') ? Infinity : (usage.match(/[<[]/g)?.length ?? 0);
}

/** An extra argument is usually the file to write. */
function leftoverHint(
  word: string,
  { usage, flags }: Accepted,
  given: SplitWords['given'],
): string {
  const has = (name: string): boolean => flags.some((flag) => flag.name === name);
  if (/\.(?:csv|tsv|parquet|sqlite)$/.test(word) && has('to'))
    return `write \`--to ${shellWord(word)}\``;
  if (word.endsWith('.jsonl') && has('output')) {
    const mode = given.find(([{ name }]) => /^(?:resume|retry-failed|overwrite)$/.test(name));
    if (mode) {
      const flag = `--${mode[0].name}`;
      return `\`${flag}\` does not accept a file: write \`${flag} -o ${shellWord(word)}\``;
    }
    return `to write the results there, write \`-o ${shellWord(word)}\``;
  }
  if (word.endsWith('.jsonl') && usage.endsWith('<results>'))
    return 'combine several files into one: `volley merge a.jsonl b.jsonl -o all.jsonl`';
  if (/\.ya?ml$/.test(word) && usage.endsWith('[manifest]'))
    return `run \`volley ${usage.split(' ')[0]}\` once for each manifest`;
  if (word === '%') return 'write the percent sign right after the number: `5%`';
  return `usage: volley ${usage}`;
}

/** True if the word after a flag with an optional value is not that value. */
function isNoValue(word: string | undefined, flags: readonly Flag[]): boolean {
  return word === undefined || looksLikeFlag(word, flags) || /^-$|\.(?:ya?ml|json)$/.test(word);
}

/** Expands `-j8` to `-j=8` and `-qy` to `-q -y`. */
function spread(word: string, flags: readonly Flag[]): readonly string[] {
  if (!/^-[a-z][^=\s]/.test(word)) return [word];
  const first = flags.find(({ alias }) => alias === word[1]);
  if (first?.value !== undefined) return [`-${word[1]}=${word.slice(2)}`];
  const letters = word.slice(1).split('');
  const known = letters.every((letter) =>
    flags.some(({ alias, value }) => alias === letter && value === undefined),
  );
  return known ? letters.map((letter) => `-${letter}`) : [word];
}

function noSuchWord(written: string, { word }: Flag): VolleyError {
  return usageError(
    `\`${written}\` does not accept ${word === undefined ? 'a value' : 'this value'}`,
    `write just \`${written}\`${word === undefined ? '' : `, or \`${written}=${word}\``}`,
  );
}

function findFlag(written: string, { usage, flags }: Accepted): Flag {
  const bare = written.replace(/^--?/, '');
  const found = flags.find(({ name, alias, isNegatable }) =>
    written.startsWith('--')
      ? bare === name || (isNegatable && bare === `no-${name}`)
      : bare === alias,
  );
  if (found) return found;
  const names = flags.map(({ name }) => name);
  const meant = FLAG_SYNONYMS.get(bare)?.find((name) => names.includes(name));
  const command = usage.split(' ')[0] ?? '';
  const near = meant ?? (written.startsWith('--') ? suggest(bare, names) : undefined);
  throw usageError(
    `unknown flag \`${written}\` for \`volley ${command}\``,
    MANIFEST_FLAGS.has(bare) && usage.includes('manifest')
      ? `pass the manifest without a flag: \`volley ${command} volley.yaml\``
      : near
        ? `did you mean \`--${near}\`?`
        : `\`volley ${command} --help\` lists its flags`,
  );
}

function looksLikeFlag(value: string, flags: readonly Flag[]): boolean {
  const bare = value.replace(/^--?/, '').split('=')[0] ?? '';
  return (
    value.startsWith('-') &&
    flags.some(({ name, alias }) => bare === (value.startsWith('--') ? name : alias))
  );
}

function collect(
  flags: readonly Flag[],
  options: Readonly<Record<string, unknown>>,
): Pick<Arguments, 'values' | 'switches'> {
  const values = new Map<string, readonly string[]>();
  const switches = new Map<string, boolean>();
  for (const { name, value, isRepeatable } of flags) {
    const given = options[keyOf({ name })];
    if (!Array.isArray(given)) continue;
    const texts = given.map((each) => unshield(String(each)));
    if (value === undefined) switches.set(name, texts.at(-1) === 'true');
    else if (texts.length === 1 || isRepeatable) values.set(name, texts);
    else throw usageError(`\`--${name}\` is passed ${texts.length} times`, 'pass it once');
  }
  return { values, switches };
}

function unshield(text: string): string {
  return text.startsWith(SHIELD) ? text.slice(SHIELD.length) : text;
}

export function usageError(message: string, hint: string): VolleyError {
  return new VolleyError(message, { exitCode: EXIT.usage, hint });
}
