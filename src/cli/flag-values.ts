import { parseCount, parseDuration } from '../manifest/durations-and-counts.ts';
import { usageError, type Arguments } from './arguments.ts';
import { flagsOf, type FlagName } from './flags.ts';
import { suggest } from '../errors/suggest.ts';

/** The functions below read the value of a flag. Their errors include its name. */
export function textFlag(args: Arguments, name: FlagName): string | undefined {
  return args.values.get(name)?.[0];
}

export function listFlag(args: Arguments, name: FlagName): readonly string[] {
  return args.values.get(name) ?? [];
}

export function switchFlag(args: Arguments, name: FlagName): boolean {
  return args.switches.get(name) ?? false;
}

export function countFlag(
  args: Arguments,
  name: FlagName,
  bounds: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const count = parseCount(text);
  if (!count.ok || count.value < bounds.min || count.value > bounds.max) {
    const flag = args.written.get(name) ?? `--${name}`;
    throw usageError(
      bounds.max === Number.MAX_SAFE_INTEGER
        ? `\`${flag} ${text}\` is not a whole number`
        : `\`${flag} ${text}\` is not a whole number from ${bounds.min} to ${bounds.max}`,
      `for example, write \`${flag} ${bounds.max === Number.MAX_SAFE_INTEGER ? '500M' : Math.max(bounds.min, 3)}\``,
    );
  }
  return count.value;
}

/** Makes random choices the same each time. */
const DEFAULT_SEED = 1;

export function seedFlag(args: Arguments): number {
  return countFlag(args, 'seed', { min: 0, max: 2 ** 32 - 1 }) ?? DEFAULT_SEED;
}

export function durationFlag(args: Arguments, name: FlagName): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const duration = parseDuration(text);
  if (!duration.ok) throw usageError(`--${name}: ${duration.message}`, duration.hint);
  return duration.value;
}

export function usdFlag(args: Arguments, name: FlagName): number | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const usd = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(usd <= MOST_USD)) {
    throw usageError(
      `\`--${name} ${text}\` is not an amount in US dollars`,
      `for example, write \`--${name} 2.50\``,
    );
  }
  return usd;
}

const MOST_USD = 1_000_000;

/** The first word after the command, such as `stats` in `volley cache stats`. */
export function actionFlag<Action extends string>(
  { command, positionals: [word] }: Arguments,
  actions: readonly Action[],
  hint: string,
): Action {
  const action = actions.find((each) => each === word);
  if (action !== undefined) return action;
  const near = word === undefined ? undefined : suggest(word, actions);
  throw usageError(
    word === undefined
      ? `\`volley ${command}\` needs to know what to do`
      : `\`volley ${command}\` has no action \`${word}\``,
    near === undefined ? hint : `did you mean \`volley ${command} ${near}\`?`,
  );
}

export function choiceFlag<Choice extends string>(
  args: Arguments,
  name: FlagName,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textFlag(args, name);
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  const near = suggest(text, choices);
  const isFlag = flagsOf(args.command).some((flag) => flag.name === text);
  throw usageError(
    `\`--${name} ${text}\` is not one of ${choices.map((word) => `\`${word}\``).join(', ')}`,
    isFlag
      ? `did you mean \`--${text} FILE\`?`
      : near
        ? `did you mean \`--${name} ${near}\`?`
        : `for example, write \`--${name} ${choices[0]}\``,
  );
}

/** Replaces a value that may be a secret in a printed command. */
export const LEFT_OUT_VALUE = '…';

/** `--set k=v` as a map. Values are text. */
export function setFlag(args: Arguments): Readonly<Record<string, string>> {
  const entries = listFlag(args, 'set').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw usageError(`\`--set ${pair}\` has no value`, 'write `--set name=value`');
    }
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
    if (value === LEFT_OUT_VALUE) {
      throw usageError(
        `\`--set ${name}=${LEFT_OUT_VALUE}\` stands for a value that is not printed`,
        `write the value of \`${name}\` in place of \`${LEFT_OUT_VALUE}\``,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}
