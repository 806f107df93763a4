import { displayWidth } from '../report/width.ts';
import { shellWord } from '../errors/shell-word.ts';
import { environmentRedactor } from './redact-environment.ts';
import { LEFT_OUT_VALUE } from './settings.ts';

/** A command line that can be pasted into a shell, without values that may be secrets. */
export function shownCommand(words: readonly string[]): string {
  return shownWords(words).join(' ');
}

/** The same in rows of at most `width` columns, which a shell reads as one line. */
export function commandRows(words: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of shownWords(words)) {
    const last = rows.at(-1);
    const row = last === undefined ? word : `${last} ${word}`;
    // Room for the backslash.
    if (last === undefined || displayWidth(row) > width - 2) rows.push(word);
    else rows[rows.length - 1] = row;
  }
  return rows.map((row, at) => (at < rows.length - 1 ? `${row} \\` : row));
}

function shownWords(words: readonly string[]): readonly string[] {
  const redact = environmentRedactor();
  return ['volley', ...words.map(withoutValue).map((word) => quoted(redact(word)))];
}

/** Whether a word stands for input that cannot be read again: stdin, also as `<(…)`. */
export function isReadOnce(word: string): boolean {
  return READ_ONCE.test(word);
}

/** `--set token=…` needs no quotes: it is refused until the value is there again. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+=…$/.test(word) ? word : shellWord(word);
}

/** The value of `--set` may be a secret, and a log keeps what it is given. */
function withoutValue(word: string, at: number, words: readonly string[]): string {
  const [, flag = '', name] =
    (words[at - 1] === '--set' ? /^()([^=]+)=/s : /^(--set=)([^=]+)=/s).exec(word) ?? [];
  return name === undefined ? word : `${flag}${name}=${LEFT_OUT_VALUE}`;
}

const READ_ONCE = /^-$|^(?:--[a-z-]+=|-[a-z]=?)?\/(?:dev\/(?:stdin$|fd\/)|proc\/self\/fd\/)/;
