import { printableLine } from './escape-invisible.ts';

/** A word as a shell takes it. What a terminal must not get is escaped in a way that bash, zsh and ksh undo. */
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

/** Always of one length, so that no digit that follows belongs to it. */
function escaped(character: string): string {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  if (isPrintable(character)) return character;
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}
