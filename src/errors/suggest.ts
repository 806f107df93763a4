/**
 * The candidate that `word` was probably meant to be, if any is similar. Ignores case, `-`, `_`,
 * spaces, and `-ies` versus `-y`: `maxTokens` finds `max_tokens`.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const meant = folded(word);
  if (meant.length === 0 || meant.length > LONGEST_WORD) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(meant.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > 2 * LONGEST_WORD) continue;
    const distance = editDistance(meant, folded(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Suggests the candidate that `word` was probably meant to be, formatted by `write`; otherwise
 * returns `otherwise`.
 */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  otherwise: string,
  write = (candidate: string): string => candidate,
): string {
  const near = suggest(word, candidates);
  return near === undefined ? otherwise : `did you mean \`${write(near)}\`?`;
}

/** The first ten names: `` `a`, `b`, … ``. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, 10).map((name) => `\`${name}\``);
  return [...first, ...(names.length > 10 ? ['…'] : [])].join(', ');
}

/** Longer words are not typos. Computing a distance takes time in proportion to both lengths. */
const LONGEST_WORD = 64;

function folded(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[-_\s]/g, '')
    .replace(/ies$/, 'y');
}

/**
 * The number of insertions, deletions, replacements and swaps of adjacent characters that turn
 * `from` into `to`.
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      if (swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
