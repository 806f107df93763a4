import { roundUsd } from '../money/cost.ts';

/**
 * Figures of one request, or sums over the tasks to send. Costs are in US dollars, and null if a
 * price is unknown.
 */
export interface Totals {
  readonly tasks: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null if the length of answers is not limited. */
  readonly outputCeiling: number | null;
  readonly lowUsd: number | null;
  readonly expectedUsd: number | null;
  /** The highest cost of one attempt per task; null if the length of answers is not limited. */
  readonly ceilingUsd: number | null;
  /** The expected cost without any cache. */
  readonly uncachedUsd: number | null;
  /** The expected cost with the caching of each mode, both at the price of the run's own mode. */
  readonly realtimeUsd: number | null;
  readonly batchedUsd: number | null;
  /** The highest cost of all retries of all tasks. */
  readonly retriesUsd: number | null;
}

export const UNPRICED = {
  lowUsd: null,
  expectedUsd: null,
  ceilingUsd: null,
  uncachedUsd: null,
  realtimeUsd: null,
  batchedUsd: null,
  retriesUsd: null,
} as const;

/** The sum, times `scale`, in whole tokens. If any part is unknown, so is the sum. */
export function addTotals(parts: readonly Totals[], scale = 1): Totals {
  const sum = (of: (part: Totals) => number): number =>
    scale * parts.reduce((all, part) => all + of(part), 0);
  const known = (of: (part: Totals) => number | null): number | null =>
    parts.some((part) => of(part) === null) ? null : sum((part) => of(part) ?? 0);
  const usd = (of: (part: Totals) => number | null): number | null => rounded(known(of), roundUsd);
  return {
    tasks: sum(({ tasks }) => tasks),
    inputTokens: Math.round(sum(({ inputTokens }) => inputTokens)),
    outputTokens: Math.round(sum(({ outputTokens }) => outputTokens)),
    outputCeiling: rounded(
      known(({ outputCeiling }) => outputCeiling),
      Math.round,
    ),
    lowUsd: usd(({ lowUsd }) => lowUsd),
    expectedUsd: usd(({ expectedUsd }) => expectedUsd),
    ceilingUsd: usd(({ ceilingUsd }) => ceilingUsd),
    uncachedUsd: usd(({ uncachedUsd }) => uncachedUsd),
    realtimeUsd: usd(({ realtimeUsd }) => realtimeUsd),
    batchedUsd: usd(({ batchedUsd }) => batchedUsd),
    retriesUsd: usd(({ retriesUsd }) => retriesUsd),
  };
}

function rounded(value: number | null, round: (value: number) => number): number | null {
  return value === null ? null : round(value);
}
