import { shellWord } from '../errors/shell-word.ts';
import { displayWidth } from '../report/text-width.ts';
import { LEFT_OUT_VALUE } from './flag-values.ts';
import { environmentRedactor } from './print-result.ts';

export interface ResumeOptions {
  /** The budget is used up, so the same command would stop immediately. */
  readonly needsMoney?: boolean;
  /** Rows came from stdin, so the command needs the same rows again. */
  readonly readsStdin?: boolean;
  /** Some batches have not been collected yet. */
  readonly collects?: boolean;
}

/**
 * How to continue the run with this command line: what to do and, unless its input can be read only
 * once, the words of the command. `argv` is Node's.
 */
export function resumingCommand(
  argv: readonly string[],
  { needsMoney = false, readsStdin = false, collects = false }: ResumeOptions,
): { readonly how: string; readonly words?: readonly string[] } {
  const given = argv.slice(2);
  const end = given.includes('--') ? given.indexOf('--') : given.length;
  const [flags, others] = [given.slice(0, end), given.slice(end)];
  const resuming = flags.includes('--retry-failed') ? '--retry-failed' : '--resume';
  const added = [resuming, ...(needsMoney ? [BUDGET_FLAG, 'AMOUNT'] : [])];
  if (given.some(isReadOnce)) {
    return { how: `to continue: the same input, with ${added.join(' ')}` };
  }
  // The deadline still counts from the first start.
  const kept = withoutFlag('--deadline', flags).filter((word) => !MODE_FLAGS.has(word));
  const same = needsMoney ? withoutFlag(BUDGET_FLAG, kept) : kept;
  const what = collects ? 'to collect the answers' : 'to continue';
  const how = readsStdin ? `${what}, with the same rows on stdin` : what;
  return { how, words: [...same, ...added, ...others] };
}

const MODE_FLAGS = new Set([
  '--resume',
  '--retry-failed',
  '--overwrite',
  '--explain',
  '--detach',
  '--resubmit',
]);

const BUDGET_FLAG = '--max-cost-usd';

function withoutFlag(flag: string, words: readonly string[]): readonly string[] {
  return words.filter(
    (word, at) => word !== flag && words[at - 1] !== flag && !word.startsWith(`${flag}=`),
  );
}

/** A command line to paste into a shell, without values that may be secrets. */
export function shownCommand(words: readonly string[]): string {
  return shownWords(words).join(' ');
}

/** The command line in rows of at most `width` columns. A shell reads them as one line. */
export function commandRows(words: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of shownWords(words)) {
    const last = rows.at(-1);
    const row = last === undefined ? word : `${last} ${word}`;
    // Leave room for the backslash.
    if (last === undefined || displayWidth(row) > width - 2) rows.push(word);
    else rows[rows.length - 1] = row;
  }
  return rows.map((row, at) => (at < rows.length - 1 ? `${row} \\` : row));
}

function shownWords(words: readonly string[]): readonly string[] {
  const redact = environmentRedactor();
  return ['volley', ...words.map(withoutValue).map((word) => quoted(redact(word)))];
}

/** True if a word refers to input that can be read only once: stdin, or `<(…)`. */
function isReadOnce(word: string): boolean {
  return READ_ONCE.test(word);
}

/** `--set token=…` needs no quotes: Volley refuses it until the user puts the value back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+=…$/.test(word) ? word : shellWord(word);
}

/**
 * Hides what may be secret, because logs keep it: a `--set` value, or a URL's user and password.
 */
function withoutValue(word: string, at: number, words: readonly string[]): string {
  if (CREDENTIALS.test(word)) return word.replace(CREDENTIALS, `$1${LEFT_OUT_VALUE}@`);
  const [, flag = '', name] =
    (words[at - 1] === '--set' ? /^()([^=]+)=/s : /^(--set=)([^=]+)=/s).exec(word) ?? [];
  return name === undefined ? word : `${flag}${name}=${LEFT_OUT_VALUE}`;
}

const CREDENTIALS = /([a-z]:\/\/)[^\s/]+@/;

const READ_ONCE = /^-$|^(?:--[a-z-]+=|-[a-z]=?)?\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;
