import type { Place } from '../errors/finding.ts';
import type { ScalarNode } from './source-node.ts';

/** Turns offsets into places. Columns count UTF-16 units, as editors do. */
export interface Lines {
  place(start: number, end?: number): Place;
}

export function linesOf(file: string, text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    place(start, end) {
      const offset = Math.max(0, Math.min(start, text.length));
      const line = lastAtMost(starts, offset);
      const lineStart = starts[line] ?? 0;
      const place = { file, line: line + 1, column: offset - lineStart + 1 };
      if (end === undefined || end <= offset) return place;
      const isSameLine = end <= (starts[line + 1] ?? text.length + 1) - 1;
      return isSameLine ? { ...place, endColumn: end - lineStart + 1 } : place;
    },
  };
}

/**
 * Maps each offset in a scalar's value to its offset in the manifest's text, accounting for
 * indentation, folded lines and escapes. Falls back to the scalar's start.
 */
export function writtenAt(scalar: ScalarNode, text: string): (offset: number) => number {
  let aligned: readonly number[] | undefined;
  return (offset) => {
    aligned ??= align(scalar, text);
    return (
      aligned[offset] ?? (offset >= aligned.length ? aligned.at(-1) : undefined) ?? scalar.start
    );
  };
}

function align({ value, style, start, end }: ScalarNode, text: string): readonly number[] {
  if (typeof value !== 'string') return [];
  const offsets: number[] = [];
  let at = contentStart(style, text, start);
  let index = 0;
  while (index < value.length && at < end) {
    const written = text[at] ?? '';
    const isEscape = style === 'double' && written === '\\';
    const length = isEscape ? escapeLength(text, at) : 1;
    const wanted = value[index] ?? '';
    if (isEscape && !isEscapedNewline(text, at)) {
      const decoded = length > 6 && (value.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
      for (let unit = 0; unit < decoded; unit += 1) offsets.push(at);
      index += decoded;
      at += length;
    } else if (isEscape || (written !== wanted && isSpace(written))) {
      at += length;
    } else if (written === wanted) {
      offsets.push(at);
      index += 1;
      at += style === 'single' && written === "'" ? 2 : 1;
    } else if (isSpace(wanted)) {
      // This line break comes from folding, or from the end of a block.
      offsets.push(at);
      index += 1;
    } else break;
  }
  return offsets;
}

/** The offset after the opening quote, or after the header line of a block. */
function contentStart(style: ScalarNode['style'], text: string, start: number): number {
  if (style === 'plain') return start;
  if (style === 'single' || style === 'double') return start + 1;
  const newline = text.indexOf('\n', start);
  return newline === -1 ? start : newline + 1;
}

function isEscapedNewline(text: string, at: number): boolean {
  return text[at + 1] === '\n' || text[at + 1] === '\r';
}

function escapeLength(text: string, at: number): number {
  const letter = text[at + 1];
  if (letter === 'x') return 4;
  if (letter === 'u') return 6;
  if (letter === 'U') return 10;
  return 2;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}

function lastAtMost(sorted: readonly number[], wanted: number): number {
  return Math.max(0, firstAtLeast(sorted, wanted + 1) - 1);
}

/** Index of the first number that is at least `wanted`, or the length. */
export function firstAtLeast(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
