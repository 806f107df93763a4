import { stripVTControlCharacters, styleText } from 'node:util';
import type { Finding, Place } from './finding.ts';
import { graphemes, printable, printableLine } from './escape-invisible.ts';
import { withVisibleSpaces } from './invisible.ts';

/**
 * The line of `place` with a caret below it, and one line before and after it, with line numbers.
 * At most 78 columns wide, safe for a terminal, without color and without a final newline. Empty if
 * the text has no such line.
 */
export function drawFrame(text: string, place: Place): string {
  const lines = linesAround(text, place.line);
  const meant = lines.find(({ number }) => number === place.line);
  if (!meant) return '';
  const gutter = String(lines.at(-1)?.number ?? place.line).length;
  const room = FRAME_COLUMNS - gutter - ' | '.length;
  const { cells, caretAt, caretWidth } = cellsWithCaret(meant.text, place);
  const shift = caretAt < room - MIN_AFTER_CARET ? 0 : caretAt - Math.floor(room / 2);
  const drawn: string[] = [];
  for (const line of lines) {
    const own = line === meant ? cells : cellsOf(line.text);
    const shown = windowOf(own, shift, room).trimEnd();
    // Skips lines that end to the left of the window.
    if (line !== meant && shift > 0 && own.length <= shift) continue;
    drawn.push(`${String(line.number).padStart(gutter)} |${shown === '' ? '' : ` ${shown}`}`);
    if (line !== meant) continue;
    const width = Math.max(1, Math.min(caretWidth, room - (caretAt - shift)));
    drawn.push(`${' '.repeat(gutter)} | ${' '.repeat(caretAt - shift)}${'^'.repeat(width)}`);
  }
  return drawn.join('\n');
}

/**
 * The finding as people see it: `file:line:column: error CODE: message`, the frame and the hint.
 */
export function formatFinding(finding: Finding, { color }: { readonly color: boolean }): string {
  const { place, severity, code } = finding;
  const paint = (format: 'bold' | 'red' | 'yellow' | 'cyan', text: string): string =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const where = isFlag(place)
    ? printableLine(place.file)
    : printableLine(`${place.file}:${place.line}:${place.column}`);
  const kind = paint(severity === 'error' ? 'red' : 'yellow', `${severity} ${code}`);
  const parts = [`${paint('bold', where)}: ${kind}: ${words(finding.message)}`];
  if (finding.frame) parts.push(indented(printable(stripVTControlCharacters(finding.frame))));
  if (finding.hint) parts.push(`  ${paint('cyan', 'hint:')} ${words(finding.hint)}`);
  return parts.join('\n');
}

export interface Annotated extends Pick<Finding, 'severity' | 'message' | 'place'> {
  readonly code: string;
  readonly hint?: string;
}

/** The finding as a workflow command of GitHub Actions, which annotates a pull request. */
export function githubAnnotation(finding: Annotated): string {
  const { place, severity, code, message, hint } = finding;
  const where = [
    `file=${escapeProperty(place.file)}`,
    `line=${place.line}`,
    `col=${place.column}`,
    ...(place.endColumn === undefined ? [] : [`endColumn=${place.endColumn}`]),
  ];
  const properties = [...(isFlag(place) ? [] : where), `title=${escapeProperty(code)}`];
  const text = hint === undefined ? message : `${message} (${hint})`;
  return `::${severity} ${properties.join(',')}::${escapeData(words(text))}`;
}

/** Whether the place is a flag, which has no lines. */
function isFlag({ file }: Place): boolean {
  return file.startsWith('--');
}

/** The text on one line, with unusual spaces made visible. */
function words(text: string): string {
  return withVisibleSpaces(printableLine(text));
}

/** `formatFinding` indents the frame by two columns, so the total is 80. */
const FRAME_COLUMNS = 78;
/**
 * The minimum number of columns to the right of the caret before the window moves along the line.
 */
const MIN_AFTER_CARET = 12;
const TAB_COLUMNS = 2;

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

function linesAround(text: string, wanted: number): readonly NumberedLine[] {
  const found: NumberedLine[] = [];
  let start = 0;
  for (let number = 1; number <= wanted + 1; number += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (number >= wanted - 1) {
      const line = text.slice(start, end).replace(/\r$/, '');
      const isPhantom = newline === -1 && line === '' && number > wanted;
      if (!isPhantom)
        found.push({ number, text: number === 1 ? line.replace(/^\uFEFF/, '') : line });
    }
    if (newline === -1) break;
    start = newline + 1;
  }
  return found;
}

/** One column: a character, or '' for the second half of a wide character. */
type Cell = string;

function cellsWithCaret(
  text: string,
  place: Place,
): { cells: readonly Cell[]; caretAt: number; caretWidth: number } {
  const from = place.column - 1;
  const near = nearby(text, from);
  const before = cellsOf(near.text.slice(0, from - near.start));
  const to = Math.max(from + 1, (place.endColumn ?? place.column + 1) - 1);
  const meant = cellsOf(near.text.slice(from - near.start, to - near.start));
  const after = cellsOf(near.text.slice(to - near.start));
  // If the caret is past the end of the line (because a bracket is missing), it has its own column.
  const beyond = Math.min(1, Math.max(0, from - text.length));
  return {
    cells: [...before, ...meant, ...after],
    caretAt: before.length + beyond,
    caretWidth: Math.max(1, meant.length),
  };
}

/** The part of a very long line around the place, so that a megabyte of text is never processed. */
function nearby(text: string, from: number): { text: string; start: number } {
  const start = text.length > LONG_LINE && from > LONG_LINE / 2 ? from - LONG_LINE / 2 : 0;
  return { text: text.slice(start, start + LONG_LINE), start };
}
const LONG_LINE = 2000;

function cellsOf(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  for (const segment of graphemes(text.slice(0, LONG_LINE))) {
    if (segment === '\t') {
      for (let column = 0; column < TAB_COLUMNS; column += 1) cells.push(' ');
      continue;
    }
    const shown = printableLine(segment);
    if (shown !== segment) cells.push(...Array.from(shown));
    else cells.push(segment, ...(isWide(segment) ? [''] : []));
  }
  return cells;
}

function windowOf(cells: readonly Cell[], shift: number, room: number): string {
  const visible = cells.slice(shift, shift + room);
  // Half of a wide character would shift everything after it by one column.
  if (visible[0] === '') visible[0] = ' ';
  if (isWide(visible.at(-1) ?? '') && visible.length === room) visible[room - 1] = ' ';
  if (shift > 0 && visible.length > 0) visible[0] = '…';
  if (cells.length > shift + room) visible[room - 1] = '…';
  if (visible[1] === '' && shift > 0) visible[1] = ' ';
  return visible.join('');
}

/** East Asian wide characters and emoji take two columns on all common terminals. */
function isWide(character: string): boolean {
  return WIDE.test(character);
}
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f/u;

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(printableLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
