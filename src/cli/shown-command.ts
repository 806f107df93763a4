import { shellWord } from '../errors/shell-word.ts';
import { environmentRedactor } from './redact-environment.ts';
import { LEFT_OUT_VALUE } from './settings.ts';

/** A command line that can be pasted into a shell, without values that may be secrets. */
export function shownCommand(words: readonly string[]): string {
  const redact = environmentRedactor();
  return ['volley', ...words.map(withoutValue).map((word) => quoted(redact(word)))].join(' ');
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
