import { visibleWidth } from './width.ts';

/** A block of lines at the bottom of a terminal of this size; the cursor is below it. */
export interface Frame {
  readonly lines: readonly string[];
  readonly columns: number;
  readonly rows: number;
}

/**
 * What to write to turn one block into another, with `above` printed above it. Lines are overwritten
 * in place, so that nothing flickers. The cursor is hidden and wrapping is off only within this text:
 * a process that is killed between two of them leaves the terminal as it found it.
 *
 * What is typed moves the cursor, so its place is saved in the terminal and restored first. That place
 * is a row of the screen: blank rows below the block keep typed line breaks from scrolling it.
 */
export function frameUpdate(shown: Frame | undefined, next: Frame, above = ''): string {
  const isOfSameSize = shown !== undefined && hasSizeOf(shown, next);
  const isSame =
    isOfSameSize &&
    above === '' &&
    shown.lines.length === next.lines.length &&
    shown.lines.every((line, place) => line === next.lines[place]);
  if (isSame) return RESTORE_CURSOR + ERASE_BELOW;
  // Rows that a resize has broken are erased, not overwritten.
  const erased = shown && (!isOfSameSize || above !== '') ? frameErase(shown, next) : '';
  const top = erased === '' ? toTop(shown, next) : '';
  const lines = next.lines.map((line) => `${line}${ERASE_LINE_END}\n`).join('');
  const margin = marginRows(next.rows);
  const reserved = margin === 0 ? '' : `${'\n'.repeat(margin)}${up(margin)}`;
  return (
    erased +
    above +
    HIDE_CURSOR +
    WRAP_OFF +
    top +
    lines +
    reserved +
    ERASE_BELOW +
    WRAP_ON +
    SHOW_CURSOR +
    SAVE_CURSOR
  );
}

/** What to write to take the block away; the cursor then stands where it began. */
export function frameErase(shown: Frame | undefined, size: Omit<Frame, 'lines'>): string {
  return shown ? toTop(shown, size) + ERASE_BELOW : '';
}

/** Rows that stay blank below the block: a key that is held down types about three per repaint. */
export function marginRows(rows: number): number {
  return Math.max(0, Math.min(MAX_MARGIN, Math.floor((rows - LOW_TERMINAL) / 4)));
}

const MAX_MARGIN = 5;
const LOW_TERMINAL = 8;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const ERASE_LINE_END = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
const SAVE_CURSOR = '\u001b7';
const RESTORE_CURSOR = '\u001b8';

/**
 * A terminal that was resized has moved its rows, the saved place not always with them; one that
 * became narrower has broken the lines, which now take more rows.
 */
function toTop(shown: Frame | undefined, size: Omit<Frame, 'lines'>): string {
  if (!shown) return '\r';
  const rows = shown.lines.reduce((sum, line) => sum + rowsOf(line, size.columns), 0);
  const restored = hasSizeOf(shown, size) ? RESTORE_CURSOR : '';
  return `${restored}\r${rows === 0 ? '' : up(rows)}`;
}

function hasSizeOf(frame: Frame, size: Omit<Frame, 'lines'>): boolean {
  return frame.columns === size.columns && frame.rows === size.rows;
}

function up(rows: number): string {
  return `\u001b[${rows}A`;
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(visibleWidth(line) / columns));
}
