import { visibleWidth } from './text-width.ts';

/** A block of lines at the bottom of a terminal of this size. The cursor is below it. */
export interface Frame {
  readonly lines: readonly string[];
  readonly columns: number;
  readonly rows: number;
}

/**
 * The text that turns one block into another and prints `above` above it. Lines are overwritten in
 * place to avoid flicker. The cursor is hidden and wrapping is off only within this text, so a
 * process killed between two updates leaves the terminal as it was. Typed keys move the cursor, so
 * its position is saved in the terminal and restored first. Blank rows below the block keep typed
 * line breaks from scrolling it.
 */
export function frameUpdate(shown: Frame | undefined, next: Frame, above = ''): string {
  const isOfSameSize = shown !== undefined && hasSizeOf(shown, next);
  const isSame =
    isOfSameSize &&
    above === '' &&
    shown.lines.length === next.lines.length &&
    shown.lines.every((line, place) => line === next.lines[place]);
  if (isSame) return RESTORE_CURSOR + ERASE_BELOW;
  // Rows broken by a resize are erased instead of overwritten.
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

/** The text that removes the block. Afterwards, the cursor is where the block started. */
export function frameErase(shown: Frame | undefined, size: Omit<Frame, 'lines'>): string {
  return shown ? toTop(shown, size) + ERASE_BELOW : '';
}

/** Blank rows below the block. A key held down types about three line breaks per repaint. */
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
 * The text that moves the cursor to the top of the block. A terminal that was resized has moved its
 * rows, but possibly not the saved cursor position. A terminal that became narrower has wrapped
 * lines, which now take up more rows.
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
