/**
 * Up to this length, JavaScript's own search is faster and takes little time for any text. Above
 * it, a string that nearly matches everywhere takes quadratic time, and nothing can stop it.
 */
export const LONGEST_SHORT = 32;

export type Which = 'all' | 'first' | 'last';

/** What lies between the matches of `wanted`, like `text.split(wanted)` but in linear time. */
export function piecesBetween(text: string, wanted: string, which: Which): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const start of matches(text, wanted, which)) {
    pieces.push(text.slice(from, start));
    from = start + wanted.length;
  }
  return [...pieces, text.slice(from)];
}

/** Where `wanted` begins. `all` does not overlap. The algorithm of Knuth, Morris and Pratt. */
export function matches(text: string, wanted: string, which: Which): readonly number[] {
  const borders = bordersOf(wanted);
  const starts: number[] = [];
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    length = longer(wanted, borders, { length, next: text.charCodeAt(at) });
    if (length < wanted.length) continue;
    starts.push(at + 1 - length);
    if (which === 'first') break;
    length = which === 'last' ? (borders[length] ?? 0) : 0;
  }
  return which === 'last' ? starts.slice(-1) : starts;
}

/** For each length, the longest shorter beginning that such a beginning also ends with. */
function bordersOf(wanted: string): Int32Array {
  const borders = new Int32Array(wanted.length + 1);
  let length = 0;
  for (let at = 1; at < wanted.length; at += 1) {
    length = longer(wanted, borders, { length, next: wanted.charCodeAt(at) });
    borders[at + 1] = length;
  }
  return borders;
}

/** How much of `wanted` matches once the next character was read. */
function longer(
  wanted: string,
  borders: Int32Array,
  { length, next }: { readonly length: number; readonly next: number },
): number {
  let matching = length;
  while (matching > 0 && (matching === wanted.length || wanted.charCodeAt(matching) !== next)) {
    matching = borders[matching] ?? 0;
  }
  return wanted.charCodeAt(matching) === next ? matching + 1 : 0;
}
