/** A part of a string that is in both versions, or in only one. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** If a diff would take more comparisons than this, its middle is shown as replaced. */
const MOST_COMPARED = 4_000_000;

/** The changes from one string to another, word by word, in limited time even for long strings. */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < Math.min(old.length, now.length) - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end += 1;
  }
  return joined([
    ...old.slice(0, start).map(same),
    ...middleParts(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(same),
  ]);
}

function same(text: string): DiffPart {
  return { kind: 'same', text };
}

/** Words, and the white space between them. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

function middleParts(old: readonly string[], now: readonly string[]): readonly DiffPart[] {
  if (old.length * now.length > MOST_COMPARED) {
    return [
      { kind: 'removed', text: old.join('') },
      { kind: 'added', text: now.join('') },
    ];
  }
  const lengths = commonLengths(old, now);
  const width = now.length + 1;
  const parts: DiffPart[] = [];
  let [at, to] = [0, 0];
  while (at < old.length || to < now.length) {
    const [oldWord, newWord] = [old[at], now[to]];
    if (oldWord !== undefined && oldWord === newWord) {
      parts.push({ kind: 'same', text: oldWord });
      at += 1;
      to += 1;
      continue;
    }
    const ifRemoved = lengths[(at + 1) * width + to] ?? 0;
    const ifAdded = lengths[at * width + to + 1] ?? 0;
    if (oldWord !== undefined && (newWord === undefined || ifRemoved >= ifAdded)) {
      parts.push({ kind: 'removed', text: oldWord });
      at += 1;
    } else {
      parts.push({ kind: 'added', text: newWord ?? '' });
      to += 1;
    }
  }
  return parts;
}

/** The length of the longest common subsequence from each pair of positions to the ends. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint32Array {
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let at = old.length - 1; at >= 0; at--) {
    for (let to = now.length - 1; to >= 0; to--) {
      const place = at * width + to;
      lengths[place] =
        old[at] === now[to]
          ? 1 + (lengths[place + width + 1] ?? 0)
          : Math.max(lengths[place + width] ?? 0, lengths[place + 1] ?? 0);
    }
  }
  return lengths;
}

/**
 * Merges adjacent parts of one kind. White space between two changes becomes part of them, so that
 * a replaced phrase is not shown word by word.
 */
function joined(parts: readonly DiffPart[]): readonly DiffPart[] {
  const result: DiffPart[] = [];
  let [removed, added] = ['', ''];
  const flush = (): void => {
    if (removed !== '') result.push({ kind: 'removed', text: removed });
    if (added !== '') result.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  parts.forEach(({ kind, text }, at) => {
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else {
      const isBetween = removed + added !== '' && (parts[at + 1]?.kind ?? 'same') !== 'same';
      if (isBetween && text.trim() === '') {
        removed += text;
        added += text;
        return;
      }
      flush();
      const last = result.at(-1);
      if (last?.kind === 'same') result[result.length - 1] = { kind, text: last.text + text };
      else result.push({ kind, text });
    }
  });
  flush();
  return result;
}
