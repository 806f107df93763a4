/** The words of a string, for sets that would otherwise take a line per word. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** `{ size: 'length count' }` maps `length` and `count` to `size`. */
export function wordMap(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([word, others]) =>
      [...wordSet(others)].map((other) => [other, word] as const),
    ),
  );
}
