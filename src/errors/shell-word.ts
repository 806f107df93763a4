import { printableLine } from './escape-invisible.ts';

/**
 * Quotes a word for a shell. Characters that are unsafe for a terminal are escaped in a way that
 * bash, zsh and ksh undo.
 */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const characters = Array.from(word);
  if (characters.every(isPrintable)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${characters.map(escaped).join('')}'`;
}

function isPrintable(character: string): boolean {
  return printableLine(character) === character;
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ["'", String.raw`\'`],
  ['\\', String.raw`\\`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

/** The escape has a fixed length, so a digit that follows it is not part of it. */
function escaped(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  if (isPrintable(character)) return character;
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}
