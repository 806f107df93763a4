import { cac } from 'cac';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { suggest } from '../errors/suggest.ts';
import { COMMAND_NAMES, COMMANDS, isCommandName, type CommandName } from './command-specs.ts';
import type { CommandSpec } from './command-specs/command-spec.ts';
import { FLAGS } from './flags.ts';
import type { Flag } from './flags/flag.ts';
import { COMMAND_SYNONYMS, FLAG_SYNONYMS, MANIFEST_FLAGS } from './synonyms.ts';

export interface Arguments {
  readonly command: CommandName;
  /** A lone `-` stays as it is. */
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
  const spec: CommandSpec = COMMANDS[name];
  const cli = cac('volley');
  const command = cli.command(spec.usage, spec.description);
  command.action(() => undefined);
  for (const flag of spec.flags) register(command, flag, FLAGS[flag]);
  const prepared = prepare(argv, spec);
  cli.parse(['', '', name, ...prepared.shielded], { run: false });
  return { ...collect(name, cli.args, cli.options), written: prepared.written };
}

type CacCommand = ReturnType<ReturnType<typeof cac>['command']>;

function register(command: CacCommand, name: string, flag: Flag): void {
  const short = flag.alias ? `-${flag.alias}, ` : '';
  command.option(
    `${short}--${name}${flag.value ? ` <${flag.value}>` : ''}`,
    flag.description,
    flag.value ? { type: [String] } : undefined,
  );
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
  const near = COMMAND_SYNONYMS.get(word) ?? suggest(word, COMMAND_NAMES);
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

/** Prefixed to every value and positional while cac has it. No command line can contain this character. */
const SHIELD = '\u0000';

/**
 * cac turns `007` into 7, drops a lone `-`, and mistakes a value that starts with `-` for a flag.
 * So it gets each value as `--flag=<shield>value`, which it leaves alone.
 */
function prepare(
  argv: readonly string[],
  spec: CommandSpec,
): { readonly shielded: readonly string[]; readonly written: ReadonlyMap<string, string> } {
  const writtenAs = new Map<string, string>();
  const shielded: string[] = [];
  const positionals: string[] = [];
  const words = argv.slice(1).flatMap((word) => spread(word, spec));
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
    const [name, flag] = findFlag(written, spec);
    if (flag.value === undefined) {
      const value = equals === -1 ? undefined : arg.slice(equals + 1);
      const also = value === undefined ? undefined : flag.withWord?.[value];
      if (value !== undefined && also === undefined) throw noSuchWord(written, flag);
      if (also !== undefined) shielded.push(`--${also}`);
      shielded.push(written === `--no-${name}` ? written : `--${name}`);
      continue;
    }
    const isLeftOut = equals === -1 && flag.isValueOptional && isNoValue(words[at + 1], spec);
    const value = isLeftOut ? '' : equals === -1 ? words[(at += 1)] : arg.slice(equals + 1);
    if (value === undefined || (equals === -1 && looksLikeFlag(value, spec))) {
      throw usageError(`\`${written}\` needs a value`, `write \`${written} ${flag.value}\``);
    }
    writtenAs.set(name, written);
    shielded.push(`--${name}=${SHIELD}${value}`);
  }
  if (positionals.length > spec.maxArguments) {
    const extra = positionals.slice(spec.maxArguments);
    throw usageError(
      `unexpected argument ${extra.map((word) => `\`${word}\``).join(', ')}`,
      leftoverHint(extra[0] ?? '', spec, shielded),
    );
  }
  // Positionals go first: cac would take one that follows a switch with a dash in its name for its value.
  return {
    shielded: [...positionals.map((word) => SHIELD + word), ...shielded],
    written: writtenAs,
  };
}

/** An extra argument is usually the file to write. */
function leftoverHint(
  word: string,
  { usage, flags }: CommandSpec,
  given: readonly string[],
): string {
  if (/\.(?:csv|tsv|parquet|sqlite)$/.test(word) && flags.includes('to'))
    return `write \`--to ${shellWord(word)}\``;
  if (word.endsWith('.jsonl') && flags.includes('output')) {
    const mode = given.find((flag) => /^--(?:resume|retry-failed|overwrite)$/.test(flag));
    if (mode) return `\`${mode}\` takes no file: write \`${mode} -o ${shellWord(word)}\``;
    return `to write the results there, write \`-o ${shellWord(word)}\``;
  }
  if (word.endsWith('.jsonl') && usage.endsWith('<results>'))
    return 'make one file of several: `volley merge a.jsonl b.jsonl -o all.jsonl`';
  if (/\.ya?ml$/.test(word) && usage.endsWith('[manifest]'))
    return `one manifest at a time: run \`volley ${usage.split(' ')[0]}\` for each`;
  if (word === '%') return 'write the percent sign right after the number: `5%`';
  return `usage: volley ${usage}`;
}

/** For the word after a flag whose value is optional. */
function isNoValue(word: string | undefined, spec: CommandSpec): boolean {
  return word === undefined || looksLikeFlag(word, spec) || /^-$|\.(?:ya?ml|json)$/.test(word);
}

/** Expands `-j8` to `-j=8` and `-qy` to `-q -y`. */
function spread(word: string, spec: CommandSpec): readonly string[] {
  if (!/^-[a-z][^=\s]/.test(word)) return [word];
  const flags = spec.flags.map((name): Flag => FLAGS[name]);
  const first = flags.find(({ alias }) => alias === word[1]);
  if (first?.value !== undefined) return [`-${word[1]}=${word.slice(2)}`];
  const letters = word.slice(1).split('');
  const known = letters.every((letter) =>
    flags.some(({ alias, value }) => alias === letter && value === undefined),
  );
  return known ? letters.map((letter) => `-${letter}`) : [word];
}

function noSuchWord(written: string, { withWord }: Flag): VolleyError {
  const words = Object.keys(withWord ?? {}).map((word) => `\`${written}=${word}\``);
  return usageError(
    `\`${written}\` takes ${words.length > 0 ? 'no such value' : 'no value'}`,
    `write just \`${written}\`${words.length > 0 ? `, or ${words.join(', ')}` : ''}`,
  );
}

function findFlag(written: string, spec: CommandSpec): readonly [string, Flag] {
  const bare = written.replace(/^--?/, '');
  for (const name of spec.flags) {
    const flag: Flag = FLAGS[name];
    const long = written.startsWith('--') && (bare === name || bare === `no-${name}`);
    if (long && bare !== name && !flag.negatable) break;
    if (long || (!written.startsWith('--') && bare === flag.alias)) return [name, flag];
  }
  const meant = FLAG_SYNONYMS.get(bare)?.find((name) => spec.flags.some((flag) => flag === name));
  const command = spec.usage.split(' ')[0] ?? '';
  if (MANIFEST_FLAGS.has(bare) && spec.usage.includes('manifest')) {
    throw usageError(
      `unknown flag \`${written}\` for \`volley ${command}\``,
      `name the manifest without a flag: \`volley ${command} volley.yaml\``,
    );
  }
  const near = meant ?? (written.startsWith('--') ? suggest(bare, [...spec.flags]) : undefined);
  throw usageError(
    `unknown flag \`${written}\` for \`volley ${command}\``,
    near ? `did you mean \`--${near}\`?` : `\`volley ${command} --help\` lists its flags`,
  );
}

function looksLikeFlag(value: string, spec: CommandSpec): boolean {
  const bare = value.replace(/^--?/, '').split('=')[0] ?? '';
  return (
    value.startsWith('-') &&
    spec.flags.some((name) => {
      const flag: Flag = FLAGS[name];
      return value.startsWith('--') ? bare === name : bare === flag.alias;
    })
  );
}

function collect(
  command: CommandName,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Omit<Arguments, 'written'> {
  const values = new Map<string, readonly string[]>();
  const switches = new Map<string, boolean>();
  for (const name of COMMANDS[command].flags) {
    const flag: Flag = FLAGS[name];
    // cac parses `--no-learn` as `learn: false`, and sets `learn: true` when the flag is absent.
    const isNegative = name.startsWith('no-');
    const key = (isNegative ? name.slice(3) : name).replaceAll(/-([a-z])/g, (_, letter: string) =>
      letter.toUpperCase(),
    );
    const given = options[key];
    if (isNegative && given === false) switches.set(name, true);
    if (!isNegative && typeof given === 'boolean') switches.set(name, given);
    if (!Array.isArray(given)) continue;
    if (given.length > 1 && !flag.repeatable) {
      throw usageError(`\`--${name}\` is given ${given.length} times`, 'give it once');
    }
    values.set(
      name,
      given.map((value) => unshield(String(value))),
    );
  }
  return { command, positionals: args.map(unshield), values, switches };
}

function unshield(text: string): string {
  return text.startsWith(SHIELD) ? text.slice(SHIELD.length) : text;
}

export function usageError(message: string, hint: string): VolleyError {
  return new VolleyError(message, { exitCode: EXIT.usage, hint });
}
