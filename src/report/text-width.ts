import { stripVTControlCharacters } from 'node:util';
import { graphemes } from '../errors/escape-invisible.ts';

/**
 * The columns that a string without control sequences takes up on a terminal. Never too few, so
 * that truncated lines do not wrap: if terminals disagree (emoji sequences), the larger count is
 * used.
 */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Ignores control sequences for color. */
export function visibleWidth(styled: string): number {
  return displayWidth(stripVTControlCharacters(styled));
}

/** Truncates in the middle to at most `width` columns: `review@…/auth.ts`. */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const parts = [...graphemes(text)];
  const room = width - 1;
  const end = take(parts.toReversed(), Math.floor(room / 2)).toReversed();
  const start = take(parts, room - displayWidth(end.join('')));
  return `${start.join('')}…${end.join('')}`;
}

/** Truncates at the end to at most `width` columns. */
export function truncateEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width < 1 ? '' : `${take([...graphemes(text)], width - 1).join('')}…`;
}

/** Pads with spaces to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Wraps between words to rows of at most `width` columns. A longer word gets its own row. */
export function wrapWords(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last === undefined || visibleWidth(last) + 1 + visibleWidth(word) > width) rows.push(word);
    else rows[rows.length - 1] = `${last} ${word}`;
  }
  return rows;
}

/** A table row that is too wide for the terminal, on several lines: its name, then its columns. */
export function stackedRow(
  name: string,
  cells: ReadonlyArray<readonly [title: string, text: string]>,
  columns: number,
): readonly string[] {
  const facts = cells.flatMap(([title, text]) => (text === '' ? [] : `${title} ${text}`));
  const rows = wrapWords(facts.join(' · '), columns - 3);
  const heading = name === '' ? [] : [truncateMiddle(name, columns - 1)];
  return [...heading, ...rows.map((row) => `  ${row}`)];
}

const ASCII = /^[\u0020-\u007e]*$/;
const COMBINING = /^\p{Mark}$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
const FIRST_WIDE = 0x1100;
/** From general punctuation to box drawing and braille: one column each, unless shown as emoji. */
const NARROW_SYMBOLS = { from: 0x1e00, to: 0x2e7f };
const EMOJI_VARIATION = '\ufe0f';

function characterWidth(character: string): number {
  if (character === EMOJI_VARIATION) return 1;
  if (COMBINING.test(character)) return 0;
  if (EMOJI.test(character)) return 2;
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST_WIDE) return 1;
  return code >= NARROW_SYMBOLS.from && code <= NARROW_SYMBOLS.to ? 1 : 2;
}

/** As many parts from the start as fit. */
function take(parts: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const part of parts) {
    used += displayWidth(part);
    if (used > width) break;
    taken.push(part);
  }
  return taken;
}
