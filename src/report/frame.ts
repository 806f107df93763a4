import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from './width.ts';

/**
 * What to write to turn one block of lines at the bottom of the terminal into another; the cursor
 * stands below it before and after. Lines are overwritten in place, so that nothing flickers. The
 * cursor is hidden and wrapping is off only within this text: a process that is killed between two
 * of them leaves the terminal as it found it.
 */
export function frameUpdate(
  shown: readonly string[],
  next: readonly string[],
  columns: number,
): string {
  if (shown.length === next.length && shown.every((line, place) => line === next[place])) return '';
  const lines = next.map((line) => `${line}${ERASE_LINE_END}\n`).join('');
  return (
    HIDE_CURSOR + WRAP_OFF + toTop(shown, columns) + lines + ERASE_BELOW + WRAP_ON + SHOW_CURSOR
  );
}

/** What to write to take the block away; the cursor then stands where it began. */
export function frameErase(shown: readonly string[], columns: number): string {
  return shown.length === 0 ? '' : toTop(shown, columns) + ERASE_BELOW;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const ERASE_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/** A terminal that became narrower has broken the lines: they now take more rows. */
function toTop(shown: readonly string[], columns: number): string {
  const rows = shown.reduce((sum, line) => sum + rowsOf(line, columns), 0);
  return rows === 0 ? '\r' : `\r\u001b[${rows}A`;
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / columns));
}
