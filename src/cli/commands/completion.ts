import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { RootCommand, script, ShellCompDirective } from '@bomb.sh/tab';
import { suggest } from '../../errors/suggest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { knownProviders } from '../../manifest/known-providers.ts';
import { shippedPrices } from '../../money/price-age.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { printResult } from '../print-result.ts';
import {
  COMMAND_NAMES,
  COMMANDS,
  isCommandName,
  SHELLS,
  type CommandSpec,
} from '../command-specs.ts';
import { flagsOf } from '../flags.ts';

/** Prints the completion script of a shell. */
export async function printCompletion(args: Arguments): Promise<number> {
  const word = args.positionals[0];
  const shell = SHELLS.find((each) => each === word);
  if (shell === undefined) {
    const likely = SHELLS.find((each) => each === basename(process.env['SHELL'] ?? '')) ?? 'bash';
    throw usageError(
      word === undefined ? 'for which shell?' : `there is no completion for the shell \`${word}\``,
      `write \`volley completion ${suggest(word ?? '', SHELLS) ?? likely}\`; the shells are: ${SHELLS.join(', ')}`,
    );
  }
  await printResult(completionScript(shell));
  return EXIT.ok;
}

/** Prints completions for a command line. The completion scripts call this. */
export async function complete(words: readonly string[]): Promise<void> {
  const answer = completionsFor(words, {
    namesIn(folder) {
      try {
        const entries = readdirSync(folder, { withFileTypes: true });
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
      } catch {
        return [];
      }
    },
    models: () => [
      ...shippedPrices().keys(),
      ...[...knownProviders].flatMap(([name, { loopback }]) => (loopback ? [`${name}/`] : [])),
    ],
  });
  await printResult(answer);
}

/** Values that completion looks up while the user types. */
export interface Lookups {
  /** Names in a folder, with a `/` after subfolders. Empty if the folder can't be read. */
  namesIn(folder: string): readonly string[];
  models(): readonly string[];
}

/** The script that a shell loads. It calls `volley complete -- …` for completions. */
export function completionScript(shell: (typeof SHELLS)[number]): string {
  const text = printedBy(() => script(shell, 'volley', 'volley'));
  // An edited profile is loaded twice, and assigning a constant again would fail.
  return shell === 'bash' ? text.replaceAll(/^readonly /gm, '') : text;
}

/**
 * Completions for these words, the last of which is unfinished. Returns lines with a value, a tab
 * and a description, and then a line with the directive for the shell.
 */
export function completionsFor(words: readonly string[], lookups: Lookups): string {
  const typed = words.at(-1) ?? '';
  const root = rootFor(typed.slice(typed.indexOf('=') + 1), lookups);
  let prefix = '';
  // The library's own method prints immediately, and ends every completion, even inside a folder's
  // name.
  Object.defineProperty(root, 'complete', { value: (text: string) => (prefix = text) });
  root.parse([...words]);
  const start = prefix.slice(prefix.indexOf('=') + 1);
  const fitting = root.completions.filter(
    ({ value }) => PLAIN.test(value) && value.startsWith(start),
  );
  const isFolder = fitting.length > 0 && fitting.every(({ value }) => value.endsWith('/'));
  const { ShellCompDirectiveNoFileComp: none, ShellCompDirectiveNoSpace: noSpace } =
    ShellCompDirective;
  const lines = fitting.map(({ value, description }) => `${value}\t${description ?? ''}`);
  return [...lines, `:${isFolder ? none | noSpace : none}`, ''].join('\n');
}

/** Shells expand what we suggest, so a file name must not contain anything special to them. */
const PLAIN = /^[\w@%+=:,./-]+$/;

function rootFor(typed: string, lookups: Lookups): RootCommand {
  const root = new RootCommand();
  for (const name of COMMAND_NAMES) {
    const { usage, description, argument }: CommandSpec = COMMANDS[name];
    const command = root.command(name, description);
    for (const flag of flagsOf(name)) {
      const { value, choices, alias } = flag;
      if (value === undefined) command.option(flag.name, flag.description, alias);
      else {
        const values =
          choices.length > 0 ? offering(() => choices) : valueHandler(value, typed, lookups);
        command.option(flag.name, flag.description, values, alias);
      }
      if (flag.isNegatable) command.option(`no-${flag.name}`, `Turn off --${flag.name}`);
    }
    command.option('help', 'Show the help of this command', 'h');
    if (argument === undefined) continue;
    const handler =
      'words' in argument
        ? offering(() => argument.words)
        : offering(() => filesFor(typed, lookups, argument.files));
    command.argument('argument', handler, /[<[].*[<[]|\.\.\./.test(usage));
  }
  root.command('help', 'Show the help of a command').argument(
    'command',
    offering(() => COMMAND_NAMES),
  );
  return root;
}

type Handler = (complete: (value: string, description: string) => void) => void;

function offering(values: () => readonly string[]): Handler {
  return (complete) => {
    for (const value of values()) {
      complete(value, isCommandName(value) ? COMMANDS[value].description : '');
    }
  };
}

function valueHandler(value: string, typed: string, lookups: Lookups): Handler {
  if (value === 'PROVIDER/MODEL') return offering(() => lookups.models());
  return offering(() => (['FILE', 'PATH', 'DIR'].includes(value) ? filesFor(typed, lookups) : []));
}

function filesFor(typed: string, lookups: Lookups, endings?: readonly string[]): readonly string[] {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const wantsHidden = typed.slice(folder.length).startsWith('.');
  return lookups
    .namesIn(folder === '' ? '.' : folder)
    .filter((name) => wantsHidden || !name.startsWith('.'))
    .filter(
      (name) =>
        name.endsWith('/') ||
        endings === undefined ||
        endings.some((ending) => name.endsWith(`.${ending}`)),
    )
    .map((name) => folder + name);
}

/** The library prints its scripts with `console.log`; this captures the text. */
function printedBy(print: () => void): string {
  const { console } = globalThis;
  const log = Object.getOwnPropertyDescriptor(console, 'log') ?? {};
  const lines: string[] = [];
  Object.defineProperty(console, 'log', { ...log, value: (line: string) => lines.push(line) });
  try {
    print();
  } finally {
    Object.defineProperty(console, 'log', log);
  }
  return lines.map((line) => `${line}\n`).join('');
}
