/** The median of several runs, and how far apart they are. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Undefined if there are no values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
  return { median, lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0 };
}

/** `97 (95–99)`, or `97` if all values are the same in the digits shown. */
export function shown(spread: Spread | undefined, digits = 0): string {
  if (!spread) return '–';
  const [median, lowest, highest] = [spread.median, spread.lowest, spread.highest].map((value) =>
    value.toFixed(value >= 10 && digits === 1 ? 0 : digits),
  );
  return lowest === highest ? `${median}` : `${median} (${lowest}–${highest})`;
}
